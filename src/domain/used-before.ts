import type { Fault } from './json.ts';
import { nameAt } from './json-parts.ts';
import { type LedgerEntry, runOf } from './ledger.ts';
import { iso } from './sentence.ts';

/**
 * INVARIANT 8: an idempotency key is one action for ever. Temporal forgets a workflow some time after its end, and would start
 * it anew; the ledger does not forget.
 *
 * @param entries about the action with this id
 * @param firstRunId in which the workflow that asks began: after a reset it is the same action, in another run
 */
export function usedBefore(entries: readonly LedgerEntry[], firstRunId: string): Fault[] {
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
