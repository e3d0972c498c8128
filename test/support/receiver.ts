import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** Its next answers, by HTTP status; 200 once there are none left. */
  answers: number[];
  /** All that it was sent. */
  readonly sent: readonly Request[];
  /** What it took: that which it answered 200. */
  readonly taken: readonly Request[];
  stop(): void;
}

/** A real HTTP server that lives as long as a test file. Its good answers are those of Slack's Web API, which others pass over. */
export async function startReceiver(): Promise<Receiver> {
  const sent: Request[] = [];
  const taken: Request[] = [];
  const server = createServer(async (request, response) => {
    const received = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    const status = receiver.answers.shift() ?? 200;
    sent.push(received);
    if (status === 200) taken.push(received);
    response
      .writeHead(status)
      .end(JSON.stringify({ ok: true, channel: 'C0123456789', ts: `17000.${taken.length}` }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    answers: [],
    sent,
    taken,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
