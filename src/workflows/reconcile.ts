import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Found } from '../domain/action/reconcile.ts';
import type { ActionRecord } from './action-record.ts';
import { reconcile as reconcileActivity } from './activities.ts';
import { reasonOf } from './activity-error.ts';

/** How often it is looked up, where it is not there each time: at once, halfway, and when nothing of it can come any more. */
const MOST_LOOKS = 3;

/**
 * Looks up whether an effect is there, where nobody knows whether it ran. "Not there" is believed only once nothing of it can come any more;
 * any other answer ends the asking. It cannot be cancelled, and its waiting is always a timer.
 *
 * @returns undefined where the action type does not say how to ask
 */
export function lookedUp(record: ActionRecord): Promise<Found | undefined> {
  return CancellationScope.nonCancellable(async () => {
    if (!record.known.action.reconcile || !record.follows('looks-up-an-unknown-effect')) return undefined;
    for (let look = 1; look <= MOST_LOOKS; look += 1) {
      const { unsettledMs, ...found } = await ask();
      record.add({ reconciled: [...(record.state.reconciled ?? []), found] });
      if (found.found !== 'absent' || unsettledMs === 0) return found;
      const wait = look === 1 ? Math.ceil(unsettledMs / 2) : unsettledMs;
      if (look < MOST_LOOKS) await sleep(wait, { summary: 'until it is looked up again' });
    }
    return { found: 'unknown', summary: 'it was not there, and something of it may still come' };
  });
}

async function ask() {
  try {
    return await reconcileActivity.executeWithOptions({ summary: 'look up whether it is there' }, []);
  } catch (error) {
    return { found: 'unknown', summary: reasonOf(error), at: Date.now(), unsettledMs: 0 } as const;
  }
}
