import { ApplicationFailure, activityInfo, getClient } from '@temporalio/activity';
import type { ActivityStep } from '../activities/step.ts';
import type { FailureType } from '../contract/errors.ts';
import { digestOf } from '../domain/shared/digest.ts';

const NOT_ON_RECORD: FailureType = 'NotOnRecord';

/**
 * Where the activity is that is running now, as the Temporal server says. Its clock is the server's; a local activity, which runs at
 * once, has only our own.
 */
export function temporalStep(): ActivityStep {
  const { workflowExecution, isLocal, currentAttemptScheduledTimestampMs, base64TaskToken } = activityInfo();
  if (!workflowExecution)
    throw ApplicationFailure.nonRetryable('it runs as a step of a workflow, not by itself', NOT_ON_RECORD);
  const { workflowId, runId } = workflowExecution;
  return {
    workflowId,
    runId,
    at: isLocal ? Date.now() : currentAttemptScheduledTimestampMs,
    attempt: digestOf(base64TaskToken),
  };
}

/** The run in which the workflow of this activity began: after a reset it is the one before it. The server's word, not the workflow's. */
export async function temporalFirstRunId(): Promise<string> {
  const { workflowId, runId } = temporalStep();
  const { raw } = await getClient().workflow.getHandle(workflowId, runId).describe();
  return raw.workflowExecutionInfo?.firstRunId ?? runId;
}
