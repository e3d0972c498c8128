import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { getRequestListener } from '@hono/node-server';
import { z } from 'zod';
import { createApp } from './app.ts';
import { EffectLog } from './effect-log.ts';
import { rateSchema, startTraffic } from './traffic.ts';

const HOST = '127.0.0.1';
const GRACE_MS = 2_000;

const optionsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  effects: z.string('is required: the file that keeps the changes').min(1),
  traffic: rateSchema.optional(),
});

function main(options: z.infer<typeof optionsSchema>): void {
  const log = new EffectLog(options.effects);
  const app = createApp(log);
  const server = createServer(getRequestListener(app.fetch));
  server.listen(options.port, HOST, () => {
    const address = server.address();
    if (address === null || typeof address === 'string')
      throw new Error(`expected a TCP address, got ${address}`);
    const url = `http://${HOST}:${address.port}`;
    // Its own shoppers need no network.
    const traffic =
      options.traffic === undefined ? undefined : startTraffic(app.fetch, url, options.traffic, 1);

    const stop = () => {
      traffic?.stop();
      server.close(() => {
        log.close();
        process.exit(0);
      });
      // Answers under way are finished first, but one that hangs must not keep the process.
      setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    // Last, since whoever reads it may send a signal at once.
    console.log(JSON.stringify({ listening: url }));
  });
}

const { values } = parseArgs({
  options: { port: { type: 'string' }, effects: { type: 'string' }, traffic: { type: 'string' } },
});
const options = optionsSchema.safeParse(values);
if (options.success) {
  main(options.data);
} else {
  console.error(`usage: main.ts --port PORT --effects FILE [--traffic REQUESTS_PER_SECOND]`);
  console.error(z.prettifyError(options.error));
  process.exitCode = 2;
}
