import { activityInfo, getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Reviews } from '../activities/ports/reviews.ts';
import { REVIEW_ACTION, reviewWorkflowId } from '../contract/ids.ts';
import type { ReviewAction } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';

type Review = Parameters<Reviews['open']>[0];

/** Only to be called from an activity: opens reviews on the task queue of its worker. */
export const temporalReviews: Reviews = {
  open: (review) => openReview(getClient(), activityInfo().taskQueue, review),
};

/**
 * Reviews as workflows of their own: a review lives on for a day after its action is closed. What it is about it finds in the
 * ledger, by its own id.
 */
async function openReview(client: Client, taskQueue: string, review: Review): Promise<void> {
  try {
    await start(client, taskQueue, review, 'FAIL');
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // Opened by an attempt that was not reported, or, after a reset, by the first run, it is the one that is due. Whoever else
    // took its id, for a workflow of their own or before there was anything to review, holds up nothing.
    const { workflowId } = error;
    const { type, taskQueue: where, status } = await client.workflow.getHandle(workflowId).describe();
    const own = type === REVIEW_ACTION && where === taskQueue;
    if (!own || (status.name !== 'RUNNING' && status.name !== 'COMPLETED'))
      await startReviewAnew(client, taskQueue, review);
  }
}

/** Opens a review whatever became of the workflow that had its id. */
export const startReviewAnew = (client: Client, taskQueue: string, review: Review): Promise<void> =>
  start(client, taskQueue, review, 'TERMINATE_EXISTING');

async function start(
  { workflow }: Client,
  taskQueue: string,
  { action, ruling }: Review,
  conflict: 'FAIL' | 'TERMINATE_EXISTING',
): Promise<void> {
  await workflow.start<ReviewAction>(REVIEW_ACTION, {
    workflowId: reviewWorkflowId(action.id),
    taskQueue,
    workflowIdConflictPolicy: conflict,
    workflowIdReusePolicy: conflict === 'FAIL' ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
    args: [],
    staticSummary: `review: ${action.title}`.slice(0, 200),
    typedSearchAttributes: [
      { key: searchAttributes.status, value: 'waiting' },
      { key: searchAttributes.tier, value: ruling.tier },
      { key: searchAttributes.actionType, value: action.type },
      { key: searchAttributes.target, value: action.target },
      { key: searchAttributes.agent, value: action.agent.id },
    ],
  });
}
