import { ActivityFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { Admission } from '../activities/admit.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { TOO_MUCH_SAID } from '../domain/record/history-room.ts';
import type { Runnable } from '../domain/ruling/ruling.ts';
import { exactLine } from '../domain/shared/visible.ts';
import type { ActionRecord } from './action-record.ts';
import { admit as admitActivity, admitAtOnce } from './activities.ts';
import { hearHandedIn } from './listen-to-people.ts';
import { reasonOf } from './notify.ts';
import type { Drifted } from './why-asked-again.ts';

export type Admitted =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | Drifted;

/** The last look before the effect. A permission runs out: nothing runs on an old one. */
export async function admit(record: ActionRecord, ruling: Runnable): Promise<Admitted> {
  record.add({ status: 'admitting' });
  const expiresAt = Date.now() + ruling.admitWithinMs;
  for (let first = true; ; first = false) {
    // What is waited for is decided by now: from then on its input belongs into the history.
    const atOnce = first && ruling.mode === 'execute';
    const admission = await ask(atOnce, Math.max(1, expiresAt - Date.now()));
    switch (admission.kind) {
      case 'refused':
        return { kind: 'outcome', outcome: admission.outcome };
      case 'drifted':
        return admission;
      case 'revoked':
        // Handed in to us beside the workflow: it is heard as if it had come here, and cancels what follows.
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

async function ask(atOnce: boolean, withinMs: number): Promise<Admission> {
  const activity = atOnce ? admitAtOnce : admitActivity;
  try {
    return await activity.executeWithOptions(
      {
        startToCloseTimeout: '20s',
        scheduleToCloseTimeout: withinMs,
        // An attempt left behind would take the target after the action closed, and nobody would give it back.
        cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      },
      [],
    );
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const reason = `it could not be admitted in time: ${reasonOf(error)}`;
    return { kind: 'refused', outcome: { kind: 'expired', reason } };
  }
}
