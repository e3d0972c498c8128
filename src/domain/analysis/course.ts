import { type Finding, sawNothing } from './comparison.ts';
import type { Measurement, MetricSpec, Phase, Watch } from './metrics.ts';
import { blockLengthOf, dueTimesOf, sparserUntil } from './schedule.ts';

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
  /** How long it may be made while a comparison is undecided, in milliseconds after its begin. Undefined: no longer than it is. */
  readonly extendToMs: number | undefined;
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
  /** How many successful measurements came one after the other, up to now. */
  readonly successes: number;
  /** The length of the blocks of its comparison. */
  readonly blockMs: number;
  /** What its comparison showed last. */
  readonly finding?: Finding | undefined;
  /** Whether it is watched for longer than planned, because its comparison could not tell. */
  readonly extended?: true | undefined;
}

/**
 * Starts a watch. Metrics that are due at the same time are one check, because each activity costs the history the same.
 *
 * @param atLeastMs how long the watch must last; if it would end earlier, all metrics are checked at even intervals until then
 */
export function courseOf(watch: Watch, atLeastMs = 0): Course {
  return courseWith(begunOn(watch, atLeastMs), [], 0, watch.extendToMs);
}

/** Returns when the last measurement of a watch is due, in milliseconds after its begin, if no reading fails. @param atLeastMs as above */
export const watchLengthOf = (watch: Watch, atLeastMs = 0): number =>
  Math.max(0, ...courseOf(watch, atLeastMs).metrics.flatMap(({ due }) => due));

/** Returns the course after its next check. A failed reading is not one of the measurements that a metric asks for: it is repeated soon. */
export function afterCheck(course: Course, measurements: readonly Measurement[]): Course {
  const now = nextIn(course.metrics);
  if (now === undefined) return course;
  const measurementsOf = ({ name }: MetricSpec) => measurements.filter(({ metric }) => metric === name);
  const due = course.metrics.filter((metric) => dueOf(metric) === now);
  const metrics = course.metrics.map((metric) =>
    due.includes(metric) ? afterMeasurements(metric, measurementsOf(metric.spec)) : metric,
  );
  return courseWith(
    metrics,
    [...course.measurements, ...due.flatMap(({ spec }) => measurementsOf(spec))],
    now,
    course.extendToMs,
  );
}

/** Returns whether the next check is the last one of a metric, as things stand. A value is judged nowhere else. */
export function isAtEnd(course: Course, metric: string): boolean {
  const underWay = course.metrics.find(({ spec }) => spec.name === metric);
  return underWay !== undefined && underWay.known >= underWay.due.length - 1;
}

/** Returns the course when its next check could not be made at all: an error for each of its metrics, and the check is repeated soon. */
export function afterFailure(course: Course, reason: string, at: number): Course {
  if (!course.next) return course;
  const { metrics } = course.next;
  const errors = metrics.map(({ name }): Measurement => ({ metric: name, phase: 'error', reason, at }));
  const waitMs = Math.min(READ_AGAIN_MS, ...metrics.map(({ intervalMs }) => intervalMs));
  return { ...course, measurements: [...course.measurements, ...errors], next: { waitMs, metrics } };
}

function courseWith(
  metrics: readonly UnderWay[],
  measurements: readonly Measurement[],
  now: number,
  extendToMs: number | undefined,
): Course {
  const at = nextIn(metrics);
  if (at === undefined) {
    const longer = extendToMs === undefined ? undefined : extended(metrics, extendToMs);
    return longer
      ? courseWith(longer, measurements, now, undefined)
      : { measurements, next: undefined, metrics, extendToMs };
  }
  const due = metrics.filter((metric) => dueOf(metric) === at).map(({ spec }) => spec);
  return { measurements, next: { waitMs: at - now, metrics: due }, metrics, extendToMs };
}

/** Adds looks to the comparisons that are undecided. Undefined: none is, or the watch already lasts as long as it may. */
function extended(metrics: readonly UnderWay[], extendToMs: number): UnderWay[] | undefined {
  const end = Math.max(0, ...metrics.flatMap(({ due, lateMs }) => (due.at(-1) ?? 0) + lateMs));
  const undecided = metrics.filter(({ spec, finding }) => spec.dryRun !== true && finding === 'undecided');
  if (undecided.length === 0 || extendToMs <= end) return undefined;
  return metrics.map((metric) => {
    if (!undecided.includes(metric)) return metric;
    const added = sparserUntil(extendToMs, metric.spec.intervalMs).filter((ms) => ms > end);
    return { ...metric, lateMs: 0, due: [...metric.due, ...added], extended: true };
  });
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
function afterMeasurements(metric: UnderWay, measurements: readonly Measurement[]): UnderWay {
  const { spec, due } = metric;
  const last = measurements.findLast(({ between }) => between !== true);
  const successes = measurements.reduce(successesAfter, metric.successes);
  const finding = last?.look?.finding ?? metric.finding;
  if (last === undefined || last.phase === 'error')
    return {
      ...metric,
      lateMs: metric.lateMs + againAfter(metric, last),
      successes,
      finding,
    };
  const known = metric.known + 1;
  if (metric.extended && finding === 'notWorse')
    return { ...metric, due: due.slice(0, known), known, successes, finding };
  const enough = spec.consecutiveSuccessLimit ?? 0;
  const isEnough = enough > 0 && successes >= enough && spec.compare === undefined;
  // What a policy asked for beyond the metric's own checks is still made.
  const stillDue = isEnough ? due.filter((_, i) => i < known || i >= dueTimesOf(spec).length) : due;
  return { ...metric, due: stillDue, known, successes, finding };
}

/** How long to wait after a failed reading. Where a comparison saw nothing in a block, only another block can show something. */
const againAfter = ({ spec, blockMs }: UnderWay, failed: Measurement | undefined): number =>
  failed?.look && sawNothing(failed.look) ? blockMs : Math.min(READ_AGAIN_MS, spec.intervalMs);

/** An error says nothing of the metric, so it ends no row of successes. As in Argo Rollouts, a failure does. */
const successesAfter = (successes: number, { phase }: { readonly phase: Phase }): number =>
  phase === 'error' ? successes : phase === 'successful' ? successes + 1 : 0;

function begunOn({ metrics, extendToMs = 0 }: Watch, atLeastMs: number): UnderWay[] {
  const plannedTimes = metrics.map(dueTimesOf);
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
    successes: 0,
    blockMs: blockLengthOf(spec, extendToMs),
  }));
}
