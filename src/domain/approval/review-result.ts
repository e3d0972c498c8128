/** How the review of an action ended. */
export type ReviewResult =
  | ({ readonly kind: 'agreed'; readonly by: readonly string[] } & Late)
  | ({ readonly kind: 'disagreed'; readonly by: string; readonly reason: string } & Late)
  /** Nobody reviewed it in time. */
  | { readonly kind: 'overdue' };

/** It was overdue before, which stays in the ledger. */
interface Late {
  readonly late?: true | undefined;
}
