import { decidingIn, type MetricSpec, type Watch } from '../analysis/metrics.ts';
import { dueTimesOf } from '../analysis/schedule.ts';
import { written } from '../shared/duration-text.ts';
import type { Accuracy, Missed } from './accuracy.ts';

/** A member of a metric in the file of its action type, with its new value. */
export interface Change {
  readonly metric: string;
  /** `for` stands in place of `count` too. */
  readonly member: 'for' | 'failureLimit' | 'consecutiveFailureLimit' | 'tolerance';
  readonly value: string;
}

/** What past actions say about a watch. A tightening can be taken over at once; a loosening is for the owner of the file. */
export interface Suggestion {
  readonly kind: 'tighten' | 'loosen';
  /** What happened: one sentence without the final period. */
  readonly because: string;
  /** What to do, where no member of the file says it. */
  readonly remedy?: string | undefined;
  readonly changes: readonly Change[];
}

/** Fewer cases may be chance. */
const LEAST = 2;

/** The longest watch that is suggested, in milliseconds: what is reported later is for a review. */
const LONGEST_MS = 6 * 3_600_000;

/** The lengths that are suggested, in minutes. */
const LENGTHS = [1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360];

const MINUTE_MS = 60_000;

/** Tolerances are not made tighter than this. */
const LEAST_TOLERANCE = 1.05;

/** Returns what the record of an action type says about its watch. @param watch undefined when it has none */
export function suggestionsFor(watch: Watch | undefined, accuracy: Accuracy): Suggestion[] {
  const { missed, falseRollbacks } = accuracy;
  if (!watch) return missed.length < LEAST ? [] : [withoutWatch(accuracy)];
  const lastsMs = lengthOf(watch);
  // What came soon after the watch had ended was there while it lasted: then not its length is wrong, but its limits.
  const isSoon = ({ afterMs, endedMs }: Missed) => afterMs <= 2 * endedMs;
  const soon = missed.filter(isSoon);
  const late = missed.filter((one) => !isSoon(one) && one.afterMs > lastsMs && one.afterMs <= LONGEST_MS);
  // Where one came late and one came soon, the watch is no shorter than it takes: a tighter limit may find both.
  const past = late.length < LEAST && soon.length < LEAST ? [...soon, ...late] : soon;
  return [
    ...(late.length < LEAST ? [] : watchLonger(watch, late, accuracy)),
    ...(past.length < LEAST ? [] : tighterLimits(watch, past, accuracy)),
    ...(falseRollbacks.length < LEAST ? [] : looserLimits(watch, accuracy)),
  ];
}

/** How long the metrics that decide are watched, in milliseconds. */
export const lengthOf = (watch: Watch): number => Math.max(...decidingIn(watch).map(lastOf));

const lastOf = (metric: MetricSpec) => dueTimesOf(metric).at(-1) ?? 0;

const withoutWatch = ({ missed, ran }: Accuracy): Suggestion => ({
  kind: 'tighten',
  because: `${missed.length} of ${ran} regressed, and nothing was watched; ${reportsText(missed)}`,
  remedy: 'write a watch',
  changes: [],
});

function watchLonger(watch: Watch, late: readonly Missed[], { ran }: Accuracy): Suggestion[] {
  const latestMs = Math.max(...late.map(({ afterMs }) => afterMs));
  const minutes = LENGTHS.find((length) => length * MINUTE_MS >= latestMs);
  if (minutes === undefined) return [];
  const value = written(minutes * MINUTE_MS);
  const changes = decidingIn(watch)
    .filter((metric) => lastOf(metric) < minutes * MINUTE_MS)
    .map(({ name }): Change => ({ metric: name, member: 'for', value }));
  const lasted = roughly(Math.max(...late.map(({ endedMs }) => endedMs)));
  return [
    {
      kind: 'tighten',
      because: `${late.length} of ${ran} regressed after the watch of ${lasted} had ended; ${reportsText(late)}: watch for ${value}`,
      changes,
    },
  ];
}

function tighterLimits(watch: Watch, soon: readonly Missed[], { ran }: Accuracy): Suggestion[] {
  const changes = decidingIn(watch).flatMap(tighter);
  return [
    {
      kind: 'tighten',
      because: `${soon.length} of ${ran} regressed and the watch was over soon before; ${reportsText(soon)}: its limits let them pass`,
      ...(changes.length > 0 ? {} : { remedy: 'look at its conditions: no other limit can be tighter' }),
      changes,
    },
  ];
}

function tighter({ name, failureLimit, consecutiveFailureLimit = 0, compare }: MetricSpec): Change[] {
  const changes: Change[] = [];
  if (failureLimit > 0)
    changes.push({ metric: name, member: 'failureLimit', value: String(Math.floor(failureLimit / 2)) });
  if (consecutiveFailureLimit > 1)
    changes.push({
      metric: name,
      member: 'consecutiveFailureLimit',
      value: String(consecutiveFailureLimit - 1),
    });
  if (compare && compare.tolerance > LEAST_TOLERANCE)
    changes.push({ metric: name, member: 'tolerance', value: String(halfway(compare.tolerance)) });
  return changes;
}

/** Half of what a tolerance lets pass above 1. */
const halfway = (tolerance: number) =>
  Math.max(LEAST_TOLERANCE, Math.floor((1 + (tolerance - 1) / 2) * 100) / 100);

function looserLimits(watch: Watch, { falseRollbacks, found }: Accuracy): Suggestion[] {
  // The reason of a rollback begins with the name of the metric that found it.
  const changes = decidingIn(watch)
    .filter(({ name }) => falseRollbacks.some(({ reason }) => reason.startsWith(`${name} `)))
    .flatMap(looser);
  const all = falseRollbacks.length + found;
  return [
    {
      kind: 'loosen',
      because: `${falseRollbacks.length} of ${all} rollbacks of the watch were reported as wrong`,
      ...(changes.length > 0 ? {} : { remedy: 'look at its conditions' }),
      changes,
    },
  ];
}

function looser({ name, failureLimit, consecutiveFailureLimit, compare }: MetricSpec): Change[] {
  if (compare)
    return [
      {
        metric: name,
        member: 'tolerance',
        value: String(Math.round((2 * compare.tolerance - 1) * 100) / 100),
      },
    ];
  if (consecutiveFailureLimit)
    return [{ metric: name, member: 'consecutiveFailureLimit', value: String(consecutiveFailureLimit + 1) }];
  return failureLimit < 0 ? [] : [{ metric: name, member: 'failureLimit', value: String(failureLimit + 1) }];
}

/** When the reports came, for example `the reports came after 9m to 14m`. */
function reportsText(missed: readonly Missed[]): string {
  const times = missed.map(({ afterMs }) => roughly(afterMs));
  const [first] = times;
  const last = times.at(-1);
  return `the reports came after ${first === last ? first : `${first} to ${last}`}`;
}

/** A duration in whole minutes, or in whole seconds below one minute. */
const roughly = (ms: number) =>
  written(ms < MINUTE_MS ? Math.max(1_000, ms) : Math.round(ms / MINUTE_MS) * MINUTE_MS);
