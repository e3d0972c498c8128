/** How an action can end. Outcomes are never merged: a time-out is not a person's denial. */
export const OUTCOMES = [
  'succeeded',
  'rolledBack',
  'rollbackFailed',
  'rollbackUnverified',
  'failed',
  'recommended',
  'deniedByPerson',
  'deniedByPolicy',
  'expired',
  'undeliverable',
  'cancelled',
  'superseded',
  'revoked',
  'held',
  'lost',
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

export interface Outcome {
  readonly kind: OutcomeKind;
  /** One sentence for people. */
  readonly reason: string;
}

/** The endings after which nobody knows how the target is: it is held, on-call is paged, and a person has to look. */
export const NEEDS_A_LOOK = [
  'rollbackFailed',
  'rollbackUnverified',
] as const satisfies readonly OutcomeKind[];
export type NeedsALook = (typeof NEEDS_A_LOOK)[number];

export const needsALook = (kind: OutcomeKind): kind is NeedsALook =>
  NEEDS_A_LOOK.some((needing) => needing === kind);
