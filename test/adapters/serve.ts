import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The certificate of a server on 127.0.0.1, and its key. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** A real HTTP server on loopback, closed with its test, and what it was sent. @param certified what it shows over TLS */
export async function serve(
  answer: (response: ServerResponse, request: Received) => void,
  certified?: Certified,
) {
  const requests: Received[] = [];
  const listen = async (request: IncomingMessage, response: ServerResponse) => {
    const received = {
      method: request.method,
      url: request.url ?? '',
      headers: request.headers,
      body: await bodyOf(request),
    };
    requests.push(received);
    answer(response, received);
  };
  const server = certified ? createTlsServer(certified, listen) : createServer(listen);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `${certified ? 'https' : 'http'}://127.0.0.1:${port}`, requests, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/** An address where nothing listens any more. */
export async function closedUrl(): Promise<string> {
  const { url, close } = await serve(() => undefined);
  close();
  return url;
}

/** Sends the start of a body and then a byte now and again, until the other side has had enough. */
export function drip(response: ServerResponse): void {
  response.write('{"slow":"');
  const timer = setInterval(() => response.write('.'), 10);
  response.once('close', () => clearInterval(timer));
}

/** Sends a body for as long as the other side reads it. */
export function gush(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = () => {
    while (!response.destroyed && response.write(chunk)) {}
  };
  response.on('drain', more);
  more();
}
