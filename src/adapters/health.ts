import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Returns why a process cannot do its work now; empty when it can. */
export type HealthCheck = () => Promise<readonly string[]>;

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `GET /healthz`: 200 `{"status":"ok"}`, or 503 with every reason. */
export async function serveHealth(address: string, check: HealthCheck): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const isHealthRequest = request.method === 'GET' && request.url === '/healthz';
    const reasons = isHealthRequest ? await check() : ['there is only GET /healthz here'];
    response.writeHead(isHealthRequest ? (reasons.length === 0 ? 200 : 503) : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(reasons.length === 0 ? { status: 'ok' } : { status: 'failing', reasons }));
  });
  const [host, port] = hostAndPort(address);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}/healthz`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function hostAndPort(address: string): [string, number] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon), Number(address.slice(colon + 1))];
}
