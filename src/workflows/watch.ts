import { ActivityFailure, condition, isCancellation } from '@temporalio/workflow';
import type { Measured } from '../activities/measure.ts';
import { NO_ROOM_LEFT } from '../domain/room.ts';
import { type Verdict, verdictOf } from '../domain/verdict.ts';
import { type Check, courseOf, type Measurement } from '../domain/watch.ts';
import { watchedBy } from '../domain/watched.ts';
import type { ActionRecord } from './action-record.ts';
import { measure } from './activities.ts';
import { withoutLedger } from './effect.ts';
import { reasonOf } from './tell.ts';

/** Measures on schedule until a limit is broken or all checks are taken. Waiting is always a timer. */
export async function watch(record: ActionRecord): Promise<Verdict> {
  const watched = watchedBy(record.known, record.state.settlement?.kind === 'brokenGlass');
  if (!watched) return { kind: 'healthy', reason: 'nothing is watched for this action type' };
  record.add({ status: 'watching' });
  const { watch, watchForMs } = watched;
  const taken: (readonly Measurement[])[] = [];
  let course = courseOf(watch, taken, watchForMs);
  let last = Date.now();
  while (course.next) {
    const wait = last + course.next.waitMs - Date.now();
    const summary = `check ${taken.length + 1}`;
    if (wait > 0) await condition(() => record.room === 'none', wait, { summary });
    if (record.room === 'none') return { kind: 'error', reason: NO_ROOM_LEFT };
    last = Date.now();
    const measurements = await take(record, taken.length, course.next, summary);
    record.add({ measurements: [...record.state.measurements, ...measurements] });
    taken.push(measurements);
    course = courseOf(watch, taken, watchForMs);
    const soFar = verdictOf(watch, course.measurements, course.next === undefined);
    if (soFar.kind !== 'pending') return soFar;
  }
  return { kind: 'error', reason: 'no check was due' };
}

/** INVARIANT 7: a check that could not be made is an error of every metric it was for, never a healthy one. */
async function take(
  record: ActionRecord,
  n: number,
  { metrics }: Check,
  summary: string,
): Promise<readonly Measurement[]> {
  let measured: Measured;
  try {
    measured = await withoutLedger(record, (ticket) =>
      measure.executeWithOptions({ summary }, [{ check: n, ticket }]),
    );
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const reason = `it could not be measured: ${reasonOf(error)}`;
    return metrics.map(({ name }) => ({ metric: name, phase: 'error', reason, at: Date.now() }));
  }
  record.completeLater(measured.unrecorded);
  // INVARIANT 14: handed in to us beside the workflow, they are heard as if they had come here.
  for (const jws of measured.revocations) await record.hear(jws);
  return measured.measurements;
}
