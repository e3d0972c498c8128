/** A stretch of time to read, both ends included. Times in milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
}

/** One of the series that a query gives over a stretch of time. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** The value at each step where there is one, with the time of the step. A value may be NaN or infinite. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** The answer to a query over a stretch of time. It may give any number of series. */
export type Past =
  | { readonly kind: 'series'; readonly series: readonly Series[] }
  | { readonly kind: 'none'; readonly reason: string };

/** The values of one series over a stretch of time. */
export type Points =
  | { readonly kind: 'points'; readonly points: Series['points'] }
  | { readonly kind: 'none'; readonly reason: string };

/** Returns the points of the one series of an answer; none where nothing had a value. @param needs what needs one series: "a chart" */
export function onlySeriesIn(past: Past, needs: string): Points {
  if (past.kind === 'none') return past;
  const [series, ...more] = past.series;
  return more.length === 0
    ? { kind: 'points', points: series?.points ?? [] }
    : { kind: 'none', reason: `the query gave ${past.series.length} series, ${needs} needs one` };
}
