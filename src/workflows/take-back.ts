import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Outcome } from '../domain/action/outcome.ts';
import type { Progress } from '../domain/analysis/analysis-verdict.ts';
import { afterCheck, afterFailure } from '../domain/analysis/course.ts';
import { recoveryCourseOf, recoveryOf } from '../domain/analysis/recovery.ts';
import { METRICS_ARE_BACK, NOTHING_MEASURED, whyUnverified } from '../domain/record/taken-back-words.ts';
import { type Watched, watchedBy } from '../domain/record/watch-on-record.ts';
import type { Because } from '../domain/record/why-taken-back.ts';
import type { ActionRecord } from './action-record.ts';
import { pageWithoutLedger, rollBack } from './execute-and-roll-back.ts';
import { take } from './watch.ts';

/** Rolls the effect back, and measures until its metrics are back. It cannot be cancelled. */
export function takeBack(record: ActionRecord, because: Because, why: string): Promise<Outcome> {
  return CancellationScope.nonCancellable(async () => {
    const outcome = await rollBack(record, because, why);
    if (outcome.kind !== 'rolledBack') return outcome;
    const watchPlan = watchedBy(record.known, record.state.settlement?.kind === 'brokenGlass');
    if (!watchPlan) return { ...outcome, reason: `${why}; ${NOTHING_MEASURED}` };
    if (!record.follows('measures-after-a-rollback')) return outcome;
    const recovery = await untilBack(record, watchPlan);
    if (recovery.kind === 'healthy') return { ...outcome, reason: `${why}; ${METRICS_ARE_BACK}` };
    const { unrecorded } = record;
    if (unrecorded.length > 0) await pageWithoutLedger(record, { checks: unrecorded });
    return { kind: 'rollbackUnverified', reason: `${why}; ${whyUnverified(recovery)}` };
  });
}

/** Measures on the schedule of the watch until the metrics are back or all checks are taken. Waiting is always a timer. */
async function untilBack(record: ActionRecord, { watch }: Watched): Promise<Progress> {
  let course = recoveryCourseOf(watch);
  let check = 0;
  let lastAt = Date.now();
  while (course.next) {
    const wait = lastAt + course.next.waitMs - Date.now();
    const summary = `check ${check + 1} after the rollback`;
    if (wait > 0) await sleep(wait, { summary });
    const checkResult = await take(record, check, summary);
    if (checkResult.kind === 'taken') check += 1;
    course =
      checkResult.kind === 'taken'
        ? afterCheck(course, checkResult.measurements)
        : afterFailure(course, checkResult.reason, checkResult.at);
    lastAt = checkResult.at;
    record.add({ measuredBack: course.measurements });
    const recovery = recoveryOf(watch, course.measurements, course.next === undefined);
    if (recovery.kind !== 'pending') return recovery;
  }
  return { kind: 'pending' };
}
