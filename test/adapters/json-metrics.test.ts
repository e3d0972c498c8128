import { describe, expect, test } from 'vitest';
import { createJsonMetrics } from '../../src/adapters/json-metrics.ts';
import type { JsonSource } from '../../src/config/index.ts';
import { closedUrl, serve as serveNow } from './serve.ts';

/** A quarter past twelve. A sample counts for 30 s. */
const NOW = Date.parse('2026-01-31T12:15:00Z');
const STRETCH = { from: NOW - 60_000, until: NOW, stepMs: 20_000 };

/** A server by the clock of these tests. */
const serve = (answer: Parameters<typeof serveNow>[0], at = NOW) =>
  serveNow((response, request) => {
    response.setHeader('date', new Date(at).toUTCString());
    answer(response, request);
  });

const answering = (answer: unknown, at = NOW) =>
  serve((response) => response.end(JSON.stringify(answer)), at);

const sourceAt = (url: string, members: Partial<JsonSource> = {}) =>
  createJsonMetrics(
    {
      intervalMs: 10_000,
      times: 'ms',
      series: { url: `${url}/history?q=\${query}&from=\${from}&until=\${until}`, points: 'series' },
      ...members,
    },
    { now: () => NOW, timeoutMs: 2_000 },
  );

const nowAt = (url: string, now = { value: 'answer.n' }) =>
  sourceAt(url, { now: { url: `${url}/now/\${query}`, ...now }, series: undefined });

const none = (reason: unknown) => ({ kind: 'none', reason });

describe('the value now', () => {
  test('is asked for with the query, percent-encoded', async () => {
    const { url, requests } = await answering({ n: 0.25 });
    const reading = await nowAt(url).read('errors{service="a/b"} & more?');
    expect(reading).toEqual({ kind: 'value', value: 0.25 });
    expect(requests).toMatchObject([
      { method: 'GET', url: '/now/errors%7Bservice%3D%22a%2Fb%22%7D%20%26%20more%3F' },
    ]);
  });

  test('says when it was sampled, where the answer does', async () => {
    const { url } = await answering({ n: 1, at: NOW - 5_000 });
    expect(await nowAt(url, { value: 'answer.n', time: 'answer.at' } as { value: string }).read('q')).toEqual(
      {
        kind: 'value',
        value: 1,
        sampledAt: NOW - 5_000,
        staleAfterMs: 30_000,
      },
    );
  });

  test('is the newest of the one series, with its time, where only the past can be asked', async () => {
    const { url, requests } = await answering([
      [NOW - 4_000, 3],
      [NOW - 1_000, 4],
      [NOW - 9_000, 2],
    ]);
    expect(await sourceAt(url).read('errors')).toEqual({
      kind: 'value',
      value: 4,
      sampledAt: NOW - 1_000,
      staleAfterMs: 30_000,
    });
    expect(requests[0]?.url).toBe(`/history?q=errors&from=${NOW - 30_000}&until=${NOW}`);
  });

  test('is none where the past has no sample, or several series', async () => {
    const { url } = await answering([]);
    expect(await sourceAt(url).read('q')).toEqual(none('the query gave no sample'));
    const several = await answering([[[NOW, 1]], [[NOW, 2]]]);
    const series = {
      url: `${several.url}/\${query}/\${from}/\${until}`,
      list: 'answer',
      points: 'series',
    };
    expect(await sourceAt(url, { series }).read('q')).toEqual(
      none('the query gave 2 series, a condition needs one'),
    );
  });

  test('is all there is of a source without series', async () => {
    const { readEach, readPast } = nowAt('http://127.0.0.1');
    expect([readEach, readPast]).toEqual([undefined, undefined]);
  });
});

