import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { getReviewQuery, type ReviewInput } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import { demotionByReview } from '../domain/demotion.ts';
import { decided } from '../domain/gate.ts';
import { groupsIn, peopleIn } from '../domain/requirement.ts';
import type { ReviewResult } from '../domain/review-result.ts';
import type { ReviewState } from '../domain/state.ts';
import { standingOf } from '../domain/votes.ts';
import { record } from './activities.ts';
import { Decisions } from './decisions.ts';
import { reviewDetailsOf } from './details.ts';
import { send } from './tell.ts';

/**
 * A person looks at what ran without one. They sign "approve" when they would have decided the same and "deny" when not,
 * like any other decision. Owners are reminded at half time; a review nobody made is overdue, which is a result too.
 */
export async function reviewAction(input: ReviewInput): Promise<ReviewResult> {
  const { action, ruling, outcome, review } = input;
  const { workflowId, runId } = workflowInfo();
  const openedAt = Date.now();
  const dueAt = openedAt + review.withinMs;
  const { requirement } = review;
  let result: ReviewResult | undefined;
  const question = { workflowId, runId, digest: ruling.digest, requirement, deadline: dueAt };
  const decisions = new Decisions(() => (result ? undefined : question), show);
  const state = (): ReviewState => ({
    ...{
      workflowId,
      runId,
      actionId: action.id,
      title: action.title,
      digest: ruling.digest,
      outcome,
      requirement,
    },
    ...{ dueAt, votes: decisions.votes, refusedDecisions: decisions.refused, result },
  });
  setHandler(getReviewQuery, state);
  function show() {
    setCurrentDetails(reviewDetailsOf(state()));
  }
  show();

  const decision = () => decided(requirement, decisions.votes);
  const decidedBy = async (time: number, summary: string) =>
    time > Date.now() && (await condition(() => decision() !== undefined, time - Date.now(), { summary }));
  const remind = (kind: 'reviewDue' | 'reviewOverdue') =>
    send(
      {
        by: 'mail',
        whom: groupsIn(requirement),
        people: peopleIn(requirement),
        kind,
        step: kind,
        deadline: dueAt,
      },
      { ...input, workflowId, runId, standing: standingOf(requirement, decisions.votes) },
    );

  if (!(await decidedBy(openedAt + review.withinMs / 2, 'then owners are reminded')))
    await remind('reviewDue');
  await decidedBy(dueAt, 'then it is overdue');
  result = resultOf(decision());
  show();
  upsertSearchAttributes([{ key: searchAttributes.status, value: 'closed' }]);
  await record({
    ...{ actionId: action.id, runId, kind: 'reviewed', at: Date.now() },
    body: { result, votes: decisions.votes },
    demotion: demotionByReview(action, outcome, result),
  });
  if (result.kind === 'overdue') await remind('reviewOverdue');
  await condition(allHandlersFinished);
  return result;
}

function resultOf(settlement: ReturnType<typeof decided>): ReviewResult {
  switch (settlement?.kind) {
    case 'approved':
      return { kind: 'agreed', by: settlement.by };
    case 'denied':
      return { kind: 'disagreed', by: settlement.by, reason: settlement.reason };
    default:
      return { kind: 'overdue' };
  }
}
