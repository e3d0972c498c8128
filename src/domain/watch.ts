/** Where one number is read. */
export interface MetricQuery {
  /** Name of a metric source of the installation. */
  readonly source: string;
  /** PromQL for `prometheus`; a sample selector such as `error_ratio{service="cart"}` for `openmetrics`. */
  readonly query: string;
}

/** Where the numbers are read that say how a service is now. Queries may hold `${target}` and `${environment.name}`. */
export interface LiveQueries {
  /** The share of its error budget that it has left: 1 is all of it, 0 nothing; less than 0 is overspent. */
  readonly errorBudgetLeft?: MetricQuery | undefined;
  /** How many incidents are open on it. */
  readonly incidents?: MetricQuery | undefined;
  /** How many people are on call for it. Absent: those of the on-call group who can sign. */
  readonly onCall?: MetricQuery | undefined;
}

/** One metric to watch. Conditions and limits are named, and mean, what they do in Argo Rollouts' AnalysisTemplate. */
export interface MetricSpec extends MetricQuery {
  readonly name: string;
  readonly initialDelayMs: number;
  readonly intervalMs: number;
  readonly count: number;
  /** CEL over `result` and `baseline` (both doubles). */
  readonly successCondition?: string | undefined;
  readonly failureCondition?: string | undefined;
  /** How many failed measurements are tolerated; -1: any number. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
}

export interface Watch {
  readonly metrics: readonly MetricSpec[];
}

export type Phase = 'successful' | 'failed' | 'inconclusive' | 'error';

export interface Measurement {
  readonly metric: string;
  readonly phase: Phase;
  /** Absent when there was nothing to read. */
  readonly value?: number | undefined;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is to be measured next: after how long, counted from the start of the watch. */
export interface Check {
  readonly afterMs: number;
  readonly metrics: readonly MetricSpec[];
}

/** So many more checks, at the most, make a watch last longer: each one costs the history an activity and a timer. */
const MORE_CHECKS = 30;

/**
 * The checks of a watch in order of time. Metrics that fall due together are measured together, because one activity
 * costs the history as much as another.
 *
 * @param atLeastMs how long it is to last; where it would end before, all metrics are checked at even times until then
 */
export function checksOf({ metrics }: Watch, atLeastMs = 0): Check[] {
  const byTime = new Map<number, MetricSpec[]>();
  for (const metric of metrics) {
    for (let n = 0; n < metric.count; n += 1) {
      const at = metric.initialDelayMs + n * metric.intervalMs;
      byTime.set(at, [...(byTime.get(at) ?? []), metric]);
    }
  }
  const own = [...byTime].sort(([a], [b]) => a - b).map(([afterMs, due]) => ({ afterMs, metrics: due }));
  const end = own.at(-1)?.afterMs ?? 0;
  const shortest = Math.min(...metrics.map(({ intervalMs }) => intervalMs));
  const more = Math.min(MORE_CHECKS, Math.ceil(Math.max(0, atLeastMs - end) / shortest));
  const added = Array.from({ length: more }, (_, n) => ({
    afterMs: Math.ceil(end + ((n + 1) * (atLeastMs - end)) / more),
    metrics,
  }));
  return [...own, ...added];
}

/** Whether any condition compares with the state before the action, so that a baseline must be taken. */
export function needsBaseline(watch: Watch): boolean {
  return watch.metrics.some((m) =>
    /\bbaseline\b/.test(`${m.successCondition ?? ''} ${m.failureCondition ?? ''}`),
  );
}
