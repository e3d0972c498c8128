import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { refusalSchema } from '../contract/decision.ts';
import {
  ActionNotFound,
  DecisionRefused,
  IdempotencyConflict,
  ProposalRefused,
  WorkerUnavailable,
} from '../contract/errors.ts';
import { faultSchema } from '../contract/json.ts';

/** The error a caller can act on. What is not Countersign's own is passed through unchanged. */
function typed(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new ActionNotFound(`${error.workflowId} is not known`, { cause: error });
  const failed = error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError;
  const cause = failed ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return error;
  const [detail] = cause.details ?? [];
  switch (cause.type) {
    case 'ProposalRefused':
      return new ProposalRefused(z.array(faultSchema).catch([]).parse(detail));
    case 'IdempotencyConflict':
      return new IdempotencyConflict(cause.message);
    case 'DecisionRefused':
      return new DecisionRefused(refusalSchema.catch('malformed').parse(detail), cause.message);
    default:
      return error;
  }
}

/** Runs a call and raises typed errors. */
export async function withTypedErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw typed(error);
  }
}

const ANSWER_WITHIN_S = 15;

/** Runs a call that only a worker can answer, for as long as a person may wait. */
export function answered<T>(client: Client, call: () => Promise<T>): Promise<T> {
  return withTypedErrors(async () => {
    try {
      return await client.withDeadline(Date.now() + ANSWER_WITHIN_S * 1_000, call);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      throw new WorkerUnavailable(
        `No worker answered within ${ANSWER_WITHIN_S} s. Whatever was proposed is kept, and goes on once one runs: ` +
          'start it with "countersign worker".',
        { cause: error },
      );
    }
  });
}

/** The deadline passed here (4) or at the server (1), or the server knows that nobody has polled for a while. */
function isUnanswered(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && ([1, 4].includes(cause.code) || /no poller seen/.test(cause.details));
}
