import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';

/** Whether nobody answered: the deadline passed here (4) or at the server (1), or the server knows of no recent poller. */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = causeOf(error);
  return isGrpcServiceError(cause) && ([1, 4].includes(cause.code) || /no poller seen/.test(cause.details));
}

/** Whether the workflow takes no more updates, now or for good: RESOURCE_EXHAUSTED (8) or FAILED_PRECONDITION (9). */
export function isFull(error: unknown): boolean {
  const cause = causeOf(error);
  return isGrpcServiceError(cause) && [8, 9].includes(cause.code);
}

/** What gRPC said. */
export const causeOf = (error: unknown) => (error instanceof ServiceError ? error.cause : error);
