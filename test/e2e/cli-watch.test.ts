import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from '../adapters/serve.ts';
import { edited } from '../config/broken.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { asProcess, Cli } from './cli.ts';
import { requireBuild } from './support.ts';

const WARM = `name: cache.warm
title: warm the cache of \${target}
parameters: { type: object, additionalProperties: false }
tier: { 1: 2, 2: 2, 3: 1, 4: 1 }
severity: { performance: 1, serviceDisruption: 1 }
execute:
  http: { method: POST, url: "\${environment.adminUrl}/\${target}/cache/warm", timeout: 5s }
rollback:
  http: { method: POST, url: "\${environment.adminUrl}/\${target}/cache/flush", timeout: 5s }
watch:
  metrics:
    - name: error-share
      source: storefront
      interval: 1m
      count: 10
      compare:
        ratio: { bad: 'requests_total{service="\${target}",code="500"}', total: 'requests_total{service="\${target}"}' }
        tolerance: 3
    - name: queue
      source: storefront
      query: queue_length{service="\${target}"}
      interval: 1m
      count: 3
      successCondition: result <= 100.0
`;

const MINUTE_S = 60;

/** What the simulated service had at a moment, in seconds since the epoch: for ten minutes in each hour its queue is long. */
function valueAt(query: string, at: number): number {
  if (query.startsWith('queue_length')) return at % (60 * MINUTE_S) < 10 * MINUTE_S ? 900 : 20;
  return Math.floor((query.includes('500') ? 20 : 1_000) * (at / MINUTE_S - 20_000_000));
}

/** A server with the API of Prometheus, which has seen the service for ever. */
const prometheus = () =>
  serve((response, { url }) => {
    const asked = new URL(url, 'http://prometheus.example').searchParams;
    const [query, start, end, step] = ['query', 'start', 'end', 'step'].map((name) => asked.get(name) ?? '');
    const values: [number, string][] = [];
    for (let at = Number(start); at <= Number(end); at += Number(step))
      values.push([at, String(valueAt(query ?? '', at))]);
    const result = [{ metric: { service: 'catalog' }, values }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });

async function installed() {
  const { url, requests } = await prometheus();
  const folder = await edited({
    file: 'countersign.yaml',
    replace: '    openmetrics:\n      url: ${env.STOREFRONT_URL}/metrics\n',
    by: '    prometheus:\n      url: ${env.STOREFRONT_URL}\n',
  });
  await writeFile(join(folder, 'actions/cache-warm.yaml'), WARM);
  const env = { ...STOREFRONT_ENV, STOREFRONT_URL: url, COUNTERSIGN_INSTALLATION: folder };
  return { env, requests };
}

const TRY = ['watch', 'try', '--action-type', 'cache.warm', '--target', 'catalog', '--over', '12h'];

test('a watch is tried on the past of its source: each metric says how often it would have rolled back', async () => {
  const { env, requests } = await installed();
  const { tried, ...asked } = await new Cli(() => env).json(TRY);
  expect(asked).toMatchObject({ actionType: 'cache.warm', target: 'catalog', environment: 'production' });
  const [all, errors, queue] = tried;
  expect(errors).toMatchObject({ metric: 'error-share', takenBack: 0 });
  expect(errors.moments).toBeGreaterThan(50);
  expect(errors.verdicts.healthy).toBe(errors.moments);
  // A watch of eleven minutes begins or goes on for three while the queue is long: in nearly a quarter of all.
  expect(queue.takenBack / queue.moments).toBeGreaterThan(0.1);
  expect(queue.takenBack / queue.moments).toBeLessThan(0.35);
  expect(queue.verdicts.regressed).toBe(queue.takenBack);
  expect(queue.afterMs).toBeLessThanOrEqual(2 * 60_000);
  expect(queue.examples[0].verdict.reason).toContain('queue failed once: queue is 900');
  expect(all.takenBack).toBe(queue.takenBack);
  // All of it was read at once, and not once for each moment.
  expect(requests.length).toBeLessThan(10);
  expect(requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('an action type without a watch, a target that nobody knows and too little time say what would pass', async () => {
  const { env } = await installed();
  const cli = new Cli(() => env);
  const asked = (changes: Readonly<Record<string, string>>) =>
    TRY.map((argument, i) => changes[TRY[i - 1] ?? ''] ?? argument);
  await cli.expectRefused(
    2,
    /there is no service catalogue: write one of .*catalog/,
    asked({ '--target': 'catalogue' }),
  );
  await cli.expectRefused(2, /--over is too short/, asked({ '--over': '20m' }));
  await cli.expectRefused(2, /must be a length of time, such as 14d/, asked({ '--over': 'long' }));
});

test('a source that keeps no past cannot be replayed, which is said', async () => {
  const folder = await edited();
  const cli = new Cli(() => ({ ...STOREFRONT_ENV, COUNTERSIGN_INSTALLATION: folder }));
  const flush = ['watch', 'try', '--action-type', 'cache.flush', '--target', 'catalog'];
  await cli.expectRefused(2, /the source storefront keeps no past/, flush);
});

test('nothing can be tried that only a request says', async () => {
  const { env } = await installed();
  const file = join(env.COUNTERSIGN_INSTALLATION, 'actions/cache-warm.yaml');
  const keyed = WARM.replace('queue_length{service', 'queue_length{action="${action.id}",service');
  await writeFile(file, keyed);
  await new Cli(() => env).expectRefused(
    2,
    /the query of queue has \$\{action\.id\}, which only a request says/,
    TRY,
  );
});

test('as a process, it prints a table and when it would have been wrong', async () => {
  await requireBuild();
  const { env } = await installed();
  const text = await new Cli(() => env, asProcess).answer(TRY);
  expect(text).toMatch(
    /^The watch of cache\.warm on catalog, as if something had been done at \d+ moments from/,
  );
  expect(text).toMatch(/^error-share +0 of \d+ \(0\.0 %\)/m);
  expect(text).toMatch(/^queue +\d+ of \d+ .* min$/m);
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ: regressed, queue failed once/m);
});
