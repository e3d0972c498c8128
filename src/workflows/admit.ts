import { sleep } from '@temporalio/workflow';
import type { Admission } from '../activities/admit.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { TOO_MUCH_SAID } from '../domain/record/history-room.ts';
import type { PreviewFirst } from '../domain/record/preview-on-record.ts';
import type { Runnable } from '../domain/ruling/ruling.ts';
import { exactLine } from '../domain/shared/visible.ts';
import type { ActionRecord } from './action-record.ts';
import { admit as admitActivity, admitAtOnce } from './activities.ts';
import { failureOf, reasonOf } from './activity-error.ts';
import { hearHandedIn } from './listen-to-people.ts';
import { withPreview } from './preview.ts';
import type { Drifted } from './why-asked-again.ts';

export type Admitted =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | Drifted;

/** Checks the action a last time before the effect. The permission to run expires: nothing runs on an old one. */
export async function admit(record: ActionRecord, ruling: Runnable): Promise<Admitted> {
  record.add({ status: 'admitting' });
  const expiresAt = Date.now() + ruling.admitWithinMs;
  for (let isFirst = true; ; isFirst = false) {
    const admission = await attempt(record, ruling, isFirst, Math.max(1, expiresAt - Date.now()));
    switch (admission.kind) {
      case 'refused':
        return { kind: 'outcome', outcome: admission.outcome };
      case 'drifted':
        return admission;
      case 'revoked':
        // A revocation that was handed in beside the workflow is heard as if it had come here, and cancels what follows.
        await hearHandedIn(record, admission.jws);
        await sleep('1s');
        break;
      case 'admitted':
        record.ticket = admission.ticket;
        return { kind: 'admitted' };
      case 'waits':
        if (record.room === 'none')
          return { kind: 'outcome', outcome: { kind: 'undeliverable', reason: TOO_MUCH_SAID } };
        await sleep(admission.afterMs, { summary: exactLine(admission.reason).slice(0, 200) });
    }
  }
}

/** The admission that came with the ruling, or a new attempt. */
function attempt(
  record: ActionRecord,
  { mode }: Runnable,
  isFirst: boolean,
  withinMs: number,
): Promise<Admission> | Admission {
  const { admission } = record;
  record.admission = undefined;
  // From the second attempt on, or after people decided, the activity is an ordinary one, so that its input is in the history.
  if (admission) return admission;
  const atOnce = isFirst && mode === 'execute';
  return withPreview(record.state.proposal, (unpreviewed) => ask(atOnce, withinMs, unpreviewed));
}

async function ask(
  atOnce: boolean,
  withinMs: number,
  unpreviewed: string | undefined,
): Promise<Admission | PreviewFirst> {
  const activity = atOnce ? admitAtOnce : admitActivity;
  try {
    return await activity.executeWithOptions(
      {
        startToCloseTimeout: '20s',
        scheduleToCloseTimeout: withinMs,
        // An attempt that is left behind would take the target after the action closed, and nothing would release it.
        cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      },
      unpreviewed === undefined ? [] : [unpreviewed],
    );
  } catch (error) {
    if (!failureOf(error)) throw error;
    const reason = `it could not be admitted in time: ${reasonOf(error)}`;
    return { kind: 'refused', outcome: { kind: 'expired', reason } };
  }
}
