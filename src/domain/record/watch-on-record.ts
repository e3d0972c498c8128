import { type Progress, verdictOf } from '../analysis/analysis-verdict.ts';
import { afterCheck, type Course, courseOf } from '../analysis/course.ts';
import { DECIDE_WITHIN_MS, type Watch } from '../analysis/metrics.ts';
import { recoveryCourseOf, recoveryOf } from '../analysis/recovery.ts';
import type { Kept } from '../approval/interventions.ts';
import { longestWatch, tightest } from '../ruling/break-glass-aftermath.ts';
import type { EntryBodies, OnRecord } from './on-record.ts';

/** How the effect of an action is watched: as ruled, or the tightest way when somebody broke the glass. */
export interface Watched {
  readonly watch: Watch;
  /** The least time, in milliseconds. */
  readonly watchForMs: number;
}

/** Returns how the action is watched; undefined when its type watches nothing. @param glassBroken whether the glass was broken */
export function watchedBy(
  { action, ruling }: Pick<EntryBodies['ruled'], 'action' | 'ruling'>,
  glassBroken: boolean,
): Watched | undefined {
  if (!action.watch) return undefined;
  const watch = glassBroken ? tightest(action.watch) : action.watch;
  const watchForMs = glassBroken ? longestWatch(ruling) : (ruling.watchForMs ?? 0);
  return { watch, watchForMs };
}

/** The same of an action that was admitted, from the ledger. */
export const watchedRun = ({
  ruled,
  admitted,
}: {
  readonly ruled: NonNullable<OnRecord['ruled']>;
  readonly admitted: NonNullable<OnRecord['admitted']>;
}): Watched | undefined => watchedBy(ruled, admitted.settlement?.kind === 'brokenGlass');

/** The progress of an action's watch, from the ledger. */
export interface CourseOnRecord extends Course {
  /** The number of the next check, counted from 0. */
  readonly check: number;
  /** When the next check is due, in milliseconds since the epoch. Undefined: none is. */
  readonly dueAt: number | undefined;
}

/** A check that counts, with the progress of the watch before it. */
export interface CheckOnRecord {
  readonly before: Course;
  readonly check: OnRecord['measured'][number];
}

/**
 * Returns the checks that count, in order. A check counts only in its order, with none left out, and not before it was due. So the watch
 * lasts as long as it must, no matter which caller asks for checks.
 */
export const checksOnRecord = (watched: Watched, record: OnRecord): CheckOnRecord[] =>
  followed(legsOf(watched, record), record.measured).checks;

/** Works out the progress of a watch from the recorded checks. */
export const courseOnRecord = (watched: Watched, record: OnRecord): CourseOnRecord =>
  followed(legsOf(watched, record), record.measured).course;

/** The number of the check with which a person had the watch go on last; 0: nobody did. Only what is compared still counts the time before. */
export const lastLegOf = ({ extended }: OnRecord): number => extended.at(-1)?.check ?? 0;

/** A part of a watch that runs by the schedule: from the effect on, and from each extension on. */
interface Leg {
  /** The number of its first check. */
  readonly check: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly course: Course;
}

function legsOf(watched: Watched, record: OnRecord): readonly [Leg, ...Leg[]] {
  const begun = {
    check: 0,
    since: watchedSince(record),
    course: courseOf(watched.watch, watched.watchForMs),
  };
  const extensions = record.extended.map(({ check, at }) => ({
    check,
    since: at,
    course: extendedCourseOf(watched),
  }));
  return [begun, ...extensions];
}

/** Starts the watch that a person asked for: as long again as ruled. Nothing makes it longer by itself. */
export const extendedCourseOf = ({ watch, watchForMs }: Watched): Course => ({
  ...courseOf(watch, watchForMs),
  extendToMs: undefined,
});

/** The number of the check that is due next, counted from 0. */
export function nextCheckOn(record: OnRecord): number {
  const { ruled, admitted } = record;
  const watched = ruled && admitted && watchedRun({ ruled, admitted });
  return watched ? courseOnRecord(watched, record).check : 0;
}

