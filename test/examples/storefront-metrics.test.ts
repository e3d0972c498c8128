import { describe, expect, test, vi } from 'vitest';
import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import {
  change,
  faults,
  getJson,
  launch,
  order,
  PATIENCE,
  postJson,
  samples,
  state,
  storefront,
  useStorefronts,
  windows,
} from './storefront-process.ts';

useStorefronts();

describe('shoppers', () => {
  test('are turned away when all slots and the queue are full, and served by more instances', async () => {
    const { url } = await storefront();
    const rush = async () => Promise.all(Array.from({ length: 12 }, () => order(url, 5)));
    await change(url, 'PATCH checkout/config', { key: 'queueLimit', value: 0 });
    await change(url, 'PUT checkout/instances', { count: 1 });
    expect(new Set(await rush())).toEqual(new Set([201, 503]));

    await change(url, 'PUT checkout/instances', { count: 20 });
    expect(new Set(await rush())).toEqual(new Set([201]));
  });

  test('wait for a slot when the queue has room', async () => {
    const { url } = await storefront();
    await change(url, 'PUT checkout/instances', { count: 1 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => order(url, 5)));
    expect(new Set(answers)).toEqual(new Set([201]));
  });

  test('cannot pay when the payment time-out is shorter than the provider takes', async () => {
    const { url } = await storefront();
    await change(url, 'PATCH checkout/config', { key: 'paymentTimeoutMs', value: 1 });
    expect(await order(url, 1)).toBe(504);
  });

  test('get what the deployed version makes of their order', async () => {
    const { url } = await storefront();
    const answers: [string, number[]][] = [
      ['2.3.1', [201, 201, 201, 201]],
      ['2.4.0', [201, 201, 201, 201]],
      ['2.5.0', [201, 201, 500, 500]],
      ['3.0.0', [500, 201, 500, 201]],
      ['3.0.1', [201, 201, 201, 201]],
    ];
    for (const [version, expected] of answers) {
      await change(url, 'PUT checkout/version', { version });
      expect(await Promise.all([1, 2, 3, 4].map((items) => order(url, items))), version).toEqual(expected);
    }
  });

  test('fill the cache by looking at products', async () => {
    const { url } = await storefront();
    const [first, second] = [
      await getJson(`${url}/catalog/products/p-1`),
      await getJson(`${url}/catalog/products/p-1`),
    ];
    expect(first).toEqual({ id: 'p-1', price: expect.any(Number) });
    expect(second).toEqual(first);
    expect(await state(url)).toMatchObject({ catalog: { cacheEntries: 1 }, cart: { cacheEntries: 0 } });
  });

  test('keep what they put into the cart', async () => {
    const { url } = await storefront();
    await postJson(`${url}/cart/items`, { cartId: 'c', productId: 'p-1', quantity: 1 });
    const added = await postJson(`${url}/cart/items`, { cartId: 'c', productId: 'p-2', quantity: 2 });
    expect(await added.json()).toEqual({ cartId: 'c', items: { 'p-1': 1, 'p-2': 2 } });
  });

  test('cannot put more into the cart than is configured', async () => {
    const { url } = await storefront();
    await change(url, 'PATCH cart/config', { key: 'maxQuantity', value: 2 });
    const refused = await postJson(`${url}/cart/items`, { cartId: 'c', productId: 'p-1', quantity: 3 });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      errors: [{ pointer: '#/quantity', detail: 'must be at most 2' }],
    });
  });
});

