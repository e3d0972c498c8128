import { type Progress, verdictOf } from '../analysis/analysis-verdict.ts';
import { afterCheck, type Course, courseOf } from '../analysis/course.ts';
import { DECIDE_WITHIN_MS, type Watch } from '../analysis/metrics.ts';
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
export function checksOnRecord(
  { watch, watchForMs }: Watched,
  { admitted, executed, measured }: OnRecord,
): CheckOnRecord[] {
  const checks: CheckOnRecord[] = [];
  let course = courseOf(watch, watchForMs);
  let last = startOf({ admitted, executed });
  for (;;) {
    const check = measured.find((candidate) => candidate.check === checks.length);
    if (!course.next || !check || check.at < last + course.next.waitMs) return checks;
    checks.push({ before: course, check });
    course = afterCheck(course, check.measurements);
    last = check.at;
  }
}

/** Works out the progress of a watch from the recorded checks. */
export function courseOnRecord(watched: Watched, record: OnRecord): CourseOnRecord {
  const checks = checksOnRecord(watched, record);
  const last = checks.at(-1);
  const course = last
    ? afterCheck(last.before, last.check.measurements)
    : courseOf(watched.watch, watched.watchForMs);
  const dueAt = course.next && (last?.check.at ?? startOf(record)) + course.next.waitMs;
  return { ...course, check: checks.length, dueAt };
}

const startOf = ({ admitted, executed }: Pick<OnRecord, 'admitted' | 'executed'>): number =>
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
  const { kept } = record;
  const health = measuredHealthOf(record);
  return kept && health?.kind === 'inconclusive'
    ? { kind: 'healthy', reason: keptText(kept, health.reason) }
    : health;
}

/** Says that a person keeps an effect. @param why why the watch could not tell */
export const keptText = ({ by, reason }: Pick<Kept, 'by' | 'reason'>, why: string): string =>
  `${by} keeps it: ${reason}; ${why}`;

/** What the measurements alone say. */
function measuredHealthOf(record: OnRecord): Progress | undefined {
  const { ruled, admitted, executed } = record;
  if (!ruled || !admitted) return undefined;
  const watchedRun = watchedBy(ruled, admitted.settlement?.kind === 'brokenGlass');
  if (!watchedRun)
    return executed?.kind === 'done'
      ? { kind: 'healthy', reason: 'nothing is watched for this action type' }
      : { kind: 'pending' };
  const { measurements, next } = courseOnRecord(watchedRun, record);
  return verdictOf(watchedRun.watch, measurements, next === undefined);
}

/**
 * Returns until when people can keep an effect of which the watch could not tell whether it did harm, in milliseconds since the epoch.
 * Undefined: they are not asked.
 */
export function keepDeadlineOf(record: OnRecord): number | undefined {
  const { ruled, measured, kept, takingBack, takenBack } = record;
  const last = measured.at(-1);
  if (!ruled || !last || kept || takingBack || takenBack || measuredHealthOf(record)?.kind !== 'inconclusive')
    return undefined;
  return last.at + (ruled.action.watch?.decideWithinMs ?? DECIDE_WITHIN_MS);
}
