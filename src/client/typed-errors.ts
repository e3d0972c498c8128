import {
  ActivityExecutionFailedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { refusalSchema } from '../contract/decision.ts';
import {
  ActionNotFound,
  AnswerRefused,
  ContextRefused,
  DecisionRefused,
  IdempotencyConflict,
  OrderRefused,
  ProposalRefused,
} from '../contract/errors.ts';
import { faultSchema } from '../contract/json.ts';

/** The error that a caller can act on. Errors that are not Countersign's own are passed through unchanged. */
export function typed(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new ActionNotFound(`${error.workflowId} is not known`, { cause: error });
  const isFailure =
    error instanceof ActivityExecutionFailedError ||
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError;
  const failure = isFailure ? error.cause : undefined;
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  if (!(cause instanceof ApplicationFailure)) return error;
  const [detail] = cause.details ?? [];
  switch (cause.type) {
    case 'ProposalRefused':
      return new ProposalRefused(z.array(faultSchema).catch([]).parse(detail));
    case 'ContextRefused':
      return new ContextRefused(cause.message);
    case 'AnswerRefused':
      return new AnswerRefused(cause.message);
    case 'OrderRefused':
      return new OrderRefused(z.array(faultSchema).catch([]).parse(detail));
    case 'IdempotencyConflict':
      return new IdempotencyConflict(cause.message);
    case 'DecisionRefused':
      return new DecisionRefused(refusalSchema.catch('malformed').parse(detail), cause.message);
    default:
      return error;
  }
}

/** Throws any error but the one that the action is ruled on already. Then nothing is left to wait for. */
export function unlessAlreadyRuled(error: unknown): void {
  const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(failure instanceof ApplicationFailure && failure.type === 'AlreadyRuled')) throw error;
}

/** Runs a call and raises typed errors. */
export async function withTypedErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw typed(error);
  }
}
