import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPrometheus } from '../../src/adapters/prometheus.ts';
import { closedUrl, drip, gush, serve } from './serve.ts';

/** Answers that Prometheus 2.42 gave. */
const recorded = (name: string) =>
  readFileSync(new URL(`../fixtures/prometheus/${name}.json`, import.meta.url), 'utf8');

const answering = (status: number, body: string) =>
  serve((response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));

async function readingOf(body: string, status = 200) {
  const { url } = await answering(status, body);
  return createPrometheus({ url }).read('checkout_error_ratio');
}

const vector = (...values: unknown[]) =>
  success(
    'vector',
    values.map((value) => ({ metric: {}, value })),
  );
const success = (resultType: string, result: unknown) =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

describe('the query', () => {
  it.each(['', '/', '/prefix', '/prefix/'])(
    'goes to the API below "%s", and looks back no further than a sample may be old',
    async (path) => {
      const { url, requests } = await answering(200, recorded('one-series'));
      const query = 'sum(rate(http_requests_total{code=~"5..", path="/a&b=c#"}[5m])) + 1';
      await createPrometheus({ url: `${url}${path}` }).read(query);
      const asked = new URL(requests[0]?.url ?? '', url);
      expect(requests[0]?.method).toBe('GET');
      expect(asked.pathname).toBe(`${path.replace(/\/$/, '')}/api/v1/query`);
      expect(Object.fromEntries(asked.searchParams)).toEqual({
        query,
        lookback_delta: '130s',
        max_lookback: '130s',
        nocache: '1',
        partial_response: 'false',
        deny_partial_response: '1',
      });
    },
  );

  it.each([
    [5_000, '20s', 20_000],
    [15_000, '40s', 40_000],
    [60_000, '130s', 130_000],
  ])(
    'looks back two scrapes and a little more, for an interval of %i ms: %s',
    async (intervalMs, lookback, staleAfterMs) => {
      const { url, requests } = await answering(200, recorded('one-series'));
      const reading = await createPrometheus({ url, intervalMs }).read('up');
      const { searchParams } = new URL(requests[0]?.url ?? '', url);
      expect(searchParams.get('lookback_delta')).toBe(lookback);
      expect(reading).toMatchObject({ kind: 'value', staleAfterMs });
    },
  );

  it('says whose metrics are read, where a server holds those of several', async () => {
    const { url, requests } = await answering(200, recorded('one-series'));
    await createPrometheus({ url, tenant: 'shop|shared' }).read('up');
    await createPrometheus({ url }).read('up');
    expect(requests.map(({ headers }) => headers['x-scope-orgid'])).toEqual(['shop|shared', undefined]);
  });

  it('needs an address, which is found out at once', () => {
    expect(() => createPrometheus({ url: 'prometheus' })).toThrow(TypeError);
  });
});

describe('an answer of Prometheus', () => {
  it.each([
    ['one-series', 0.0125, 1_795_255_971_124],
    ['expression', 2.5, 1_795_255_971_240],
    ['scalar', 0.0125, 1_795_255_971_169],
    ['exponent', 1.23456789012e23, 1_795_255_971_223],
    ['not-a-number', Number.NaN, 1_795_255_971_152],
    ['infinite', Number.POSITIVE_INFINITY, 1_795_255_971_161],
  ])('with %s is the value %d', async (name, value, sampledAt) => {
    expect(await readingOf(recorded(name))).toEqual({
      kind: 'value',
      value,
      sampledAt,
      staleAfterMs: 130_000,
    });
  });

  it.each([
    ['no-series', 200, 'the query gave no series'],
    ['several-series', 200, 'the query gave 2 series, a condition needs one'],
    ['range', 200, 'the query gave a matrix, a condition needs an instant vector or a scalar'],
    ['string', 200, 'the query gave a string, a condition needs an instant vector or a scalar'],
    ['bad-query', 400, 'bad_data: invalid parameter "query": 1:6: parse error: unclosed left parenthesis'],
    ['execution-error', 422, expect.stringMatching(/^execution: found duplicate series for the match group/)],
  ])('with %s is none', async (name, status, reason) => {
    expect(await readingOf(recorded(name), status)).toEqual({ kind: 'none', reason });
  });
});

describe('a part of an answer is none', () => {
  const part = (members: object, data: object = {}) =>
    JSON.stringify({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, value: [1, '0.5'] }], ...data },
      ...members,
    });
  const reason = (why: string) => ({ kind: 'none', reason: `the answer may be a part of the whole: ${why}` });

  it.each([
    [
      'of Prometheus, Mimir or Cortex, with warnings',
      part({ warnings: ['Query result may contain partial data', 'b'] }),
      reason('Query result may contain partial data; b'),
    ],
    [
      'of Thanos, with warnings beside its data or in it',
      part({}, { warnings: ['No StoreAPIs matched for this query'] }),
      reason('No StoreAPIs matched for this query'),
    ],
    ['of VictoriaMetrics, which says so', part({ isPartial: true }), reason('isPartial is true')],
    ['with warnings that are no texts', part({ warnings: [{}] }), reason('{}')],
    ['that says that it is one in some other way', part({ isPartial: 'yes' }), reason('isPartial is "yes"')],
  ])('%s', async (_, body, reading) => {
    expect(await readingOf(body)).toEqual(reading);
  });

  it.each([
    ['no warnings', part({ warnings: [], isPartial: false })],
    ['warnings that are null', part({ warnings: null })],
    ['remarks on the query', part({ infos: ['metric might not be a counter'] })],
  ])('but one with %s is whole', async (_, body) => {
    expect(await readingOf(body)).toMatchObject({ kind: 'value', value: 0.5 });
  });
});

