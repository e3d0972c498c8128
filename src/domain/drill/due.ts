/** What the ledger says of the last weeks, as far as it decides whether a drill is due. */
export interface Drilled {
  /** How many requests people were asked about, without drills. */
  readonly requests: number;
  /** How many drills there were in the same time. */
  readonly drills: number;
  /** How many drills wait for an answer now. */
  readonly open: number;
}

export type Due = { readonly kind: 'due' } | { readonly kind: 'notDue'; readonly why: string };

/**
 * Whether a drill may begin. With one more, drills are at most this share of all requests, and one waits at a time.
 *
 * @param share of all requests, 0 to 1
 */
export function drillDue(share: number, { requests, drills, open }: Drilled): Due {
  if (open > 0) return { kind: 'notDue', why: 'a drill waits for an answer' };
  const most = Math.floor((requests * share) / (1 - share));
  return drills < most
    ? { kind: 'due' }
    : {
        kind: 'notDue',
        why: `of ${requests} requests ${most} drills may come, and there were ${drills}`,
      };
}
