import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Reviews } from '../activities/close.ts';
import { REVIEW_ACTION, reviewWorkflowId } from '../contract/ids.ts';
import type { ReviewAction } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';

/**
 * Reviews as workflows of their own, on the task queue of the worker that opens them: a review lives on for a day after
 * its action is closed. Only to be called from an activity.
 */
export const temporalReviews: Reviews = {
  open: async (review) => {
    const { action, ruling } = review;
    try {
      await getClient().workflow.start<ReviewAction>(REVIEW_ACTION, {
        workflowId: reviewWorkflowId(action.id),
        taskQueue: activityInfo().taskQueue,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [review],
        staticSummary: `review: ${action.title}`.slice(0, 200),
        typedSearchAttributes: [
          { key: searchAttributes.status, value: 'waiting' },
          { key: searchAttributes.tier, value: ruling.tier },
          { key: searchAttributes.actionType, value: action.type },
          { key: searchAttributes.target, value: action.target },
          { key: searchAttributes.agent, value: action.agent.id },
        ],
      });
    } catch (error) {
      // Opened by an attempt that was not reported, or, after a reset, by the first run: it is the one that is due.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },
};
