import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { Duration } = proto.google.protobuf;
const { FastForwardPollingResult } = proto.temporal.api.enums.v1;
/** The most skips of the server, which stops at 200 by default. A week of checks every five minutes is 2016. */
const MOST_SKIPS = 100_000;

/**
 * Lets the time of one workflow (and of those that it starts) pass at once. Resolves when all of `durationMs` has passed and the
 * due work is done, or when the workflow closed before that. A running activity stops the time, and a worker must be running. End a
 * skip well away from a due timer: the server may go on to the next timer while the work of the first is still under way.
 */
export async function fastForward(client: Client, workflowId: string, durationMs: number): Promise<void> {
  const execution = { namespace: client.options.namespace, workflowExecution: { workflowId } };
  const fastForwardId = randomUUID();
  const duration = Duration.fromObject({
    seconds: Math.floor(durationMs / 1000),
    nanos: (durationMs % 1000) * 1e6,
  });
  try {
    await client.workflowService.updateWorkflowExecutionOptions({
      ...execution,
      workflowExecutionOptions: {
        timeSkippingConfig: {
          enabled: true,
          fastForwardConfig: { id: fastForwardId, duration },
          maxSessionSkipCount: MOST_SKIPS,
        },
      },
      updateMask: { paths: ['time_skipping_config'] },
    });
    await untilSkipped();
  } catch (error) {
    if (await isRunning(client, workflowId)) throw error;
  }

  async function untilSkipped() {
    for (;;) {
      const { fastForwardPollingResult: result, failedReason } =
        await client.workflowService.pollWorkflowExecutionTimeSkipping({ ...execution, fastForwardId });
      if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED) return;
      if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED) {
        throw new Error(`the time of ${workflowId} could not be skipped: ${failedReason}`);
      }
    }
  }
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  const { status } = await client.workflow.getHandle(workflowId).describe();
  return status.name === 'RUNNING';
}
