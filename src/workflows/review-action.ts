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
  const dueReview = await openReview();
  const { runId, installation, review, digest, gateway, openedAt, dueAt, openUntil } = dueReview;
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
    actionId: dueReview.actionId,
    title: dueReview.title,
    digest,
    outcome: dueReview.outcome,
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
  const openQuestion = () => (result ? undefined : question());
  listenToDecisions<VoteHeard>({
    question: openQuestion,
    votes: () => ballot.votes,
    judge: (statement) => hearVote(openQuestion(), ballot, statement, Date.now()),
    carryOut: async (heardVote) => {
      ({ ballot } = heardVote);
      statements = [...statements, heardVote.jws];
      show();
      return undefined;
    },
    remember: (refusedDecision) => {
      refusedDecisions = withRefused(refusedDecisions, refusedDecision);
      show();
    },
  });
  show();

  const decision = () => decided(requirement, ballot.votes);
  const waitForDecision = async (time: number, summary: string) =>
    decision() !== undefined ||
    (time > Date.now() && (await condition(() => decision() !== undefined, time - Date.now(), { summary })));

  if (!(await waitForDecision(openedAt + review.withinMs / 2, 'then owners are reminded')))
    await tryToRemind('due');
  await waitForDecision(dueAt, 'then it is overdue');
  const conclusionInTime = await conclude();
  if (conclusionInTime.openUntil === undefined) end(conclusionInTime.result);
  else deadline = openUntil;
  if (conclusionInTime.result.kind === 'overdue') await tryToRemind('overdue');
  const finalResult =
    escalate && conclusionInTime.openUntil !== undefined
      ? await concludeLate(escalate)
      : conclusionInTime.result;
  await condition(allHandlersFinished);
  return finalResult;

  /** The result of the review by what is on record, as soon as there is one. */
  async function conclude(): Promise<{ result: ReviewResult; openUntil?: number | undefined }> {
    for (;;) {
      const conclusion = await concludeReview(statements);
      if (conclusion.kind === 'concluded') return conclusion;
      await waitForDecision(conclusion.until, 'reviewers can still answer');
    }
  }

  /** Whether a reminder arrived. A reminder that did not arrive is no error here. */
  async function tryToRemind(reminder: Reminder): Promise<boolean> {
    try {
      await remind(reminder);
      return true;
    } catch {
      return false;
    }
  }

  function end(reviewResult: ReviewResult) {
    result = reviewResult;
    show();
    upsertSearchAttributes([{ key: searchAttributes.status, value: 'closed' }]);
  }

  async function concludeLate({ afterMs, by }: NonNullable<typeof escalate>): Promise<ReviewResult> {
    if (!(await waitForDecision(dueAt + afterMs, 'then on-call is told'))) {
      const isPaged = await tryToRemind('escalated');
      await waitForDecision(openUntil, 'then nobody is asked any more');
      const { result: lateResult } = await conclude();
      if (by === 'page' && isPaged) await takeBack(resolveReviewPage);
      end(lateResult);
      return lateResult;
    }
    const { result: lateResult } = await conclude();
    end(lateResult);
    return lateResult;
  }
}
