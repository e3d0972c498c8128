import { lastOnRecord } from '../../domain/record/on-record.ts';
import type { Histories } from '../ports/histories.ts';
import type { Ledger } from '../ports/ledger.ts';
import { factOfRun } from './ticket.ts';

export interface TornEndDeps {
  readonly ledger: Ledger;
  readonly histories: Pick<Histories, 'sealedIn'>;
  readonly sealKey: Uint8Array;
}

/**
 * Completes the ledger for an action whose workflow ended before it could: what our workers did while the ledger was away is in the history
 * alone. INVARIANT 13: a fact counts where one of our workers sealed it for that run, whatever else is in the history. INVARIANT 9: in the order in
 * which it happened. Repeating it is harmless.
 *
 * @returns how many facts were missing
 */
export async function completeTornEnd(
  { ledger, histories, sealKey }: TornEndDeps,
  actionId: string,
): Promise<number> {
  const entries = await ledger.entriesOf(actionId);
  const record = lastOnRecord(actionId, entries);
  if (!record?.ruled || record.closed || record.endErased) return 0;
  const { runId } = record;
  const known = new Set(entries.map(({ eventId }) => eventId));
  for (const sealedFact of await histories.sealedIn(actionId, runId)) {
    const fact = factOfRun({ actionId, runId }, sealedFact, sealKey);
    if (!fact || known.has(fact.eventId)) continue;
    await ledger.append(fact);
    known.add(fact.eventId);
  }
  return known.size - entries.length;
}
