/** How an action can end. Outcomes are never merged: a time-out is not a person's denial. */
export const OUTCOMES = [
  'succeeded',
  'rolledBack',
  'rollbackFailed',
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