describe('the clock of the server', () => {
  const NOW = Date.parse('2026-01-31T12:15:00Z');
  const dated = (ms: number) =>
    serve((response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', date: new Date(NOW + ms).toUTCString() })
        .end(recorded('one-series')),
    );
  const read = async (ms: number) =>
    createPrometheus({ url: (await dated(ms)).url, intervalMs: 10_000, now: () => NOW }).read('up');

  it.each([
    [-180_000, 'its clock is 3 minutes behind ours: set both by the same time server'],
    [31_000, 'its clock is 31 seconds ahead of ours: set both by the same time server'],
  ])('that is off by %i ms, which is more than a sample may be old, gives none', async (ms, reason) => {
    expect(await read(ms)).toEqual({ kind: 'none', reason });
  });

  it.each([-30_000, 0, 30_000])('may be off by %i ms', async (ms) => {
    expect(await read(ms)).toMatchObject({ kind: 'value', value: 0.0125 });
  });

  it('counts for a stretch of time too', async () => {
    const { url } = await dated(-180_000);
    const past = createPrometheus({ url, now: () => NOW }).readPast?.('up', {
      from: NOW - 60_000,
      until: NOW,
      stepMs: 60_000,
    });
    expect(await past).toMatchObject({ reason: expect.stringContaining('its clock is 3 minutes behind') });
  });
});

describe('any other answer is none', () => {
  it.each([
    [
      'a negative infinity is a value',
      vector([1, '-Inf']),
      { kind: 'value', value: -Infinity, sampledAt: 1_000, staleAfterMs: 130_000 },
    ],
    ['a value is a number', vector([1, '0,5']), { kind: 'none', reason: 'the value "0,5" is not a number' }],
    ['a value is not empty', vector([1, '']), { kind: 'none', reason: 'the value "" is not a number' }],
    ['a value is decimal', vector([1, '0x10']), { kind: 'none', reason: 'the value "0x10" is not a number' }],
  ])('%s', async (_, body, reading) => {
    expect(await readingOf(body)).toEqual(reading);
  });

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html><title>Sign in</title>'],
    ['half an answer', recorded('one-series').slice(0, -10)],
    ['another API', '{"value":1}'],
    ['null', 'null'],
    ['a result of an unknown type', success('tensor', [])],
    ['a native histogram', success('vector', [{ metric: {}, histogram: [1, { count: '3' }] }])],
    ['a value that is no text', vector([1, 0.5])],
    ['a value without its time', vector(['0.5'])],
  ])('%s', async (_, body) => {
    expect(await readingOf(body)).toEqual({
      kind: 'none',
      reason: 'the answer is not one of the Prometheus HTTP API',
    });
  });

  it.each([
    [204, 'it answered 204 No Content'],
    [401, 'it answered 401 Unauthorized'],
    [502, 'it answered 502 Bad Gateway'],
  ])('with status %i', async (status, reason) => {
    expect(await readingOf(recorded('one-series'), status)).toEqual({ kind: 'none', reason });
  });

  it('reports an error as one line of bounded length', async () => {
    const body = JSON.stringify({
      status: 'error',
      errorType: 'internal',
      error: `a\u001b[2J\nb ${'x'.repeat(1_000)}`,
    });
    expect(await readingOf(body, 500)).toEqual({
      kind: 'none',
      reason: expect.stringMatching(/^internal: a \[2J b x{481}…$/),
    });
  });
});

