/** How the review of an action ended. */
export type ReviewResult =
  | ({ readonly kind: 'agreed'; readonly by: readonly string[] } & Late)
  | ({ readonly kind: 'disagreed'; readonly by: string; readonly reason: string } & Late)
  /** Nobody reviewed the action in time. */
  | { readonly kind: 'overdue' };

/** The review was overdue before it was made. That stays in the ledger. */
interface Late {
  readonly late?: true | undefined;
}
