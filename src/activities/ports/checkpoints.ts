/** What came of an attempt to sign the tree over the ledger as it is now. */
export type SignedCheckpoint =
  | { readonly kind: 'signed'; readonly size: number; readonly note: string; readonly isWhole: boolean }
  | { readonly kind: 'nothingNew'; readonly size: number }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Checkpoints {
  /**
   * Signs a checkpoint if there are entries that none covers yet. Refuses where the ledger does not go on from the last checkpoint, or is
   * broken: what is signed is never taken back. Throws when the store is unreachable.
   *
   * @param origin the name of the log
   * @param now milliseconds since the epoch
   */
  sign(origin: string, now: number): Promise<SignedCheckpoint>;
}
