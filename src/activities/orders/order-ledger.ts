import { erasureFaults, whatWasErased } from '../../domain/ledger/erasure.ts';
import { LEGAL_HOLDS, legalHoldsIn } from '../../domain/ledger/legal-hold.ts';
import type { EraseOrder, LegalHoldOrder } from '../../domain/orders/ledger-order.ts';
import type { CarriedOut } from '../../domain/orders/order.ts';
import { type Fault, refusalAt } from '../../domain/shared/json.ts';
import type { Ledger } from '../ports/ledger.ts';

export type LedgerAnswer =
  | { readonly kind: 'done'; readonly done: CarriedOut }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** A signed order that is being carried out. */
interface Handed {
  readonly jws: string;
  readonly workflowId: string;
  /** The id that a legal hold gets. */
  readonly newId: string;
  /** Milliseconds since the epoch, the server's time. */
  readonly handedInAt: number;
}

/** Carries out what people signed about what the ledger keeps. Repeating it is harmless. */
export function createLedgerOrders({ ledger }: { readonly ledger: Ledger }) {
  const legalHolds = async () => legalHoldsIn(await ledger.entriesOf(LEGAL_HOLDS));

  return {
    /**
     * Records the erasure, and that is what erases: the database takes the payloads away in the same transaction. It refuses by itself what
     * came under legal hold meanwhile.
     */
    erase: async (order: EraseOrder, { jws, workflowId, handedInAt }: Handed): Promise<LedgerAnswer> => {
      const { subject, person, reason, at: signedAt } = order;
      const entries = [...new Set(order.entries)].toSorted((a, b) => a - b);
      const answer = { kind: 'done', done: { kind: 'erased', subject, entries } } as const;
      const about = await ledger.entriesOf(subject);
      if (about.some(({ eventId }) => eventId === workflowId)) return answer;
      const faults = erasureFaults({ subject, entries }, about, await legalHolds());
      if (faults.length > 0) return { kind: 'refused', faults };
      const at = Math.min(signedAt, handedInAt);
      const body = { person, reason, entries, jws };
      await ledger.append({ eventId: workflowId, actionId: subject, kind: 'erasureOrdered', at, body });
      return answer;
    },

    placeLegalHold: async (
      { scope, person, reason, at: signedAt }: Extract<LegalHoldOrder, { kind: 'placeLegalHold' }>,
      { jws, workflowId, newId, handedInAt }: Handed,
    ): Promise<LedgerAnswer> => {
      if (scope.kind === 'subject' && (await ledger.entriesOf(scope.subject)).length === 0)
        return refusalAt('scope.subject', `the ledger has no entry about ${scope.subject}`);
      const at = Math.min(signedAt, handedInAt);
      const body = { id: newId, scope, person, reason, jws };
      await ledger.append({
        eventId: workflowId,
        actionId: LEGAL_HOLDS,
        kind: 'legalHoldPlaced',
        at,
        body,
      });
      return { kind: 'done', done: { kind: 'legalHoldPlaced', legalHoldId: newId } };
    },

    endLegalHold: async (
      { legalHoldId: id, person, reason, at: signedAt }: Extract<LegalHoldOrder, { kind: 'endLegalHold' }>,
      { jws, workflowId, handedInAt }: Handed,
    ): Promise<LedgerAnswer> => {
      const answer = { kind: 'done', done: { kind: 'legalHoldEnded', legalHoldId: id } } as const;
      const entries = await ledger.entriesOf(LEGAL_HOLDS);
      if (entries.some(({ eventId }) => eventId === workflowId)) return answer;
      const { standing } = legalHoldsIn(entries);
      if (!standing.some((hold) => hold.id === id))
        return refusalAt(
          'legalHoldId',
          `no legal hold ${id} stands; those that do: ${standing.map((hold) => hold.id).join(', ') || 'none'}`,
        );
      const at = Math.min(signedAt, handedInAt);
      const body = { id, person, reason, jws };
      await ledger.append({ eventId: workflowId, actionId: LEGAL_HOLDS, kind: 'legalHoldEnded', at, body });
      return answer;
    },
  };
}

/** Tells what was erased about an action, and who had that done; null where nothing was. Changes nothing. */
export const createErased = ({ ledger }: { readonly ledger: Ledger }) => ({
  erased: async (actionId: string): Promise<string | null> =>
    whatWasErased(await ledger.entriesOf(actionId)) ?? null,
});
