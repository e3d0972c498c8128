import { type Progress, verdictOf } from '../analysis/analysis-verdict.ts';
import { afterCheck, type Course, courseOf, type Watch } from '../analysis/metrics.ts';
import { longestWatch, tightest } from '../ruling/break-glass-aftermath.ts';
import type { EntryBodies, OnRecord } from './on-record.ts';

/** How the effect of an action is watched: by what was ruled, and the tightest way where somebody broke the glass. */
export interface Watched {
  readonly watch: Watch;
  /** At the least, in milliseconds. */
  readonly watchForMs: number;
}

/** @returns undefined where nothing is watched for the action type */
export function watchedBy(
  { action, ruling }: Pick<EntryBodies['ruled'], 'action' | 'ruling'>,
  broken: boolean,
): Watched | undefined {
  if (!action.watch) return undefined;
  const watch = broken ? tightest(action.watch) : action.watch;
  const watchForMs = broken ? longestWatch(ruling) : (ruling.watchForMs ?? 0);
  return { watch, watchForMs };
}

/** How far the watch of an action has come by the ledger. */
export interface CourseOnRecord extends Course {
  /** Which check is the next, counted from 0. */
  readonly check: number;
  /** When it is due, in milliseconds since the epoch. Undefined: none is. */
  readonly dueAt: number | undefined;
}

/**
 * Checks count in their order, none left out, and none before it was due: so a watch lasts as long as it says, whoever asks for its
 * checks.
 */
export function courseOnRecord(
  { watch, watchForMs }: Watched,
  { admitted, executed, measured }: OnRecord,
): CourseOnRecord {
  let course = courseOf(watch, watchForMs);
  let last = executed?.at ?? admitted?.at ?? 0;
  for (let check = 0; ; check++) {
    const dueAt = course.next && last + course.next.waitMs;
    const found = measured.find((each) => each.check === check);
    if (dueAt === undefined || !found || found.at < dueAt) return { ...course, check, dueAt };
    course = afterCheck(course, found.measurements);
    last = found.at;
  }
}

/** INVARIANT 7: what the ledger knows of an action that ran. Undefined: it never came to run. */
export function healthOf(record: OnRecord): Progress | undefined {
  const { ruled, admitted, executed } = record;
  if (!ruled || !admitted) return undefined;
  const watched = watchedBy(ruled, admitted.settlement?.kind === 'brokenGlass');
  if (!watched)
    return executed?.kind === 'done'
      ? { kind: 'healthy', reason: 'nothing is watched for this action type' }
      : { kind: 'pending' };
  const { measurements, next } = courseOnRecord(watched, record);
  return verdictOf(watched.watch, measurements, next === undefined);
}
