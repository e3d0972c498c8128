import { setTimeout as delay } from 'node:timers/promises';
import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { fastForward } from '../dev/fast-forward.ts';
import type { ScenarioClock } from './clock.ts';

/** How far past a timer its workflow's time is skipped, in milliseconds: the server needs room to begin the work of the timer. */
const BEYOND_MS = 250;
/** How long to wait before a workflow that is at work is looked at again, in milliseconds. Each look costs the server a millisecond or two. */
const LOOK_AGAIN_MS = 15;

/** The time of the workflows of an exercise. */
export interface Time {
  /** Lets the time of a workflow pass until then, and waits until the work that is due is done. Both by the scenario's clock. */
  bringTo(workflowId: string, at: number): Promise<void>;
  /** Waits until a workflow has nothing left to do at this time. */
  settle(workflowId: string): Promise<void>;
}

export function createTime(client: Client, clock: ScenarioClock): Time {
  const look = async (workflowId: string): Promise<WorkflowExecutionDescription['raw'] | undefined> => {
    try {
      const { raw, status } = await client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' ? raw : undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  };

  /** Returns the time of the workflow, by the scenario's clock. Undefined: it has ended. */
  async function settled(workflowId: string): Promise<number | undefined> {
    for (;;) {
      const raw = await look(workflowId);
      if (!raw) {
        clock.ended(workflowId);
        return undefined;
      }
      const shift = clock.shiftOf(workflowId) ?? 0;
      const { currentTime } = raw.workflowExtendedInfo?.timeSkippingInfo ?? {};
      const now = (currentTime ? msOf(currentTime) : Date.now()) + shift;
      const activities = raw.pendingActivities ?? [];
      const retries = activities.flatMap(({ attempt, nextAttemptScheduleTime }) =>
        (attempt ?? 1) > 1 && nextAttemptScheduleTime ? [msOf(nextAttemptScheduleTime) + shift] : [],
      );
      if (!raw.pendingWorkflowTask && retries.length === activities.length) {
        clock.retriesAt(workflowId, retries.length === 0 ? undefined : Math.min(...retries));
        return now;
      }
      await delay(LOOK_AGAIN_MS);
    }
  }

  return {
    settle: async (workflowId) => {
      await settled(workflowId);
    },
    bringTo: async (workflowId, at) => {
      const now = await settled(workflowId);
      if (now === undefined || at <= now) return;
      await fastForward(client, workflowId, Math.ceil(at - now) + BEYOND_MS);
      await settled(workflowId);
    },
  };
}

const msOf = ({ seconds, nanos }: { readonly seconds?: unknown; readonly nanos?: number | null }): number =>
  Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1e6);
