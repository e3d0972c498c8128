import { condition } from '@temporalio/workflow';
import type { ReviewInput } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { reviewedByOthers } from '../domain/broken-glass.ts';
import { demotionByAnomaly, demotionByOutcome } from '../domain/demotion.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ActionRecord } from './action-record.ts';
import { close as closeActivity, record as recordActivity } from './activities.ts';
import { takePageBack, tell } from './tell.ts';

/** Records the outcome, frees the target, opens a review where one is due, and tells those who must know. */
export async function close(record: ActionRecord, outcome: Outcome): Promise<void> {
  record.add({ status: 'closed', outcome });
  record.index(
    'closed',
    { key: searchAttributes.outcome, value: outcome.kind },
    { key: searchAttributes.tier, value: record.known.ruling.tier },
  );
  // What became of the last messages belongs to the entry below, as far as they do not hold it up.
  if (record.telling > 0) await condition(() => record.telling === 0, '10s');
  const { action } = record.known;
  const { runId, anomaly, votes, refusedDecisions, settlement, receipt, measurements, verdict, rollback } =
    record.state;
  const { deliveries, earlierRounds, withdrawals, edits, questions, revision } = record.state;
  const { breakGlass, revocation, acknowledgements } = record.state;
  const anomalies = await closeActivity({
    action,
    runId,
    outcome,
    hold: outcome.kind === 'rollbackFailed',
    record: {
      ...{ votes, refusedDecisions, settlement, receipt, measurements, verdict, rollback },
      ...{ deliveries, earlierRounds, withdrawals, edits, questions, revision, breakGlass, revocation },
      acknowledgements,
    },
    review: reviewDue(record, outcome),
    demotion: demotionByOutcome(action, outcome) ?? demotionByAnomaly(action, anomaly),
    at: Date.now(),
  });
  await record.background();
  await tellOf(record, anomalies);
  await tellTheEnd(record, outcome);
  await recordTold(record, deliveries.length);
}

/** What people were told since the entry of the end, which had the first so many: whether it reached them is a fact too. */
async function recordTold(record: ActionRecord, entered: number): Promise<void> {
  const { runId, deliveries } = record.state;
  const since = deliveries.slice(entered);
  if (since.length === 0) return;
  await recordActivity({
    ...{ actionId: record.known.action.id, runId, kind: 'told', at: Date.now() },
    body: { deliveries: since },
  });
}

/** What ran without a person's approval is reviewed by one afterwards; broken glass even when nothing ran. */
function reviewDue(record: ActionRecord, outcome: Outcome): ReviewInput | undefined {
  const { proposal, receipt, settlement } = record.state;
  const { action, impact, ruling } = record.known;
  const about = { proposal, action, impact, ruling, outcome };
  if (settlement?.kind === 'brokenGlass' && ruling.breakGlassReview)
    return { ...about, review: reviewedByOthers(ruling.breakGlassReview, settlement.by) };
  if (ruling.kind === 'forbid' || !receipt || settlement?.kind === 'approved') return undefined;
  return 'review' in ruling ? { ...about, review: ruling.review } : undefined;
}

/** What runs by itself is on hold by now: on-call finds out why, and whether it may go on. */
async function tellOf(record: ActionRecord, anomalies: readonly Anomaly[]): Promise<void> {
  const to = {
    by: 'mail',
    whom: 'on-call',
    people: record.known.ruling.people.onCall,
    kind: 'anomaly',
  } as const;
  for (const { rule, person = 'proposals', reason } of anomalies)
    await tell(record, { ...to, step: `anomaly/${rule}/${person}`, said: reason });
}

async function tellTheEnd(record: ActionRecord, { kind }: Outcome): Promise<void> {
  const { owners, onCall, requester } = record.known.ruling.people;
  const people = [...new Set([...owners, ...requester])];
  const mail = { by: 'mail', whom: 'owners and requester', people, step: 'end' } as const;
  switch (kind) {
    case 'rolledBack':
      return tell(record, { ...mail, kind });
    case 'revoked': {
      const decided = record.state.votes.map(({ person }) => person);
      await tell(record, { ...mail, people: [...new Set([...people, ...decided])], kind });
      return takePageBack(record);
    }
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
