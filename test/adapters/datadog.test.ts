import { describe, expect, test } from 'vitest';
import { createDatadog } from '../../src/adapters/datadog.ts';
import { serve as serveNow } from './serve.ts';

/** A sample counts for 130 s. */
const NOW = Date.parse('2026-01-31T12:15:05Z');
const MINUTE = Date.parse('2026-01-31T12:15:00Z');

/** A server by the clock of these tests. */
const serve = (answer: Parameters<typeof serveNow>[0], at = NOW) =>
  serveNow((response, request) => {
    response.setHeader('date', new Date(at).toUTCString());
    answer(response, request);
  });

const sourceAt = (url: string) =>
  createDatadog({
    url,
    apiKey: 'the-api-key',
    applicationKey: 'the-application-key',
    intervalMs: 60_000,
    timeoutMs: 2_000,
    now: () => NOW,
  });

/** An answer as the reference of the API has it (written by hand). */
const ok = (...series: object[]) => ({
  status: 'ok',
  res_type: 'time_series',
  resp_version: 1,
  query: 'sum:errors{service:checkout}.as_count()',
  from_date: MINUTE - 300_000,
  to_date: MINUTE,
  series: series.map((one) => ({
    metric: 'errors',
    scope: 'service:checkout',
    tag_set: [],
    aggr: 'sum',
    interval: 20,
    length: 3,
    unit: null,
    ...one,
  })),
  values: [],
  times: [],
  message: '',
  group_by: [],
});

const answering = (answer: unknown, status = 200, headers = {}) =>
  serve((response) => response.writeHead(status, headers).end(JSON.stringify(answer)));

const none = (reason: unknown) => ({ kind: 'none', reason });

test('Datadog is asked with its two keys, in seconds', async () => {
  const { url, requests } = await answering(ok());
  await sourceAt(`${url}/`).read('avg:errors{service:checkout}.rollup(avg, 20)');
  expect(requests).toMatchObject([
    {
      method: 'GET',
      headers: { 'dd-api-key': 'the-api-key', 'dd-application-key': 'the-application-key' },
    },
  ]);
  const asked = new URL(requests[0]?.url ?? '', url);
  expect(asked.pathname).toBe('/api/v1/query');
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    query: 'avg:errors{service:checkout}.rollup(avg, 20)',
    from: String(NOW / 1_000 - 180),
    to: String(NOW / 1_000),
  });
});

describe('the value now', () => {
  test('is the newest that is complete, at the end of the time that it covers', async () => {
    const pointlist = [
      [MINUTE - 40_000, 2],
      [MINUTE - 20_000, 3],
      [MINUTE, 1],
    ];
    const { url } = await answering(ok({ pointlist }));
    expect(await sourceAt(url).read('q')).toEqual({
      kind: 'value',
      value: 3,
      sampledAt: MINUTE,
      staleAfterMs: 130_000,
    });
  });

  test('is none of the points without a value', async () => {
    const pointlist = [
      [MINUTE - 40_000, 2],
      [MINUTE - 20_000, null],
    ];
    const { url } = await answering(ok({ pointlist }));
    expect(await sourceAt(url).read('q')).toMatchObject({ value: 2, sampledAt: MINUTE - 20_000 });
  });

  test('is none without a point, and with several series', async () => {
    const empty = await answering(ok({ pointlist: [[MINUTE - 40_000, null]] }));
    expect(await sourceAt(empty.url).read('q')).toEqual(none('the query gave no sample'));
    const two = await answering(
      ok({ pointlist: [[MINUTE - 40_000, 1]] }, { pointlist: [[MINUTE - 40_000, 1]] }),
    );
    expect(await sourceAt(two.url).read('q')).toEqual(none('the query gave 2 series, a condition needs one'));
  });
});

test('a stretch of time has the value at each step of each series, with its tags', async () => {
  const { url } = await answering(
    ok(
      {
        tag_set: ['code:500', 'version:2.5:canary', 'beta'],
        pointlist: [
          [MINUTE - 60_000, 4],
          [MINUTE - 40_000, 5],
          [MINUTE - 20_000, 7],
        ],
      },
      { tag_set: ['code:502'], pointlist: [] },
    ),
  );
  const stretch = { from: MINUTE - 40_000, until: MINUTE, stepMs: 20_000 };
  expect(await sourceAt(url).readPast?.('q', stretch)).toEqual({
    kind: 'series',
    series: [
      {
        labels: { code: '500', version: '2.5:canary', beta: '' },
        points: [
          [MINUTE - 40_000, 4],
          [MINUTE - 20_000, 5],
          [MINUTE, 7],
        ],
      },
      { labels: { code: '502' }, points: [] },
    ],
  });
});

describe('any other answer is none', () => {
  test.each([
    [
      'an error of the query',
      200,
      { status: 'error', error: 'Error parsing query' },
      {},
      'error: Error parsing query',
    ],
    ['keys that are refused', 403, { errors: ['Forbidden'] }, {}, 'it answered 403 Forbidden: Forbidden'],
    [
      'too many queries',
      429,
      { errors: ['Rate limit of 1600 requests in 3600 seconds reached'] },
      { 'x-ratelimit-reset': '37' },
      'it answered 429 Too Many Requests: Rate limit of 1600 requests in 3600 seconds reached: its limit of queries is renewed in 37 s',
    ],
    ['a failure', 500, 'oops', {}, 'it answered 500 Internal Server Error'],
    ['another API', 200, { data: [] }, {}, 'the answer is not one of the API v1 of Datadog'],
  ])('%s', async (_, status, answer, headers, reason) => {
    const { url } = await answering(answer, status, headers);
    expect(await sourceAt(url).read('q')).toEqual(none(reason));
  });

  test('one by a clock that is off', async () => {
    const { url } = await serve((response) => response.end(JSON.stringify(ok())), NOW - 600_000);
    expect(await sourceAt(url).read('q')).toEqual(
      none('its clock is 10 minutes behind ours: set both by the same time server'),
    );
  });

  test('and no reason has a key', async () => {
    const { url } = await serve((response, { headers }) =>
      response.writeHead(403).end(JSON.stringify({ errors: [`${headers['dd-api-key']} is unknown`] })),
    );
    expect(await sourceAt(url).read('q')).toEqual(none('it answered 403 Forbidden: *** is unknown'));
  });
});
