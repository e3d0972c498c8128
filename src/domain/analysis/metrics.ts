/** A query for one number. */
export interface MetricQuery {
  /** The name of a metric source of the installation. */
  readonly source: string;
  /** PromQL for `prometheus`; a sample selector such as `error_ratio{service="cart"}` for `openmetrics`. */
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
  /** The number of people on call for it. Absent: those of the on-call group who can sign. */
  readonly onCall?: MetricQuery | undefined;
}

/** One metric to watch. Conditions and limits have the names and meanings of Argo Rollouts' AnalysisTemplate. */
export interface MetricSpec extends MetricQuery {
  readonly name: string;
  readonly initialDelayMs: number;
  readonly intervalMs: number;
  readonly count: number;
  /** CEL over `result` and `baseline` (both doubles). */
  readonly successCondition?: string | undefined;
  readonly failureCondition?: string | undefined;
  /** The number of failed measurements that are tolerated; -1: any number. */
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
  /** Absent if there was nothing to read. */
  readonly value?: number | undefined;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The next measurement of a watch. */
export interface Check {
  /** The wait after the previous check, or after the start of the watch, in milliseconds. */
  readonly waitMs: number;
  readonly metrics: readonly MetricSpec[];
}

/** The progress of a watch. */
export interface Course {
  /** The measurements that count, in order. */
  readonly measurements: readonly Measurement[];
  /** Undefined once every metric has as many known measurements as it asks for. */
  readonly next: Check | undefined;
  readonly metrics: readonly UnderWay[];
}

/** The most checks that are added to make a watch longer, because each one costs the history an activity and a timer. */
const MORE_CHECKS = 30;

/** The wait before a failed reading is repeated; the metric's interval, if that is shorter. As in Argo Rollouts. */
const READ_AGAIN_MS = 10_000;

/** A metric with its progress. Times are milliseconds since the watch began, as if checks took no time. */
interface UnderWay {
  readonly spec: MetricSpec;
  readonly due: readonly number[];
  readonly known: number;
  /** By how much failed readings have delayed what is still due. */
  readonly lateMs: number;
}

/**
 * Starts a watch. Metrics that are due at the same time are one check, because each activity costs the history the same.
 *
 * @param atLeastMs how long the watch must last; if it would end earlier, all metrics are checked at even intervals until then
 */
export function courseOf(watch: Watch, atLeastMs = 0): Course {
  return courseWith(begunOn(watch, atLeastMs), [], 0);
}

/** Returns when the last measurement of a watch is due, in milliseconds after its begin, if no reading fails. @param atLeastMs as above */
export const watchLengthOf = (watch: Watch, atLeastMs = 0): number =>
  Math.max(0, ...courseOf(watch, atLeastMs).metrics.flatMap(({ due }) => due));

/** Returns the course after its next check. A failed reading is not one of the measurements that a metric asks for: it is repeated soon. */
export function afterCheck(course: Course, measurements: readonly Measurement[]): Course {
  const now = nextIn(course.metrics);
  if (now === undefined) return course;
  const measurementOf = (spec: MetricSpec) => measurements.find(({ metric }) => metric === spec.name);
  const due = course.metrics.filter((metric) => dueOf(metric) === now);
  const metrics = course.metrics.map((metric) =>
    due.includes(metric) ? afterMeasurement(metric, measurementOf(metric.spec)?.phase) : metric,
  );
  return courseWith(
    metrics,
    [...course.measurements, ...due.flatMap(({ spec }) => measurementOf(spec) ?? [])],
    now,
  );
}

/** Returns the course when its next check could not be made at all: an error for each of its metrics, and the check is repeated soon. */
export function afterFailure(course: Course, reason: string, at: number): Course {
  if (!course.next) return course;
  const { metrics } = course.next;
  const errors = metrics.map(({ name }): Measurement => ({ metric: name, phase: 'error', reason, at }));
  const waitMs = Math.min(READ_AGAIN_MS, ...metrics.map(({ intervalMs }) => intervalMs));
  return { ...course, measurements: [...course.measurements, ...errors], next: { waitMs, metrics } };
}

function courseWith(metrics: readonly UnderWay[], measurements: readonly Measurement[], now: number): Course {
  const at = nextIn(metrics);
  if (at === undefined) return { measurements, next: undefined, metrics };
  const due = metrics.filter((metric) => dueOf(metric) === at).map(({ spec }) => spec);
  return { measurements, next: { waitMs: at - now, metrics: due }, metrics };
}

const dueOf = ({ due, known, lateMs }: UnderWay): number | undefined => {
  const plannedMs = due[known];
  return plannedMs === undefined ? undefined : plannedMs + lateMs;
};

function nextIn(metrics: readonly UnderWay[]): number | undefined {
  const due = metrics.flatMap((metric) => dueOf(metric) ?? []);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** INVARIANT 7: a metric that the check does not mention counts as a failed reading. */
function afterMeasurement(metric: UnderWay, phase: Phase = 'error'): UnderWay {
  return phase === 'error'
    ? { ...metric, lateMs: metric.lateMs + Math.min(READ_AGAIN_MS, metric.spec.intervalMs) }
    : { ...metric, known: metric.known + 1 };
}

function begunOn({ metrics }: Watch, atLeastMs: number): UnderWay[] {
  const plannedTimes = metrics.map(({ count, initialDelayMs, intervalMs }) =>
    Array.from({ length: count }, (_, n) => initialDelayMs + n * intervalMs),
  );
  const end = Math.max(0, ...plannedTimes.flat());
  const shortest = Math.min(...metrics.map(({ intervalMs }) => intervalMs));
  const addedCount = Math.min(MORE_CHECKS, Math.ceil(Math.max(0, atLeastMs - end) / shortest));
  const addedTimes = Array.from({ length: addedCount }, (_, n) =>
    Math.ceil(end + ((n + 1) * (atLeastMs - end)) / addedCount),
  );
  return metrics.map((spec, i) => ({
    spec,
    due: [...(plannedTimes[i] ?? []), ...addedTimes],
    known: 0,
    lateMs: 0,
  }));
}

/** Whether any condition compares with the state before the action, so that a baseline must be taken. */
export function needsBaseline(watch: Watch): boolean {
  return watch.metrics.some((m) =>
    /\bbaseline\b/.test(`${m.successCondition ?? ''} ${m.failureCondition ?? ''}`),
  );
}
