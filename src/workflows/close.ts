import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { reviewWorkflowId } from '../contract/ids.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Review } from '../domain/ruling.ts';
import type { ActionRecord } from './action-record.ts';
import { close as closeActivity } from './activities.ts';
import { reviewAction } from './review-action.ts';
import { takePageBack, tell } from './tell.ts';

/** Records the outcome, frees the target, opens a review where one is due, and tells those who must know. */
export async function close(record: ActionRecord, outcome: Outcome): Promise<void> {
  record.add({ status: 'closed', outcome });
  record.index(
    'closed',
    { key: searchAttributes.outcome, value: outcome.kind },
    { key: searchAttributes.tier, value: record.known.ruling.tier },
  );
  const { action } = record.known;
  const { runId, votes, settlement, receipt, measurements, verdict, rollback, deliveries } = record.state;
  await Promise.all([
    closeActivity({
      action,
      runId,
      outcome,
      hold: outcome.kind === 'rollbackFailed',
      record: { votes, settlement, receipt, measurements, verdict, rollback, deliveries },
      at: Date.now(),
    }),
    openReview(record, outcome),
  ]);
  await record.background();
  await tellTheEnd(record, outcome);
}

/** What ran without a person's approval is reviewed by one afterwards. */
function reviewDue(record: ActionRecord): Review | undefined {
  const { ruling } = record.known;
  const { receipt, settlement } = record.state;
  if (ruling.kind === 'forbid' || !receipt || settlement?.kind === 'approved') return undefined;
  return 'review' in ruling ? ruling.review : undefined;
}

async function openReview(record: ActionRecord, outcome: Outcome): Promise<void> {
  const review = reviewDue(record);
  if (!review) return;
  const { proposal } = record.state;
  const { action, impact, ruling } = record.known;
  const opened = startChild(reviewAction, {
    workflowId: reviewWorkflowId(action.id),
    // It lives on for a day after the action is closed.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [{ proposal, action, impact, ruling, outcome, review }],
    staticSummary: `review: ${action.title}`.slice(0, 200),
    typedSearchAttributes: [
      { key: searchAttributes.status, value: 'waiting' },
      { key: searchAttributes.target, value: action.target },
      { key: searchAttributes.agent, value: action.agent.id },
    ],
  });
  await opened.catch((error) => {
    // After a reset the first run's review is still there, which is the one that is due.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  });
}

async function tellTheEnd(record: ActionRecord, { kind }: Outcome): Promise<void> {
  const { owners, onCall, requester } = record.known.ruling.people;
  const people = [...new Set([...owners, ...requester])];
  const mail = { by: 'mail', whom: 'owners and requester', people, step: 'end' } as const;
  switch (kind) {
    case 'rolledBack':
      return tell(record, { ...mail, kind });
    case 'rollbackFailed':
      // Taken back first: a page that somebody has acknowledged does not ring again.
      await takePageBack(record);
      await Promise.all([
        tell(record, { by: 'page', whom: 'on-call', people: onCall, kind, step: 'end-page' }),
        tell(record, { ...mail, kind }),
      ]);
      return;
    default:
      // Others were taken back when people decided. The page that told of a tier-2 action stood until now, and so did
      // one that asked for a decision that is not needed any more.
      if (!record.state.settlement || record.state.settlement.kind === 'proceed') await takePageBack(record);
  }
}
