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
import { VOTING } from '../domain/decision.ts';
import { demotionByReview } from '../domain/demotion.ts';
import type { Delivery } from '../domain/escalation.ts';
import { decided } from '../domain/gate.ts';
import type { Review } from '../domain/mode.ts';
import { groupsIn, peopleIn } from '../domain/requirement.ts';
import type { ReviewResult } from '../domain/review-result.ts';
import type { ReviewState } from '../domain/state.ts';
import { standingOf } from '../domain/votes.ts';
import { record } from './activities.ts';
import { Decisions } from './decisions.ts';
import { reviewDetailsOf } from './details.ts';
import { send, type Telling, takeBack } from './tell.ts';

/**
 * A person looks at what ran without one. They sign "approve" when they would have decided the same and "deny" when not,
 * like any other decision. Owners are reminded at half time; a review nobody made is overdue, which is a result too. Where it
 * escalates it stays open once more as long as it was: then on-call is told, and what is answered late still counts, beside
 * the fact that it was overdue.
 */
export async function reviewAction(input: ReviewInput): Promise<ReviewResult> {
  const { action, ruling, outcome, review } = input;
  const { workflowId, runId } = workflowInfo();
  const openedAt = Date.now();
  const dueAt = openedAt + review.withinMs;
  const { requirement, escalate } = review;
  let result: ReviewResult | undefined;
  let deadline = dueAt;
  const question = () => ({
    ...{ workflowId, runId, digest: ruling.digest, requirement, deadline },
    // Nothing runs by a review: being signed in is enough.
    ...{ takes: VOTING, gateway: ruling.gateway && { ...ruling.gateway, stepUp: false } },
  });
  const decisions = new Decisions(() => (result ? undefined : question()), show);
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
    ...{ dueAt, votes: decisions.ballot.votes, refusedDecisions: decisions.refused, result },
  });
  setHandler(getReviewQuery, state);
  function show() {
    setCurrentDetails(reviewDetailsOf(state()));
  }
  show();

  const decision = () => decided(requirement, decisions.ballot.votes);
  const decidedBy = async (time: number, summary: string) =>
    time > Date.now() && (await condition(() => decision() !== undefined, time - Date.now(), { summary }));
  const deliveries: Delivery[] = [];
  const remind = async (
    kind: 'reviewDue' | 'reviewOverdue',
    to: Pick<Telling, 'by' | 'whom' | 'people'>,
    step: string = kind,
  ) => {
    const delivery = await send(
      { ...to, kind, step, deadline: dueAt },
      { ...input, workflowId, runId, standing: standingOf(requirement, decisions.ballot.votes) },
    );
    deliveries.push(delivery);
    return delivery;
  };
  const reviewers = { by: 'mail', whom: groupsIn(requirement), people: peopleIn(requirement) } as const;
  const conclude = (found: ReviewResult, { nth, openUntil }: { nth?: number; openUntil?: number } = {}) =>
    record({
      ...{ actionId: action.id, runId, kind: 'reviewed', nth, at: Date.now() },
      body: { result: found, votes: decisions.ballot.votes, openUntil },
      demotion: demotionByReview(action, outcome, found),
    });

  if (!(await decidedBy(openedAt + review.withinMs / 2, 'then owners are reminded')))
    await remind('reviewDue', reviewers);
  await decidedBy(dueAt, 'then it is overdue');
  const inTime = resultOf(decision());
  const stays = inTime.kind === 'overdue' ? escalate : undefined;
  if (stays) deadline += stays.afterMs + review.withinMs;
  else end(inTime);
  await conclude(inTime, stays ? { openUntil: deadline } : {});
  if (inTime.kind === 'overdue') await remind('reviewOverdue', reviewers);
  const last = stays ? await late(stays) : inTime;
  if (deliveries.length > 0)
    await record({ actionId: action.id, runId, kind: 'told', at: Date.now(), body: { deliveries } });
  await condition(allHandlersFinished);
  return last;

  function end(last: ReviewResult) {
    result = last;
    show();
    upsertSearchAttributes([{ key: searchAttributes.status, value: 'closed' }]);
  }

  async function late({ afterMs, by }: NonNullable<Review['escalate']>): Promise<ReviewResult> {
    const onCall = { by, whom: 'on-call', people: ruling.people.onCall } as const;
    const answered = decision() !== undefined || (await decidedBy(dueAt + afterMs, 'then on-call is told'));
    if (!answered) {
      const told = await remind('reviewOverdue', onCall, 'reviewOverdue/on-call');
      await decidedBy(deadline, 'then nobody is asked any more');
      if (by === 'page' && told.delivered) await takeBack({ actionId: action.id });
    }
    const found = resultOf(decision());
    const last: ReviewResult = found.kind === 'overdue' ? found : { ...found, late: true };
    end(last);
    await conclude(last, { nth: 2 });
    return last;
  }
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
