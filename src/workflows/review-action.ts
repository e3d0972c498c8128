import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { getReviewQuery } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Ballot } from '../domain/approval/ballot.ts';
import type { ReviewResult } from '../domain/approval/review-result.ts';
import { decided } from '../domain/approval/settlement.ts';
import type { RefusedDecision, ReviewState } from '../domain/record/action-state.ts';
import { hearVote, type VoteHeard } from '../domain/record/hear-statement.ts';
import { type Reminder, reviewQuestion } from '../domain/record/review-on-record.ts';
import { concludeReview, openReview, remind, resolveReviewPage } from './activities.ts';
import { listenToDecisions, withRefused } from './decisions.ts';
import { reviewDetailsOf } from './details.ts';
import { takeBack } from './notify.ts';

/**
 * Asks people to review an action that ran without a decision, or on broken glass. A reviewer signs "approve" when they would have
 * decided the same and "deny" when not, like any other decision. Owners are reminded at half time. A review that nobody made is
 * overdue, which is a result too. A review that escalates stays open once more as long as it was: then on-call is told, and a late
 * answer still counts, beside the fact that the review was overdue. The ledger says what the review is about, whom it asks and how
 * it ended; the workflow's id `review/<actionId>` finds it. The workflow fails when no review of that action is due.
 */
export async function reviewAction(): Promise<ReviewResult> {
  const { workflowId } = workflowInfo();
  const due = await openReview();
  const { runId, installation, review, digest, gateway, openedAt, dueAt, openUntil } = due;
  const { requirement, escalate } = review;
  let result: ReviewResult | undefined;
  let deadline = dueAt;
  const question = () =>
    reviewQuestion({ installation, digest, gateway, review }, { workflowId, runId }, deadline);
  let ballot: Ballot = { votes: [], withdrawals: [] };
  let refusedDecisions: readonly RefusedDecision[] = [];
  let statements: readonly string[] = [];
  const state = (): ReviewState => ({
    workflowId,
    runId,
    actionId: due.actionId,
    title: due.title,
    digest,
    outcome: due.outcome,
    requirement,
    dueAt,
    votes: ballot.votes,
    refusedDecisions,
    result,
  });
  setHandler(getReviewQuery, state);
  function show() {
    setCurrentDetails(reviewDetailsOf(state()));
  }
  const asked = () => (result ? undefined : question());
  listenToDecisions<VoteHeard>({
    question: asked,
    votes: () => ballot.votes,
    judge: (said) => hearVote(asked(), ballot, said, Date.now()),
    carryOut: async (heard) => {
      ({ ballot } = heard);
      statements = [...statements, heard.jws];
      show();
      return undefined;
    },
    remember: (refused) => {
      refusedDecisions = withRefused(refusedDecisions, refused);
      show();
    },
  });
  show();

  const decision = () => decided(requirement, ballot.votes);
  const decidedBy = async (time: number, summary: string) =>
    decision() !== undefined ||
    (time > Date.now() && (await condition(() => decision() !== undefined, time - Date.now(), { summary })));

  if (!(await decidedBy(openedAt + review.withinMs / 2, 'then owners are reminded'))) await told('due');
  await decidedBy(dueAt, 'then it is overdue');
  const inTime = await concluded();
  if (inTime.openUntil === undefined) end(inTime.result);
  else deadline = openUntil;
  if (inTime.result.kind === 'overdue') await told('overdue');
  const last = escalate && inTime.openUntil !== undefined ? await late(escalate) : inTime.result;
  await condition(allHandlersFinished);
  return last;

  /** The result of the review by what is on record, as soon as there is one. */
  async function concluded(): Promise<{ result: ReviewResult; openUntil?: number | undefined }> {
    for (;;) {
      const found = await concludeReview(statements);
      if (found.kind === 'concluded') return found;
      await decidedBy(found.until, 'reviewers can still answer');
    }
  }

  /** Whether a reminder arrived. A reminder that did not arrive is no error here. */
  async function told(reminder: Reminder): Promise<boolean> {
    try {
      await remind(reminder);
      return true;
    } catch {
      return false;
    }
  }

  function end(last: ReviewResult) {
    result = last;
    show();
    upsertSearchAttributes([{ key: searchAttributes.status, value: 'closed' }]);
  }

  async function late({ afterMs, by }: NonNullable<typeof escalate>): Promise<ReviewResult> {
    if (!(await decidedBy(dueAt + afterMs, 'then on-call is told'))) {
      const paged = await told('escalated');
      await decidedBy(openUntil, 'then nobody is asked any more');
      const { result: found } = await concluded();
      if (by === 'page' && paged) await takeBack(resolveReviewPage);
      end(found);
      return found;
    }
    const { result: found } = await concluded();
    end(found);
    return found;
  }
}