describe('no answer is none', () => {
  const read = (url: string, timeoutMs = 20_000) => createPrometheus({ url, timeoutMs }).read('up');

  it('when nothing listens', async () => {
    const url = await closedUrl();
    expect(await read(url)).toEqual({ kind: 'none', reason: `connect ECONNREFUSED ${new URL(url).host}` });
  });

  it.each([
    ['begins', () => undefined],
    ['ends', drip],
  ])('when none %s in time', async (_, answer) => {
    const { url } = await serve(answer);
    expect(await read(url, 200)).toEqual({ kind: 'none', reason: 'no complete answer within 200 ms' });
  });

  it('when it is somewhere else, where it is not sought', async () => {
    const elsewhere = await answering(200, recorded('one-series'));
    const { url } = await serve((response) => response.writeHead(302, { location: elsewhere.url }).end());
    expect(await read(url)).toEqual({ kind: 'none', reason: 'it answered 302 Found' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('when it never stops', async () => {
    const { url } = await serve((response) => gush(response));
    expect(await read(url)).toEqual({
      kind: 'none',
      reason:
        'the answer is larger than 8388608 bytes: choose fewer series by their labels, or sum them in the query',
    });
  });

  it('when the connection ends', async () => {
    const { url } = await serve((response) => response.socket?.destroy());
    expect(await read(url)).toEqual({ kind: 'none', reason: 'other side closed' });
  });
});

describe('a list of samples', () => {
  const each = async (body: string) => {
    const { url } = await answering(200, body);
    return createPrometheus({ url }).readEach?.('requests_in_flight');
  };

  it('has each series, with its labels', async () => {
    const about = { sampledAt: 1_795_255_971_144, staleAfterMs: 130_000 };
    const labels = { __name__: 'requests_in_flight', instance: '127.0.0.1:43993', job: 'storefront' };
    expect(await each(recorded('several-series'))).toEqual({
      kind: 'samples',
      samples: [
        { ...about, value: 3, labels: { ...labels, service: 'cart' } },
        { ...about, value: 7, labels: { ...labels, service: 'checkout' } },
      ],
    });
  });

  it('is empty where there is no series', async () => {
    expect(await each(recorded('no-series'))).toEqual({ kind: 'samples', samples: [] });
  });

  it.each([
    ['scalar', 'the query gave a scalar, a list needs an instant vector'],
    ['bad-query', expect.stringContaining('bad_data')],
  ])('is none where the answer is a %s', async (name, reason) => {
    expect(await each(recorded(name))).toEqual({ kind: 'none', reason });
  });
});

describe('a stretch of time', () => {
  const stretch = { from: 1_795_252_371_000, until: 1_795_255_971_000, stepMs: 300_000 };
  const past = async (body: string, status = 200) => {
    const { url, requests } = await answering(status, body);
    const points = await createPrometheus({ url }).readPast?.('latency_seconds', stretch);
    return { points, asked: new URL(requests[0]?.url ?? '', url) };
  };
  const oneSeries = (labels: object, points: number[][]) => ({
    kind: 'series',
    series: [{ labels, points }],
  });
  const matrix = (...series: unknown[][]) =>
    success(
      'matrix',
      series.map((values) => ({ metric: {}, values })),
    );

  it('is asked for in seconds, below the address of the API', async () => {
    const { asked } = await past(matrix([]));
    expect(asked.pathname).toBe('/api/v1/query_range');
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      query: 'latency_seconds',
      start: '1795252371',
      end: '1795255971',
      step: '300',
    });
  });

  it('has each sample with its time, also one that is no finite number', async () => {
    const { points } = await past(
      matrix([
        [1_795_252_371, '0.25'],
        [1_795_252_671.5, 'NaN'],
        [1_795_255_971, '+Inf'],
      ]),
    );
    expect(points).toEqual(
      oneSeries({}, [
        [1_795_252_371_000, 0.25],
        [1_795_252_671_500, Number.NaN],
        [1_795_255_971_000, Number.POSITIVE_INFINITY],
      ]),
    );
  });

  it('is read as Prometheus gives it', async () => {
    const { metric } = JSON.parse(recorded('past')).data.result[0];
    expect((await past(recorded('past'))).points).toEqual(
      oneSeries(metric, [
        [1_796_041_720_500, 331],
        [1_796_041_725_500, 355],
        [1_796_041_730_500, 355],
      ]),
    );
  });

  it('may have several series', async () => {
    expect((await past(matrix([[1, '2']], []))).points).toEqual({
      kind: 'series',
      series: [
        { labels: {}, points: [[1_000, 2]] },
        { labels: {}, points: [] },
      ],
    });
  });

  it('may have 10,000 series', async () => {
    const answer = success(
      'matrix',
      Array.from({ length: 10_000 }, (_, i) => ({
        metric: { __name__: 'http_requests_total', instance: `10.0.${i >> 8}.${i & 255}:8080`, code: '500' },
        values: [1_795_252_371, 1_795_252_671, 1_795_252_971].map((at) => [at, String(i)]),
      })),
    );
    const { points } = await past(answer);
    expect(points?.kind === 'series' && points.series.length).toBe(10_000);
    expect(points?.kind === 'series' && points.series[9_999]?.points[0]).toEqual([1_795_252_371_000, 9_999]);
  });

  it('is empty where there was no series', async () => {
    expect((await past(matrix())).points).toEqual({ kind: 'series', series: [] });
  });

  it.each([
    ['an instant vector', recorded('one-series'), 'the query gave a vector, a series needs a matrix'],
    ['an error', recorded('bad-query'), expect.stringContaining('bad_data')],
  ])('is none where the answer has %s', async (_, body, reason) => {
    expect((await past(body)).points).toEqual({ kind: 'none', reason });
  });
});