describe('a stretch of time', () => {
  test('has the value at each step, from samples at any times and in any order', async () => {
    const { url } = await answering([
      [NOW - 1, 5],
      [NOW - 61_000, 1],
      [NOW - 40_000, 2],
      [NOW - 40_000, 3],
      [NOW + 1, 9],
    ]);
    expect(await sourceAt(url).readPast?.('errors', STRETCH)).toEqual({
      kind: 'series',
      series: [
        {
          labels: {},
          points: [
            [NOW - 60_000, 1],
            [NOW - 40_000, 3],
            [NOW - 20_000, 3],
            [NOW, 5],
          ],
        },
      ],
    });
  });

  test('may have several series, told apart by labels', async () => {
    const { url } = await answering({
      series: [
        { tags: { code: 200 }, data: [{ at: NOW, n: '7' }] },
        { tags: { code: 500 }, data: [] },
      ],
    });
    const series = {
      url: `${url}/\${query}/\${from}/\${until}`,
      list: 'answer.series',
      labels: 'series.tags',
      points: 'series.data.map(p, [p.at, p.n])',
    };
    const source = sourceAt(url, { series });
    expect(await source.readPast?.('requests', STRETCH)).toEqual({
      kind: 'series',
      series: [
        { labels: { code: '200' }, points: [[NOW, 7]] },
        { labels: { code: '500' }, points: [] },
      ],
    });
    expect(await source.readEach?.('requests')).toEqual({
      kind: 'samples',
      samples: [{ labels: { code: '200' }, value: 7, sampledAt: NOW, staleAfterMs: 30_000 }],
    });
  });

  test.each([
    ['ms', `from=${NOW - 100_000}&until=${NOW}&step=20000`],
    ['s', `from=${(NOW - 100_000) / 1_000}&until=${NOW / 1_000}&step=20`],
    ['iso', 'from=2026-01-31T12%3A13%3A20.000Z&until=2026-01-31T12%3A15%3A00.000Z&step=20'],
  ] as const)(
    'is asked for in %s, from before its first step, so that a sample before it counts',
    async (times, asked) => {
      const { url, requests } = await answering([]);
      const series = {
        url: `${url}/?q=\${query}&from=\${from}&until=\${until}&step=\${step}`,
        points: 'series',
      };
      await sourceAt(url, { times, series }).readPast?.('q', STRETCH);
      expect(requests[0]?.url).toBe(`/?q=q&${asked}`);
    },
  );

  test('of 10,000 series is read', async () => {
    const { url } = await answering(
      Array.from({ length: 10_000 }, (_, i) => ({ labels: { pod: `checkout-${i}` }, points: [[NOW, i]] })),
    );
    const series = {
      url: `${url}/\${query}/\${from}/\${until}`,
      list: 'answer',
      labels: 'series.labels',
      points: 'series.points',
    };
    const past = await sourceAt(url, { series }).readPast?.('q', STRETCH);
    expect(past?.kind === 'series' && past.series.length).toBe(10_000);
    expect(past?.kind === 'series' && past.series[9_999]).toEqual({
      labels: { pod: 'checkout-9999' },
      points: [[NOW, 9_999]],
    });
  });

  test('is none where all samples are of another time, as with a wrong unit', async () => {
    const { url } = await answering([[Math.floor(NOW / 1_000), 1]]);
    expect(await sourceAt(url).readPast?.('q', STRETCH)).toEqual(
      none(
        'it was asked for 2026-01-31T12:13:20.000Z to 2026-01-31T12:15:00.000Z, and its samples begin at 1970-01-21T11:37:41.700Z: look at the unit of its times',
      ),
    );
  });
});

describe('any other answer is none', () => {
  const read = async (answer: Parameters<typeof serve>[0], value = 'answer.n') => {
    const { url } = await serve(answer);
    return nowAt(url, { value }).read('q');
  };

  test.each([
    [404, 'it answered 404 Not Found'],
    [302, 'it answered 302 Found'],
    [503, 'it answered 503 Service Unavailable'],
  ])('with status %d', async (status, reason) => {
    expect(await read((response) => response.writeHead(status).end('{"n":1}'))).toEqual(none(reason));
  });

  test('without the number', async () => {
    expect(await read((response) => response.end('{"error":"unknown metric"}'))).toEqual(
      none('the number is not in the answer: No such key: n'),
    );
  });

  test('that is huge, slow or not there', async () => {
    expect(await read((response) => response.end(' '.repeat(9_000_000)))).toEqual(
      none('the answer is larger than 8388608 bytes: let it hold fewer series or points'),
    );
    expect(await read(() => undefined)).toEqual(none('no complete answer within 2000 ms'));
    const url = await closedUrl();
    expect(await nowAt(url).read('q')).toEqual(none(`connect ECONNREFUSED ${new URL(url).host}`));
  });
});

test('a system whose clock is off says nothing of now', async () => {
  const { url } = await answering({ n: 1 }, NOW - 31_000);
  expect(await nowAt(url).read('q')).toEqual(
    none('its clock is 31 seconds behind ours: set both by the same time server'),
  );
});

test('what proves who asks, and a secret in the address, are in no reason', async () => {
  const { url, requests } = await serve((response, { headers, url: asked }) =>
    response.end(JSON.stringify({ n: `${headers.authorization} ${asked}` })),
  );
  const source = sourceAt(url, {
    auth: { bearer: 'a-secret-token' },
    now: { url: `${url}/\${query}?key=another-secret`, value: 'answer.n' },
    series: undefined,
  });
  const reading = await source.read('q');
  expect(requests[0]?.headers.authorization).toBe('Bearer a-secret-token');
  expect(reading).toMatchObject({ kind: 'none', reason: expect.stringContaining('Bearer ***') });
  expect(JSON.stringify(reading)).not.toMatch(/secret/);
});