describe('the metrics', () => {
  test('are OpenMetrics text', async () => {
    const { url } = await storefront();
    await order(url, 1);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    const text = await response.text();
    expect(text).toMatch(/\n# EOF\n$/);
    expect(text).toContain('# TYPE storefront_requests counter\n');
    expect(text).toContain('# UNIT storefront_request_duration_seconds seconds\n');
    expect(samples(text)).toMatchObject({
      'storefront_requests_total{service="checkout",code="201"}': [1],
      'storefront_request_duration_seconds_bucket{service="checkout",le="+Inf"}': [1],
      'storefront_request_duration_seconds_count{service="checkout"}': [1],
      'storefront_window_requests{service="checkout"}': [1],
      'storefront_error_ratio{service="checkout"}': [0],
      'storefront_instances{service="checkout"}': [3],
      'storefront_version_info{service="checkout",version="2.3.1"}': [1],
    });
  });

  test('say nothing of errors and latency where nobody asked for anything', async () => {
    const { url } = await storefront();
    await order(url, 1);
    const { cart, checkout } = await windows(url);
    expect(cart).toEqual({ requests: 0 });
    expect(checkout).toEqual({ requests: 1, errorRatio: 0, p95: expect.any(Number) });
  });

  test('show a bad version soon, and its undo', async () => {
    const { url } = await storefront('--traffic', '60');
    await vi.waitFor(async () => {
      const { checkout, cart, catalog } = await windows(url);
      for (const { requests, errorRatio } of [checkout, cart, catalog]) {
        expect(requests).toBeGreaterThan(60);
        expect(errorRatio).toBe(0);
      }
    }, PATIENCE);
    const healthy = (await windows(url)).checkout;

    await change(url, 'PUT checkout/version', { version: '2.5.0' }, { key: 'deploy' });
    await vi.waitFor(async () => {
      const { checkout, cart } = await windows(url);
      expect(checkout.errorRatio).toBeGreaterThan(0.2);
      expect(checkout.p95).toBeGreaterThan(3 * (healthy.p95 ?? Number.NaN));
      expect(cart.errorRatio).toBe(0);
    }, PATIENCE);

    await change(url, 'POST checkout/undo', { operation: 'deploy' });
    await vi.waitFor(async () => {
      const { checkout } = await windows(url);
      expect(checkout.errorRatio).toBe(0);
      expect(checkout.p95).toBeLessThan(2 * (healthy.p95 ?? Number.NaN));
    }, PATIENCE);
  });

  test('count the requests of traffic from another process', async () => {
    const { url } = await storefront();
    launch(['traffic.ts', '--url', url, '--rate', '60']);
    await vi.waitFor(async () => {
      for (const { requests } of Object.values(await windows(url))) expect(requests).toBeGreaterThan(10);
    }, PATIENCE);
  });

  test('that are down answer 503, until they are up again', async () => {
    const { url } = await storefront();
    await faults(url, { metrics: 'down' });
    expect((await fetch(`${url}/metrics`)).status).toBe(503);
    await faults(url, { metrics: 'ok' });
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  test('that are nan have NaN for every gauge', async () => {
    const { url } = await storefront();
    await order(url, 1);
    await faults(url, { metrics: 'nan' });
    expect((await windows(url)).checkout).toEqual({
      requests: Number.NaN,
      errorRatio: Number.NaN,
      p95: Number.NaN,
    });
  });

  test('that are empty have no samples for any gauge', async () => {
    const { url } = await storefront();
    await order(url, 1);
    await faults(url, { metrics: 'empty' });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('# TYPE storefront_error_ratio gauge');
    expect(text).not.toMatch(/^storefront_(error_ratio|latency_p95_seconds|window_requests|instances)\{/m);
    expect(text).toContain('storefront_requests_total{service="checkout",code="201"} 1');
  });

  test('that are stale stay as they were, ten minutes old', async () => {
    const { url } = await storefront();
    await order(url, 1);
    await faults(url, { metrics: 'stale' });
    const frozen = samples(await (await fetch(`${url}/metrics`)).text());
    await order(url, 1);

    expect(samples(await (await fetch(`${url}/metrics`)).text())).toEqual(frozen);
    const [value, timestamp] = frozen['storefront_window_requests{service="checkout"}'] ?? [];
    expect(value).toBe(1);
    expect(Date.now() / 1_000 - (timestamp ?? Number.NaN)).toBeGreaterThan(599);
  });
});

test('incidents that people declare are told by id, title, kind and beginning, and one that no label can hold is refused', async () => {
  const { url } = await storefront();
  const declare = (open: object) =>
    fetch(`${url}/incidents`, { method: 'PUT', body: JSON.stringify(open) }).then(({ status }) => status);
  const read = (query: string) => createOpenMetrics({ url: `${url}/metrics` }).readEach?.(query);
  const incident = { id: 'INC-4711', title: 'Old prices', kind: 'stale-cache', startedAt: 1_800_000_000_000 };
  expect(await declare({ catalog: [incident] })).toBe(200);
  expect(await read('storefront_incident_started_seconds{service="catalog"}')).toMatchObject({
    samples: [
      {
        value: 1_800_000_000,
        labels: { service: 'catalog', id: 'INC-4711', title: 'Old prices', kind: 'stale-cache' },
      },
    ],
  });
  expect(await read('storefront_incident_started_seconds{service="cart"}')).toMatchObject({ samples: [] });
  expect(await read('storefront_incidents_open{service="catalog"}')).toMatchObject({
    samples: [{ value: 1 }],
  });
  expect(await declare({ catalog: [{ ...incident, title: 'a"} 1' }] })).toBe(400);
});
