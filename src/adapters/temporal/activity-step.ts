import { ApplicationFailure, activityInfo, getClient } from '@temporalio/activity';
import type { ActivityStep } from '../../activities/shared/step.ts';
import type { FailureType } from '../../contract/errors.ts';
import { digestOf } from '../../domain/shared/digest.ts';

const NOT_ON_RECORD: FailureType = 'NotOnRecord';

/**
 * The workflow, run and time of the activity that runs now, as the Temporal server says. The time is of the server's clock; a local
 * activity runs at once and has only our own clock.
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

/** The run in which the workflow of this activity began; a reset does not change it. The server says so, not the workflow. */
export async function temporalFirstRunId(): Promise<string> {
  const { workflowId, runId } = temporalStep();
  const { raw } = await getClient().workflow.getHandle(workflowId, runId).describe();
  return raw.workflowExecutionInfo?.firstRunId ?? runId;
}