/** The same of the checks after the rollback. @param takenBackAt in milliseconds since the epoch */
export const recoveryCourseOnRecord = (
  { watch }: Watched,
  { measuredBack }: OnRecord,
  takenBackAt: number,
): CourseOnRecord =>
  followed([{ check: 0, since: takenBackAt, course: recoveryCourseOf(watch) }], measuredBack).course;

/** Follows a watch as far as its checks count. */
function followed(legs: readonly [Leg, ...Leg[]], recorded: OnRecord['measured']) {
  const checks: CheckOnRecord[] = [];
  let { course, since: last } = legs[0];
  for (;;) {
    const leg = legs.find(({ check }) => check === checks.length);
    if (leg) ({ course, since: last } = leg);
    const check = recorded.find((candidate) => candidate.check === checks.length);
    const dueAt = course.next && last + course.next.waitMs;
    if (dueAt === undefined || !check || check.at < dueAt)
      return { checks, course: { ...course, check: checks.length, dueAt } };
    checks.push({ before: course, check });
    course = afterCheck(course, check.measurements);
    last = check.at;
  }
}

/** When the watch of an action began, in milliseconds since the epoch. */
export const watchedSince = ({ admitted, executed }: Pick<OnRecord, 'admitted' | 'executed'>): number =>
  executed?.at ?? admitted?.at ?? 0;

/** Returns why the time before an action is no baseline: things were bad then. Undefined: it is one. */
export function baselineFaultOf({
  action: { target },
  impact: { live },
}: Pick<EntryBodies['ruled'], 'action' | 'impact'>): string | undefined {
  const open = live.incidents?.find(({ service }) => service === target)?.open;
  return open?.kind === 'known' && open.value > 0
    ? `an incident was open on ${target} before the action, so that time is no baseline`
    : undefined;
}

/** INVARIANT 7: returns what the ledger says about the health of an action that ran. Undefined: it never ran. */
export function healthOf(record: OnRecord): Progress | undefined {
  const { kept, aborted } = record;
  if (aborted) return { kind: 'regressed', reason: aborted.why };
  const health = measuredHealthOf(record);
  return kept && health?.kind === 'inconclusive'
    ? { kind: 'healthy', reason: keptText(kept, health.reason) }
    : health;
}

/** Says that a person keeps an effect. @param why why the watch could not tell */
export const keptText = ({ by, reason }: Pick<Kept, 'by' | 'reason'>, why: string): string =>
  `${by} keeps it: ${reason}; ${why}`;

/** Returns what the measurements alone say. Undefined: it never ran. */
export function measuredHealthOf(record: OnRecord): Progress | undefined {
  const { ruled, admitted, executed } = record;
  if (!ruled || !admitted) return undefined;
  const watched = watchedRun({ ruled, admitted });
  if (!watched)
    return executed?.kind === 'done'
      ? { kind: 'healthy', reason: 'nothing is watched for this action type' }
      : { kind: 'pending' };
  const { measurements, next } = courseOnRecord(watched, record);
  return verdictOf(watched.watch, measurements, next === undefined);
}

/**
 * Returns until when people can keep an effect of which the watch could not tell whether it did harm, in milliseconds since the epoch.
 * Undefined: they are not asked.
 */
export function keepDeadlineOf(record: OnRecord): number | undefined {
  const { ruled, measured, kept, aborted, takingBack, takenBack } = record;
  const last = measured.at(-1);
  if (!ruled || !last || kept || aborted || takingBack || takenBack) return undefined;
  if (measuredHealthOf(record)?.kind !== 'inconclusive') return undefined;
  return last.at + (ruled.action.watch?.decideWithinMs ?? DECIDE_WITHIN_MS);
}

/**
 * INVARIANT 7: returns what the ledger says about the metrics after the rollback. `pending`: its checks are not over. Undefined: it was not
 * rolled back, or nothing is watched.
 */
export function recoveryOnRecord(record: OnRecord): Progress | undefined {
  const { ruled, admitted, takenBack } = record;
  if (!ruled || !admitted || takenBack?.kind !== 'done') return undefined;
  const watched = watchedRun({ ruled, admitted });
  if (!watched) return undefined;
  const { measurements, next } = recoveryCourseOnRecord(watched, record, takenBack.at);
  return recoveryOf(watched.watch, measurements, next === undefined);
}
