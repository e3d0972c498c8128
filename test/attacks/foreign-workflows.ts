import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

/** What an activity answered to a workflow that is not ours. */
export type Answer =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly type: string; readonly message: string };

/** Has the workflow ask an activity on somebody's task queue. */
export const callUpdate = defineUpdate<Answer, [taskQueue: string, activity: string, args: unknown[]]>(
  'call',
);
/** Ends the workflow. */
export const endUpdate = defineUpdate<void>('end');

/** Does as its master says, under whatever name it was started. */
async function puppet(): Promise<void> {
  let ended = false;
  setHandler(callUpdate, async (taskQueue, activity, args) => {
    const activities = proxyActivities<Record<string, (...input: unknown[]) => Promise<unknown>>>({
      taskQueue,
      startToCloseTimeout: '30s',
      retry: { maximumAttempts: 1 },
    });
    try {
      return { kind: 'done', value: (await activities[activity]?.(...args)) ?? null };
    } catch (error) {
      const cause = error instanceof ActivityFailure ? error.cause : error;
      const type = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
      return { kind: 'refused', type, message: cause instanceof Error ? cause.message : String(cause) };
    }
  });
  setHandler(endUpdate, () => {
    ended = true;
  });
  await condition(() => ended);
}

export { puppet as carryOutOrder, puppet as governAction, puppet as reviewAction };
