import type { Hold, Lifting } from '../../domain/admission/hold.ts';

/**
 * The holds. Placing and lifting are entries of the ledger, written in the same transaction; any later admission sees them.
 * Repeating either is harmless. All methods throw when the store is unreachable.
 */
export interface Holds {
  /** @param order the signed order, or other evidence that the hold may be placed: any JSON, for the ledger */
  place(hold: Hold, order: unknown): Promise<void>;
  lift(id: string, lifting: Lifting, order: unknown): Promise<Lifted>;
  /** The holds that stand, oldest first. */
  list(): Promise<Hold[]>;
}

/** `notStanding`: nobody placed the hold, or somebody else lifted it before. */
export type Lifted = { readonly kind: 'lifted' } | { readonly kind: 'notStanding' };
