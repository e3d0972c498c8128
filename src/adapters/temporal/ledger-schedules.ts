import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import {
  CHECKPOINT_LEDGER,
  checkpointScheduleId,
  RECONCILE_LEDGER,
  reconcileScheduleId,
} from '../../contract/ids.ts';

/** How far back each day's reconciliation looks, in milliseconds: what one day could not tell, the next ones see again. */
const RECONCILED_MS = 7 * 24 * 3_600_000;

/** Has Temporal start the signing of checkpoints each minute. What a pause held up is in the next checkpoint anyway. */
export const scheduleCheckpoints = (client: Client, taskQueue: string): Promise<void> =>
  schedule(client, checkpointScheduleId(taskQueue), taskQueue, {
    every: '1m',
    workflowType: CHECKPOINT_LEDGER,
    args: [],
    staticSummary: 'sign a checkpoint of the ledger',
  });

/** Has Temporal start a reconciliation of the ledger each day. */
export const scheduleReconciliation = (client: Client, taskQueue: string): Promise<void> =>
  schedule(client, reconcileScheduleId(taskQueue), taskQueue, {
    every: '1d',
    workflowType: RECONCILE_LEDGER,
    args: [{ withinMs: RECONCILED_MS }],
    staticSummary: 'hold the ledger, Temporal and the governed systems against each other',
  });

/**
 * All workers of a task queue share one schedule; operators can pause it or trigger it in Temporal's UI, and a worker that starts later leaves it
 * as they left it.
 */
async function schedule(
  client: Client,
  scheduleId: string,
  taskQueue: string,
  { every, ...started }: { every: '1m' | '1d'; workflowType: string; args: unknown[]; staticSummary: string },
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: every },
      action: { type: 'startWorkflow', workflowId: scheduleId, taskQueue, ...started },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
