import { condition } from '@temporalio/workflow';
import type { Measured, MeasureInput } from '../activities/watch/measure.ts';
import { type Verdict, verdictOf } from '../domain/analysis/analysis-verdict.ts';
import { afterCheck, afterFailure, courseOf } from '../domain/analysis/course.ts';
import { DECIDE_WITHIN_MS, type Measurement } from '../domain/analysis/metrics.ts';
import { NO_ROOM_LEFT } from '../domain/record/history-room.ts';
import { extendedCourseOf, keptText, watchedBy } from '../domain/record/watch-on-record.ts';
import { inWords } from '../domain/shared/in-words.ts';
import type { ActionRecord } from './action-record.ts';
import { lookOutside, measure, measureAtOnce } from './activities.ts';
import { failureOf, failureType, reasonOf } from './activity-error.ts';
import { withoutLedger } from './execute-and-roll-back.ts';
import { hearHandedIn } from './listen-to-people.ts';
import { tell } from './notify.ts';

/**
 * Measures on schedule until a limit is broken, all checks are taken, or something from outside ends it. Waiting is always a timer. Returns the
 * verdict.
 */
export async function watch(record: ActionRecord): Promise<Verdict> {
  const watchPlan = watchedBy(record.known, record.state.settlement?.kind === 'brokenGlass');
  if (!watchPlan) return { kind: 'healthy', reason: 'nothing is watched for this action type' };
  record.add({ status: 'watching' });
  const { watch, watchForMs } = watchPlan;
  let course = courseOf(watch, watchForMs);
  let check = 0;
  let lastAt = Date.now();
  while (course.next) {
    const summary = `check ${check + 1}`;
    const endedWhileWaiting = await untilTime(record, lastAt + course.next.waitMs, summary, () => false);
    if (endedWhileWaiting) return endedWhileWaiting;
    if (record.room === 'none') return { kind: 'error', reason: NO_ROOM_LEFT };
    const knownCount = course.measurements.length;
    const checkResult = await take(record, check, summary);
    if (checkResult.kind === 'taken') {
      if (checkResult.ended) return checkResult.ended;
      check += 1;
    }
    course =
      checkResult.kind === 'taken'
        ? afterCheck(course, checkResult.measurements)
        : afterFailure(course, checkResult.reason, checkResult.at);
    lastAt = checkResult.at;
    record.add({ measurements: [...record.state.measurements, ...course.measurements.slice(knownCount)] });
    const verdict = verdictOf(watch, course.measurements, course.next === undefined);
    if (verdict.kind === 'inconclusive') {
      const answer = await askWhetherToKeep(record, verdict, checkResult.at);
      if (answer.kind !== 'extended') return answer;
      course = extendedCourseOf(watchPlan);
      lastAt = Date.now();
    } else if (verdict.kind !== 'pending') return verdict;
  }
  return { kind: 'error', reason: 'no check was due' };
}

/**
 * Waits until a time, in milliseconds since the epoch, or until it is over for another reason. Where something from outside may have come
 * meanwhile, an activity finds out. Returns the verdict where that ends the watch.
 */
async function untilTime(
  record: ActionRecord,
  until: number,
  summary: string,
  isOver: () => boolean,
): Promise<Verdict | undefined> {
  const hasEnded = () => isOver() || record.room === 'none';
  for (;;) {
    const wait = until - Date.now();
    if (wait <= 0) return undefined;
    await condition(() => hasEnded() || record.mayBeEnded, wait, { summary });
    if (hasEnded() || !record.mayBeEnded) return undefined;
    const verdict = await endedFromOutside(record);
    if (verdict) return verdict;
  }
}

/** Asks whether something from outside ended the watch. INVARIANT 13: what it was, and whether it counts, is found out by the activity. */
async function endedFromOutside(record: ActionRecord): Promise<Verdict | undefined> {
  record.mayBeEnded = false;
  try {
    const ended = await lookOutside();
    if (!ended) return undefined;
    record.completeLater(ended.unrecorded);
    return { kind: 'regressed', reason: ended.why };
  } catch (error) {
    if (!failureOf(error)) throw error;
    return undefined;
  }
}

