import type { Hold, Lifting } from '../../domain/admission/hold.ts';

/**
 * What is on hold. Placing and lifting are entries of the ledger, written in the same transaction; an admission after it
 * sees it. Repeating either is harmless. All throw when the store is unreachable.
 */
export interface Holds {
  /** @param order the signed order, or whatever else shows that the hold may be placed: any JSON, for the ledger */
  place(hold: Hold, order: unknown): Promise<void>;
  lift(id: string, lifting: Lifting, order: unknown): Promise<Lifted>;
  /** Those that stand, oldest first. */
  list(): Promise<Hold[]>;
}

/** `notStanding`: nobody placed it, or somebody else lifted it before. */
export type Lifted = { readonly kind: 'lifted' } | { readonly kind: 'notStanding' };
