import { serve } from '../adapters/serve.ts';

/** What a query gives: one series, by its labels, with its value at each moment; undefined: it has none then. */
export interface SimulatedSeries {
  readonly labels?: Readonly<Record<string, string>>;
  readonly valueAt: (at: number) => number | undefined;
}

/** The series by the query that gives them. It may be changed while the server runs. */
export type SimulatedQueries = Record<string, readonly SimulatedSeries[]>;

/** A server on loopback that answers `query` and `query_range` as Prometheus does. Times in milliseconds. */
export async function servePrometheus(queries: SimulatedQueries, now: () => number) {
  const { url, requests, close } = await serve((response, { url: path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const seconds = (name: string) => Number(searchParams.get(name)) * 1_000;
    const series = queries[searchParams.get('query') ?? ''] ?? [];
    const isRange = pathname.endsWith('/query_range');
    const result = isRange
      ? matrixOf(series, seconds('start'), seconds('end'), seconds('step'))
      : vectorOf(series, now());
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ status: 'success', data: { resultType: isRange ? 'matrix' : 'vector', result } }),
    );
  });
  return { url, requests, close };
}

const vectorOf = (series: readonly SimulatedSeries[], at: number) =>
  series.flatMap(({ labels = {}, valueAt }) => {
    const value = valueAt(at);
    return value === undefined ? [] : [{ metric: labels, value: [at / 1_000, textOf(value)] }];
  });

function matrixOf(series: readonly SimulatedSeries[], start: number, end: number, step: number) {
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) =>
    Math.round(start + i * step),
  );
  return series.flatMap(({ labels = {}, valueAt }) => {
    const values = times.flatMap((time) => {
      const value = valueAt(time);
      return value === undefined ? [] : [[time / 1_000, textOf(value)]];
    });
    return values.length === 0 ? [] : [{ metric: labels, values }];
  });
}

const textOf = (value: number) =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';

/** A counter that grows by so many each minute, and by another number from a moment on. */
export const counterOf = (
  perMinute: number,
  { from = Number.POSITIVE_INFINITY, perMinute: later = perMinute } = {},
): ((at: number) => number) => {
  const begin = Date.UTC(2020, 0, 1);
  return (at) =>
    Math.floor(((Math.min(at, from) - begin) * perMinute + Math.max(0, at - from) * later) / 60_000);
};
