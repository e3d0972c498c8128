import type { Outcome } from '../action/outcome.ts';
import { conclusionOf } from './conclusion.ts';
import { doubtIn, type OnRecord } from './on-record.ts';

/** What becomes of an action whose workflow ended without it. */
export type Lost =
  /** Nothing of it stands, or it was taken back: it is closed. */
  | { readonly kind: 'over'; readonly outcome: Outcome }
  /** Its effect may stand in production, and nobody watches it: people are paged, and its target stays its own until they say. */
  | { readonly kind: 'stands'; readonly reason: string };

/**
 * What is known of an action whose workflow is gone: terminated in the Temporal UI or by whoever reaches the server, failed, timed
 * out, or with a history that grew too large. By the ledger alone. Undefined: it is closed.
 *
 * @param how its workflow ended, in words such as "terminated"
 */
export function lostOf(record: OnRecord, how: string): Lost | undefined {
  const { admitted, executed, takenBack, closed } = record;
  if (closed) return undefined;
  const reason = `its workflow was ${how}`;
  const mayRun = admitted !== undefined || doubtIn(record) !== undefined;
  if (mayRun && executed?.kind !== 'refused' && takenBack?.kind !== 'done') return { kind: 'stands', reason };
  const known = conclusionOf(record, 'cancelled');
  return { kind: 'over', outcome: known.kind === 'cancelled' ? { kind: 'lost', reason } : known };
}
