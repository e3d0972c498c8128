import { expect, test, vi } from 'vitest';
import { createJsonMetrics } from '../../src/adapters/json-metrics.ts';
import { sidesOf, stretchOf } from '../../src/domain/analysis/blocks.ts';
import {
  change,
  faults,
  getJson,
  order,
  PATIENCE,
  storefront,
  useStorefronts,
} from './storefront-process.ts';

useStorefronts();

interface Answer {
  series: { name: string; labels: Record<string, string>; points: [number, number | string][] }[];
}

const historyOf = (url: string, query: string, from = 0, until = Date.now()) =>
  fetch(`${url}/metrics/history?${new URLSearchParams({ query, from: `${from}`, until: `${until}` })}`);

const sourceAt = (url: string) =>
  createJsonMetrics({
    intervalMs: 1_000,
    times: 'ms',
    series: {
      url: `${url}/metrics/history?query=\${query}&from=\${from}&until=\${until}`,
      list: 'answer.series',
      labels: 'series.labels',
      points: 'series.points',
    },
  });

test('counters are told as they were, and Countersign counts the errors of an action: its first ones too', async () => {
  const { url } = await storefront();
  const source = sourceAt(url);
  const requests = 'storefront_requests_total{service="checkout"}';
  const errors = 'storefront_requests_total{service="checkout",code=~"5.."}';
  await order(url, 1);
  await vi.waitFor(async () => expect((await source.read(requests)).kind).toBe('value'), PATIENCE);
  const from = Date.now();
  await change(url, 'PUT checkout/version', { version: '2.5.0' });
  expect([await order(url, 3), await order(url, 1), await order(url, 4)]).toEqual([500, 201, 500]);
  await vi.waitFor(async () => expect(await source.read(errors)).toMatchObject({ value: 2 }), PATIENCE);

  // Long enough for the newest sample to be at the end of the last block.
  const lengthMs = 1_000;
  const blocks = { from, lengthMs, count: Math.ceil((Date.now() - from) / lengthMs) + 2 };
  const pastOf = async (query: string) =>
    (await source.readPast?.(query, stretchOf(blocks))) ?? { kind: 'none' as const, reason: 'no past' };
  const answers = { bad: await pastOf(errors), total: await pastOf(requests) };
  const sides = sidesOf({ form: 'ratio', bad: errors, total: requests }, blocks, answers);
  const counted = sides.kind === 'sides' ? sides.sides : [];
  const sum = (of: 'bad' | 'of') =>
    counted.reduce((all, side) => all + (side && 'bad' in side ? side[of] : Number.NaN), 0);
  expect([sum('bad'), sum('of')]).toEqual([2, 3]);
});

test('gauges that are NaN are told so, and none are told while metrics are down', async () => {
  const { url } = await storefront();
  await faults(url, { metrics: 'nan' });
  await vi.waitFor(async () => {
    const { series } = await getJson<Answer>(
      `${url}/metrics/history?query=storefront_instances{service="cart"}&from=0&until=${Date.now()}`,
    );
    expect(series[0]?.points.at(-1)?.[1]).toBe('NaN');
  }, PATIENCE);
  await faults(url, { metrics: 'down' });
  expect((await historyOf(url, 'storefront_instances')).status).toBe(503);
});

test('a query that names nothing is refused, and one that fits nothing gives no series', async () => {
  const { url } = await storefront();
  expect((await historyOf(url, 'sum(storefront_instances)')).status).toBe(400);
  expect((await historyOf(url, 'storefront_instances{service!="cart"}')).status).toBe(400);
  expect((await fetch(`${url}/metrics/history?query=storefront_instances`)).status).toBe(400);
  expect(await (await historyOf(url, 'storefront_instances{service="nobody"}')).json()).toEqual({
    series: [],
  });
});
