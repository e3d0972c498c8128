import { condition } from '@temporalio/workflow';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { END_PAGE } from '../domain/record/announcement.ts';
import type { ActionRecord } from './action-record.ts';
import { closeAtOnce, close as closeFromHistory } from './activities.ts';
import { takePageBack, tell } from './notify.ts';

/**
 * Closes the action: records the outcome and whether a review is due, frees the target, and tells those who must know.
 *
 * @param reachedOutcome how the action ended as far as the workflow knows
 * @returns how the action ended by what is on record
 */
export async function close(record: ActionRecord, reachedOutcome: Outcome): Promise<Outcome> {
  record.add({ status: 'closed', outcome: reachedOutcome });
  // The closing entry also says whether the last messages arrived. It waits for them 10 seconds at most.
  if (record.telling > 0) await condition(() => record.telling === 0, '10s');
  await record.recorded();
  const { statements, seen, unrecorded } = record;
  const { ruling } = record.known;
  const ranAlone =
    ruling.kind === 'permit' && ruling.mode === 'execute' && reachedOutcome.kind === 'succeeded';
  // What people said, and what only this workflow holds, must be in the history before it is in the ledger.
  const atOnce = ranAlone && statements.length === 0 && unrecorded.length === 0;
  const closeActivity = atOnce ? closeAtOnce : closeFromHistory;
  const { outcome, alarms } = await closeActivity({
    said: reachedOutcome.kind,
    statements,
    seen,
    unrecorded,
  });
  record.add({ outcome });
  record.index(
    'closed',
    { key: searchAttributes.outcome, value: outcome.kind },
    { key: searchAttributes.tier, value: record.known.ruling.tier },
  );
  await record.background();
  // The agent's autonomous actions are on hold by now. On-call must find out why, and whether they may go on.
  for (const { holdId } of alarms)
    await tell(record, { kind: 'anomaly', holdId }, { by: 'mail', whom: 'on-call' });
  await tellTheEnd(record, outcome);
  return outcome;
}

async function tellTheEnd(record: ActionRecord, { kind }: Outcome): Promise<void> {
  const mail = () =>
    tell(
      record,
      { kind: 'ended', by: 'mail' },
      {
        by: 'mail',
        whom: 'owners, requester and those who decided',
      },
    );
  switch (kind) {
    case 'rolledBack':
      return mail();
    case 'revoked':
      await mail();
      return takePageBack(record);
    case 'rollbackFailed':
    case 'rollbackUnverified':
      await Promise.all([pageOnCall(record), mail()]);
      return;
    case 'failed':
      await mail();
      return takePageBackAtEnd(record);
    default:
      await takePageBackAtEnd(record);
  }
}

/**
 * Pages on-call, unless on-call was paged while the ledger was away. An earlier page is resolved first, because an acknowledged
 * page does not ring again.
 */
async function pageOnCall(record: ActionRecord): Promise<void> {
  if (record.state.deliveries.some(({ step }) => step === END_PAGE)) return;
  await takePageBack(record);
  await tell(record, { kind: 'ended', by: 'page' }, { by: 'page', whom: 'on-call' });
}

/**
 * Resolves the pages that still stand. Others were resolved when people decided. The page of a tier-2 action stood until now, and
 * so did a page that asked for a decision which nobody needs any more.
 */
async function takePageBackAtEnd(record: ActionRecord): Promise<void> {
  if (!record.state.settlement || record.state.settlement.kind === 'proceed') await takePageBack(record);
}
