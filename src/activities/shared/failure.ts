import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../contract/errors.ts';

/** A failure that repeating cannot cure. */
export function failure(type: FailureType, message: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details });
}