/**
 * Asks people whether to keep an effect of which the watch could not tell whether it did harm. Where nobody keeps it in time, the verdict
 * stands, and the effect is taken back. A revocation takes it back at once. An extension has the watch go on.
 *
 * @param at when the last check was taken, in milliseconds since the epoch: the time that people have counts from here
 */
async function askWhetherToKeep(
  record: ActionRecord,
  verdict: Extract<Verdict, { kind: 'inconclusive' }>,
  at: number,
): Promise<Verdict | { readonly kind: 'extended' }> {
  if (!record.follows('asks-whether-to-keep')) return verdict;
  const deadline = at + (record.known.action.watch?.decideWithinMs ?? DECIDE_WITHIN_MS);
  record.add({ status: 'undecided', verdict, deadline });
  record.inBackground(
    tell(record, { kind: 'inconclusive', by: 'mail' }, { by: 'mail', whom: 'owners and those who decide' }),
  );
  record.inBackground(tell(record, { kind: 'inconclusive', by: 'page' }, { by: 'page', whom: 'on-call' }));
  const extensions = record.state.extensions?.length ?? 0;
  const isExtended = () => (record.state.extensions?.length ?? 0) > extensions;
  const ended = await untilTime(
    record,
    Math.max(deadline, Date.now() + 1),
    'whether to keep it',
    () => record.state.kept !== undefined || isExtended(),
  );
  // It ends by the deadline too, and the ledger may have it.
  await condition(() => !record.extending);
  record.add({ status: 'watching', deadline: undefined });
  if (ended) return ended;
  if (isExtended()) {
    record.add({ verdict: undefined });
    return { kind: 'extended' };
  }
  const { kept } = record.state;
  if (kept) return { kind: 'healthy', reason: keptText(kept, verdict.reason) };
  const silence = `nobody kept it within ${inWords(deadline - at)}`;
  return { kind: 'inconclusive', reason: `${verdict.reason}; ${silence}` };
}

/**
 * Takes a check by the clock of a worker. Where that is slow and the check is refused as not due, by the clock of the server. Without the ledger
 * nobody refuses it, and a check that is too early would not count later: so it goes by the clock of the server at once.
 */
async function measureNow(record: ActionRecord, input: MeasureInput, summary: string): Promise<Measured> {
  if (input.ticket && record.follows('checks-without-the-ledger-by-the-servers-clock'))
    return measure.executeWithOptions({ summary }, [input]);
  try {
    return await measureAtOnce.executeWithOptions({ summary }, [input]);
  } catch (error) {
    if (failureType(error) !== 'NotOnRecord') throw error;
    return measure.executeWithOptions({ summary }, [input]);
  }
}

export type Taken =
  | {
      readonly kind: 'taken';
      readonly measurements: readonly Measurement[];
      readonly at: number;
      /** The verdict where something from outside ended the watch. Then nothing was measured. */
      readonly ended?: Verdict | undefined;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly at: number };

/**
 * Takes one check, of the effect or after the rollback: the record says which. INVARIANT 7: a check that could not be made is an error of every metric that
 * it was for, never a healthy one.
 */
export async function take(record: ActionRecord, check: number, summary: string): Promise<Taken> {
  const { unrecorded } = record;
  let measureResult: Measured;
  try {
    measureResult = await withoutLedger(record, (ticket) =>
      measureNow(record, ticket ? { check, ticket } : { check, unrecorded }, summary),
    );
  } catch (error) {
    if (!failureOf(error)) throw error;
    return { kind: 'failed', reason: `it could not be measured: ${reasonOf(error)}`, at: Date.now() };
  }
  if (measureResult.completed) record.unrecorded = record.unrecorded.slice(unrecorded.length);
  record.completeLater(measureResult.unrecorded);
  // INVARIANT 14: revocations that were handed in beside the workflow are heard as if they had come here.
  for (const jws of measureResult.revocations) await hearHandedIn(record, jws);
  const { measurements, at, ended } = measureResult;
  if (ended === undefined || !record.follows('ended-from-outside'))
    return { kind: 'taken', measurements, at };
  return { kind: 'taken', measurements, at, ended: { kind: 'regressed', reason: ended } };
}
