import { createServer } from 'node:http';
import { type Listening, listen } from './listen.ts';

/** Returns why a process cannot do its work now; empty when it can. */
export type HealthCheck = () => Promise<readonly string[]>;

/** Serves `GET /healthz`: 200 `{"status":"ok"}`, or 503 with every reason. */
export async function serveHealth(address: string, check: HealthCheck): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const isHealthRequest = request.method === 'GET' && request.url === '/healthz';
    const reasons = isHealthRequest ? await check() : ['there is only GET /healthz here'];
    response.writeHead(isHealthRequest ? (reasons.length === 0 ? 200 : 503) : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(reasons.length === 0 ? { status: 'ok' } : { status: 'failing', reasons }));
  });
  const { url, close } = await listen(server, address);
  return { url: `${url}/healthz`, close };
}
