/** Why a decision does not count. */
export const REFUSALS = [
  ...(['malformed', 'notOpen', 'requesterSide', 'notEntitled', 'badSignature', 'otherRun'] as const),
  ...(['otherDigest', 'tooLate', 'fromTheFuture', 'stepUpNeeded', 'incomplete'] as const),
  ...(['otherInstallation', 'replayed', 'noVote', 'tooMany', 'editRefused', 'unchanged'] as const),
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly reason: string;
}

export const refuse = (refusal: Refusal, reason: string): Refused => ({ kind: 'refused', refusal, reason });
