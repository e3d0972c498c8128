import type { Hash } from '../../domain/ledger/tree/merkle.ts';
import type { VerifierKey } from '../../domain/ledger/tree/signed-note.ts';

/** What came of an attempt to sign the tree over the ledger as it is now. */
export type SignedCheckpoint =
  | { readonly kind: 'signed'; readonly size: number; readonly note: string; readonly isWhole: boolean }
  | { readonly kind: 'nothingNew'; readonly size: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** The checkpoints of the ledger. Each method throws when the store is unreachable. */
export interface Checkpoints {
  /**
   * Signs a checkpoint if there are entries that none covers yet. Refuses where the ledger does not go on from the last checkpoint, or is
   * broken: what is signed is never taken back.
   *
   * @param origin the name of the log
   * @param now milliseconds since the epoch
   */
  sign(origin: string, now: number): Promise<SignedCheckpoint>;
  /** The newest checkpoint, as the log signed it. Undefined: none was signed yet. */
  newest(): Promise<{ readonly size: number; readonly note: string } | undefined>;
  /** The newest checkpoint with the cosignatures that it has so far. */
  cosigned(): Promise<{ readonly size: number; readonly note: string } | undefined>;
  /** The oldest checkpoint over more entries than these, and when it was signed. Undefined: there is none. */
  firstAfter(size: number): Promise<{ readonly size: number; readonly signedAt: number } | undefined>;
  /** The proof that the tree of `size` entries begins with the one of `old` entries. */
  consistency(old: number, size: number): Promise<readonly Hash[]>;
  /** How many entries the newest checkpoint has that this witness cosigned; 0: it cosigned none. */
  seenBy(witness: VerifierKey): Promise<number>;
  /** Keeps a cosignature that was verified. @param line with its newline */
  keepCosignature(size: number, witness: VerifierKey, line: string): Promise<void>;
}

/** The alarms of the log that on-call was paged about and that are not over, by their names. Each method throws when the store is unreachable. */
export interface LogAlarms {
  open(): Promise<readonly string[]>;
  /** @param at milliseconds since the epoch */
  paged(alarm: string, at: number): Promise<void>;
  over(alarm: string): Promise<void>;
}
