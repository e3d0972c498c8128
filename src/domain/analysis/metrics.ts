import type { AbortOn } from './alerts.ts';
import type { Comparison, Look } from './comparison.ts';

/** A query for one number. */
export interface MetricQuery {
  /** The name of a metric source of the installation. */
  readonly source: string;
  /**
   * PromQL for `prometheus`; a sample selector such as `error_ratio{service="cart"}` for `openmetrics`; for `datadog` and
   * `cloudwatch`, a query of theirs; for `http`, whatever the system that is asked understands.
   */
  readonly query: string;
}

/** The queries that say how a service is now. They may contain `${target}` and `${environment.name}`. */
export interface LiveQueries {
  /** The share of its error budget that is left: 1 is all of it, 0 is none, less than 0 is overspent. */
  readonly errorBudgetLeft?: MetricQuery | undefined;
  /** How fast its error budget is used: at 1 it lasts exactly as long as it is meant to, at 2 half as long. */
  readonly errorBudgetBurnRate?: MetricQuery | undefined;
  /** The number of open incidents on it. */
  readonly incidents?: MetricQuery | undefined;
  /**
   * The open incidents on it, one sample each. The labels are `id`, `title` and `kind`; the value is when it began, in seconds since the epoch.
   */
  readonly incidentList?: MetricQuery | undefined;
  /** How many times the load that is usual for this hour it has now: 1 is usual. */
  readonly load?: MetricQuery | undefined;
  /** The number of people on call for it. Absent: those of the on-call group who can sign. */
  readonly onCall?: MetricQuery | undefined;
}

/** One metric to watch. Members with the names of Argo Rollouts' AnalysisTemplate have its meanings. */
export interface MetricSpec {
  readonly name: string;
  /** The name of a metric source of the installation. */
  readonly source: string;
  /** What is measured. Absent: the metric is only compared. */
  readonly query?: string | undefined;
  readonly initialDelayMs: number;
  readonly intervalMs: number;
  /** How many known measurements are needed. */
  readonly count: number;
  /** How long it is watched, at first densely and then less and less so. Absent: it is measured `count` times, once an interval. */
  readonly lengthMs?: number | undefined;
  /** CEL over `result` and `baseline` (both doubles). */
  readonly successCondition?: string | undefined;
  readonly failureCondition?: string | undefined;
  /** The number of failed measurements that are tolerated; -1: any number. */
  readonly failureLimit: number;
  /** So many failed measurements in a row are too many; 0: only `failureLimit` counts. */
  readonly consecutiveFailureLimit?: number | undefined;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
  /** So many successful measurements in a row are enough, and needed; 0: they are not needed. */
  readonly consecutiveSuccessLimit?: number | undefined;
  /** Whether it is measured, shown and recorded, and decides nothing. */
  readonly dryRun?: boolean | undefined;
  readonly compare?: Comparison | undefined;
  /** Where the watch has scores: whether this comparison alone can fail it. */
  readonly critical?: boolean | undefined;
  /** Where the watch has scores: how much this comparison weighs beside the others. 1 where it is absent. */
  readonly weight?: number | undefined;
}

/** A metric that is measured, and not only compared. */
export type MeasuredMetric = MetricSpec & MetricQuery;

export const isMeasured = (metric: MetricSpec): metric is MeasuredMetric => metric.query !== undefined;

/** A metric that is compared with a baseline. */
export type ComparedMetric = MetricSpec & { readonly compare: Comparison };

export const isCompared = (metric: MetricSpec): metric is ComparedMetric => metric.compare !== undefined;

export interface Watch {
  readonly metrics: readonly MetricSpec[];
  /** How long the watch may be made, in milliseconds after its begin, while its comparisons are undecided. */
  readonly extendToMs?: number | undefined;
  /** How long people are asked whether to keep an effect of which it cannot tell, in milliseconds. Absent: `DECIDE_WITHIN_MS`. */
  readonly decideWithinMs?: number | undefined;
  /** From which share of its comparisons, in per cent and by weight, a watch is healthy, or at least not regressed. */
  readonly scores?: { readonly pass: number; readonly marginal: number } | undefined;
  /** What ends the watch when it comes from outside meanwhile. The effect is then taken back. */
  readonly abortOn?: readonly AbortOn[] | undefined;
}

/** How long people are asked, unless the file says so: as long as a page takes to be answered by somebody else. */
export const DECIDE_WITHIN_MS = 30 * 60_000;

export type Phase = 'successful' | 'failed' | 'inconclusive' | 'error';

export interface Measurement {
  readonly metric: string;
  readonly phase: Phase;
  /** Absent if there was nothing to read. */
  readonly value?: number | undefined;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether it is of the time since the reading before. It counts against the limits, and is not one of those that a metric needs. */
  readonly between?: true | undefined;
  /** What the comparison of this metric shows so far. */
  readonly look?: Look | undefined;
}

/** Returns the looks at a metric, in their order. */
export const looksAt = (measurements: readonly Measurement[], name: string): readonly Look[] =>
  measurements.flatMap(({ metric, look }) => (metric === name && look ? [look] : []));

/** Returns the last look at each metric that was compared. */
export function lastLooksIn(
  measurements: readonly Measurement[],
): readonly { readonly metric: string; readonly look: Look }[] {
  const byMetric = new Map(
    measurements.flatMap(({ metric, look }) => (look ? [[metric, { metric, look }] as const] : [])),
  );
  return [...byMetric.values()];
}

/** Returns the metrics that decide the verdict. */
export const decidingIn = ({ metrics }: Watch): readonly MetricSpec[] =>
  metrics.filter(({ dryRun }) => dryRun !== true);

/** Whether any condition compares with the state before the action, so that a baseline must be taken. */
export function needsBaseline(watch: Watch): boolean {
  return watch.metrics.some((m) =>
    /\bbaseline\b/.test(`${m.successCondition ?? ''} ${m.failureCondition ?? ''}`),
  );
}
