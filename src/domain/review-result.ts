/** How the review of an action ended. */
export type ReviewResult =
  | { readonly kind: 'agreed'; readonly by: readonly string[] }
  | { readonly kind: 'disagreed'; readonly by: string; readonly reason: string }
  /** Nobody reviewed it in time. */
  | { readonly kind: 'overdue' };
