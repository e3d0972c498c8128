import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { DRAW_DRILL, drillScheduleId } from '../../contract/ids.ts';

/**
 * Has Temporal look once in each hour, at any moment of it, whether a drill is due; or no more, where the installation has no drills. Operators can
 * pause the schedule, and it stays as they left it.
 */
export async function scheduleDrills(client: Client, taskQueue: string, has: boolean): Promise<void> {
  const scheduleId = drillScheduleId(taskQueue);
  if (!has)
    return client.schedule
      .getHandle(scheduleId)
      .delete()
      .catch((error) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
  await client.schedule
    .create({
      scheduleId,
      spec: { intervals: [{ every: '1h' }], jitter: '1h' },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1h' },
      action: {
        type: 'startWorkflow',
        workflowType: DRAW_DRILL,
        workflowId: scheduleId,
        taskQueue,
        staticSummary: 'look whether a drill is due',
      },
    })
    .catch((error) => {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    });
}
