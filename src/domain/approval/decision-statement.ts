import type { Json } from '../shared/json.ts';

/**
 * The ways in which a person can prove who they are. `signing-key`: the person signed with their own key. In the other three the gateway
 * signed: after the person signed in (`session`), or after they proved their identity once more for this decision (`passkey`, `totp`).
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
  // The person is looking at the action. It delays the next step of the route and decides nothing.
  'acknowledge',
  // The watch could not tell whether the action did harm, and the person keeps it.
  'keep',
  // The watch could not tell, and the person has it go on for as long again.
  'extend',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** The most findings that one approval confirms: with these and the longest reason, a signed statement is as long as it may be. */
export const MOST_CONFIRMED = 64;

/** The JWS payload that a person signs, or the gateway for them. It names the workflow run, so that a reset cannot re-apply it. */
export interface DecisionStatement {
  /** The installation that the statement is for, as its countersign.yaml names it. The statement counts in no other. */
  readonly installation: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The digest of the action as the person saw it. */
  readonly digest: string;
  readonly person: string;
  readonly verdict: DecisionKind;
  /** The reason; for `ask`, the question itself. */
  readonly reason?: string | undefined;
  /** Only for `edit`: all parameters with their new values. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** Only for `breakGlass`: the incident that makes it urgent, by its name in the pager or the tracker. */
  readonly incident?: string | undefined;
  /**
   * Only for `approve`: the digests of the findings that the person approved although they were found. It is evidence. An approval
   * counts without it.
   */
  readonly confirmed?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly decidedAt: number;
  readonly authentication: Authentication;
}
