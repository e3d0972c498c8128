import type { Outcome } from '../action/outcome.ts';
import { conclusionOf } from './conclusion.ts';
import { doubtIn, type OnRecord } from './on-record.ts';

/** What becomes of an action whose workflow ended before the action did. */
export type Lost =
  /** No effect of it stands, or it was taken back: it is closed. */
  | { readonly kind: 'over'; readonly outcome: Outcome }
  /**
   * Its effect may stand in production, or it was taken back and its metrics may not be back; and nothing watches it. People are paged, and the target stays reserved for it until they decide.
   */
  | { readonly kind: 'stands'; readonly reason: string };

/**
 * Returns what the ledger alone says about an action whose workflow is gone: terminated in the Temporal UI or by somebody with access to
 * the server, failed, timed out, or with a history that grew too large. Undefined: the action is closed.
 *
 * @param how how its workflow ended, in words, for example "terminated"
 */
export function lostOf(record: OnRecord, how: string): Lost | undefined {
  const { admitted, executed, takenBack, closed, endErased } = record;
  if (closed || endErased) return undefined;
  const reason = `its workflow was ${how}`;
  const mayRun = admitted !== undefined || doubtIn(record) !== undefined;
  if (mayRun && executed?.kind !== 'refused' && takenBack?.kind !== 'done') return { kind: 'stands', reason };
  const conclusion = conclusionOf(record, 'cancelled');
  // Nobody watches any more whether its metrics come back.
  if (conclusion.kind === 'rollbackUnverified') return { kind: 'stands', reason };
  return { kind: 'over', outcome: conclusion.kind === 'cancelled' ? { kind: 'lost', reason } : conclusion };
}
