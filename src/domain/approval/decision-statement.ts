import type { Json } from '../shared/json.ts';

/**
 * How a person proved who they are. `signing-key`: signed with a key of their own. The others: the gateway signed, after the
 * person signed in (`session`), or proved it once more for this very decision (`passkey`, `totp`).
 */
export const AUTHENTICATIONS = ['signing-key', 'session', 'passkey', 'totp'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

export const DECISION_KINDS = [
  'approve',
  'deny',
  'withdraw',
  'revoke',
  'edit',
  'breakGlass',
  'ask',
  // Says that the person is looking at it, which holds the next step of the route and decides nothing.
  'acknowledge',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** What a person, or the gateway for them, signs (the JWS payload). It names the workflow run, so that a reset cannot re-apply it. */
export interface DecisionStatement {
  /** The installation that it is for, as its countersign.yaml names it: what is signed for one counts in no other. */
  readonly installation: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The digest of the action as the person saw it. */
  readonly digest: string;
  readonly person: string;
  readonly verdict: DecisionKind;
  /** Why; to `ask`, the question. */
  readonly reason?: string | undefined;
  /** To `edit`: all parameters as they are to be. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** To `breakGlass`: the incident for which it cannot wait, by its name in the pager or the tracker. */
  readonly incident?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly decidedAt: number;
  readonly authentication: Authentication;
}
