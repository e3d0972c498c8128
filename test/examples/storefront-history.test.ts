import { expect, test, vi } from 'vitest';
import { createJsonMetrics } from '../../src/adapters/json-metrics.ts';
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

test('counters are told as they were, and Countersign counts the failures in between', async () => {
  const { url } = await storefront();
  const requests = 'storefront_requests_total{service="checkout"}';
  await order(url, 1);
  await vi.waitFor(async () => expect((await sourceAt(url).read(requests)).kind).toBe('value'), PATIENCE);
  const before = Date.now();
  await change(url, 'PUT checkout/version', { version: '2.5.0' });
  expect([await order(url, 3), await order(url, 4)]).toEqual([500, 500]);

  const failures = 'storefront_requests_total{service="checkout",code=~"5.."}';
  await vi.waitFor(
    async () => expect(await sourceAt(url).read(failures)).toMatchObject({ value: 2 }),
    PATIENCE,
  );
  // The last steps are later than any sample, so that the newest one is at a step.
  const stretch = { from: before, until: Date.now() + 2_000, stepMs: 1_000 };
  const past = await sourceAt(url).readPast?.(requests, stretch);
  expect(past?.kind === 'series' && past.series.map(({ labels }) => labels)).toEqual([
    { service: 'checkout', code: '201' },
    { service: 'checkout', code: '500' },
  ]);
  expect(past?.kind === 'series' && past.series[0]?.points[0]).toEqual([before, 1]);
  expect(past?.kind === 'series' && past.series[1]?.points[0]?.[0]).toBeGreaterThan(before);
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
