import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const METRICS = ['# TYPE bench_error_ratio gauge', 'bench_error_ratio 0.001', '# EOF', ''].join('\n');

/** The production that both sides change and watch. */
export interface Target {
  readonly url: string;
  /** When each idempotency key's effect first happened (`performance.now()`), in order. */
  readonly effects: ReadonlyMap<string, number>;
  /** How many requests for an effect, and how many reads of the metrics, there were in all. */
  readonly counts: { readonly effects: number; readonly reads: number };
  stop(): Promise<void>;
}

/** `POST /effects/...` is an effect named by its `Idempotency-Key`; `GET /metrics` is OpenMetrics text, always healthy. */
export async function startTarget(): Promise<Target> {
  const effects = new Map<string, number>();
  const counts = { effects: 0, reads: 0 };
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      counts.reads += 1;
      response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0' }).end(METRICS);
      return;
    }
    const key = String(request.headers['idempotency-key']);
    counts.effects += 1;
    if (!effects.has(key)) effects.set(key, performance.now());
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    effects,
    counts,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
