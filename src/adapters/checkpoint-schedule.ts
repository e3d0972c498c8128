import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { CHECKPOINT_LEDGER, checkpointScheduleId } from '../contract/ids.ts';

/**
 * Has Temporal start the signing of checkpoints each minute. All workers of a task queue share one schedule; operators can pause it or
 * trigger it in Temporal's UI, and a worker that starts later leaves it as they left it.
 */
export async function scheduleCheckpoints(client: Client, taskQueue: string): Promise<void> {
  const scheduleId = checkpointScheduleId(taskQueue);
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '1m' }] },
      // What a pause held up is in the next checkpoint anyway.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: CHECKPOINT_LEDGER,
        workflowId: scheduleId,
        taskQueue,
        args: [],
        staticSummary: 'sign a checkpoint of the ledger',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
