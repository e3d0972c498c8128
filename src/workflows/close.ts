import { condition, patched } from '@temporalio/workflow';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { END_PAGE } from '../domain/record/announcement.ts';
import type { ActionRecord } from './action-record.ts';
import { close as closeActivity } from './activities.ts';
import { takePageBack, tell } from './notify.ts';

/**
 * Ends it: the outcome is recorded, the target is free, a review is open where one is due, and those who must know are told.
 *
 * @param reached how it ended as far as the workflow knows
 * @returns how it ended by what is on record
 */
export async function close(record: ActionRecord, reached: Outcome): Promise<Outcome> {
  record.add({ status: 'closed', outcome: reached });
  // What became of the last messages belongs to the entry below, as far as they do not hold it up.
  if (record.telling > 0) await condition(() => record.telling === 0, '10s');
  await record.recorded();
  const { outcome, alarms } = await closeActivity({
    said: reached.kind,
    statements: record.statements,
    seen: record.seen,
    unrecorded: record.unrecorded,
  });
  record.add({ outcome });
  record.index(
    'closed',
    { key: searchAttributes.outcome, value: outcome.kind },
    { key: searchAttributes.tier, value: record.known.ruling.tier },
  );
  await record.background();
  // What runs by itself is on hold by now: on-call finds out why, and whether it may go on.
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
      await Promise.all([pageOnCall(record), mail()]);
      return;
    case 'failed':
      // Histories of before it was told go on without.
      if (patched('failures-are-told')) await mail();
      return takePageBackAtEnd(record);
    default:
      await takePageBackAtEnd(record);
  }
}

/** Unless they were paged while the ledger was away. What they were paged of before is taken back: an acknowledged page does not ring again. */
async function pageOnCall(record: ActionRecord): Promise<void> {
  if (record.state.deliveries.some(({ step }) => step === END_PAGE)) return;
  await takePageBack(record);
  await tell(record, { kind: 'ended', by: 'page' }, { by: 'page', whom: 'on-call' });
}

/**
 * Others were taken back when people decided. The page that told of a tier-2 action stood until now, and so did one that asked for a
 * decision that is not needed any more.
 */
async function takePageBackAtEnd(record: ActionRecord): Promise<void> {
  if (!record.state.settlement || record.state.settlement.kind === 'proceed') await takePageBack(record);
}
