import { ActivityFailure, ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';

/** What an activity raised: an ordinary one inside an `ActivityFailure`, a local one as it is. */
const causeOf = (error: unknown): unknown => (error instanceof ActivityFailure ? error.cause : error);

/** The failure that an activity ended with; undefined for every other error, and for a cancellation. */
export function failureOf(error: unknown): TemporalFailure | undefined {
  if (isCancellation(error)) return undefined;
  const failure = causeOf(error);
  return failure instanceof TemporalFailure ? failure : undefined;
}

/** The type of the failure that an activity raised itself, such as `LedgerAway`; undefined for every other error. */
export const failureType = (error: unknown): string | undefined => raisedBy(error)?.type ?? undefined;

/** The failure that an activity raised itself, with its details; undefined for a time-out and for every other error. */
export function raisedBy(error: unknown): ApplicationFailure | undefined {
  const failure = failureOf(error);
  return failure instanceof ApplicationFailure ? failure : undefined;
}

/** The reason why an activity failed, in the plainest words. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}
