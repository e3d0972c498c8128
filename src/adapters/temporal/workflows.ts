import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Workflows } from '../../activities/sweep.ts';
import { GOVERN_ACTION, REVIEW_ACTION } from '../../contract/ids.ts';
import { lookOutsideSignal } from '../../contract/messages.ts';

const KINDS = `(WorkflowType = '${GOVERN_ACTION}' or WorkflowType = '${REVIEW_ACTION}')`;

/** What the Temporal server says of workflows. @param taskQueue the task queue of our workers */
export function createWorkflows(client: Client, taskQueue: string): Workflows {
  return {
    running: async () => {
      const ids = new Set<string>();
      // A workflow on another task queue is not ours, whatever its id.
      const query = `ExecutionStatus = 'Running' and TaskQueue = '${taskQueue}' and ${KINDS}`;
      for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 }))
        ids.add(workflowId);
      return ids;
    },

    endOf: async (workflowId) => {
      try {
        const { status } = await client.workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING' ? undefined : (ENDS[status.name] ?? status.name.toLowerCase());
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'gone from the Temporal server';
        throw error;
      }
    },
  };
}

/** Tells a workflow to look whether something from outside ended its watch. One that is over needs not. */
export const tellToLook =
  (client: Client) =>
  async (workflowId: string): Promise<void> => {
    try {
      await client.workflow.getHandle(workflowId).signal(lookOutsideSignal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };

const ENDS: Readonly<Record<string, string>> = {
  COMPLETED: 'completed without it',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  CONTINUED_AS_NEW: 'continued as another',
  TIMED_OUT: 'timed out',
};
