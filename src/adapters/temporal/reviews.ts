import { activityInfo, getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Reviews } from '../../activities/ports/reviews.ts';
import { REVIEW_ACTION, reviewWorkflowId } from '../../contract/ids.ts';
import type { ReviewAction } from '../../contract/messages.ts';
import { searchAttributes } from '../../contract/search-attributes.ts';

type Review = Parameters<Reviews['open']>[0];

/** Opens reviews on the task queue of the worker. Call it only from an activity. */
export const temporalReviews: Reviews = {
  open: (review) => openReview(getClient(), activityInfo().taskQueue, review),
};

/** Opens reviews from outside of activities. @param taskQueue the task queue of our workers */
export const createReviews = (client: Client, taskQueue: string): Reviews => ({
  open: (review) => openReview(client, taskQueue, review),
});

/**
 * Opens a review as a workflow of its own: it lives on after its action is closed. By its own id it finds in the ledger what it is
 * about.
 */
async function openReview(client: Client, taskQueue: string, review: Review): Promise<void> {
  try {
    await start(client, taskQueue, review, 'FAIL');
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // A running review of our workers is the one that is due. Any other workflow with this id is replaced, and so is one that ended:
    // the ledger says that the review is due all the same, so nobody can block it.
    const { workflowId } = error;
    const { type, taskQueue: where, status } = await client.workflow.getHandle(workflowId).describe();
    const isOwnReview = type === REVIEW_ACTION && where === taskQueue;
    if (!isOwnReview || status.name !== 'RUNNING')
      await start(client, taskQueue, review, 'TERMINATE_EXISTING');
  }
}

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
