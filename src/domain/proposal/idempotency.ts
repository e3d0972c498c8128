import { isReadable, type ReadEntry, runOf } from '../ledger/ledger.ts';
import type { Fault } from '../shared/json.ts';
import { nameAt } from '../shared/json-reader.ts';
import { iso } from '../shared/sentence.ts';

/**
 * INVARIANT 8: an idempotency key names one action for ever. Temporal forgets a workflow some time after its end, and would start it again;
 * the ledger does not forget. An entry that cannot be read may have been such an action.
 *
 * @param entries all entries about the action with this id
 * @param firstRunId the run in which the asking workflow began: after a reset it is the same action, in another run
 */
export function usedBefore(entries: readonly ReadEntry[], firstRunId: string): Fault[] {
  const unreadable = entries.find((entry) => !isReadable(entry));
  if (unreadable) {
    const problem = `may have been used: entry ${unreadable.seq} of the ledger, about it, cannot be read: another action needs another key`;
    return [{ where: 'idempotencyKey', problem }];
  }
  const first = entries.find(({ kind }) => kind === 'ruled');
  if (!first || runOf(first) === firstRunId) return [];
  const outcome = nameAt(entries.findLast(({ kind }) => kind === 'closed')?.body, 'outcome', 'kind');
  const end = outcome === undefined ? '' : ` that ended ${outcome}`;
  return [
    {
      where: 'idempotencyKey',
      problem: `was used for an action of ${iso(first.at)}${end}: another action needs another key`,
    },
  ];
}
