import type { Hash } from '../../domain/ledger/tree/merkle.ts';
import type { VerifierKey } from '../../domain/ledger/tree/signed-note.ts';

/** What came of asking a witness. */
export type WitnessAnswer =
  /** The lines that it answered, which nobody has verified yet. */
  | { readonly kind: 'answered'; readonly lines: string }
  /** It saw another number of entries last than the request begins at. */
  | { readonly kind: 'sawOther'; readonly size: number }
  /** By what it saw, the ledger does not go on from there. */
  | { readonly kind: 'contradicts'; readonly reason: string }
  /** It did not look, or did not answer: nothing follows for the ledger. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Somebody else who looks whether our ledger goes on from what they saw before. */
export interface Witness {
  readonly key: VerifierKey;
  /**
   * Asks it to cosign a checkpoint. Never throws.
   *
   * @param old how many entries it saw before
   * @param proof that the tree of this checkpoint begins with the one of `old` entries
   */
  ask(old: number, proof: readonly Hash[], note: string): Promise<WitnessAnswer>;
}
