import { CancellationScope, condition } from '@temporalio/workflow';
import { searchAttributes } from '../contract/search-attributes.ts';
import { durationOf, type Route, scheduleOf } from '../domain/escalation.ts';
import { decided, PROCEEDING, type Settlement, silence, stopsAction } from '../domain/gate.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Requirement } from '../domain/requirement.ts';
import { standingOf } from '../domain/votes.ts';
import type { ActionRecord } from './action-record.ts';
import { takePageBack, tell } from './tell.ts';

export interface Gate {
  readonly requirement: Requirement;
  readonly route: Route;
}

/** Waits for people; undefined when the action may go on. */
export async function gate(record: ActionRecord, asked: Gate): Promise<Outcome | undefined> {
  const settlement = await settle(record, asked);
  record.add({ settlement, status: 'admitting' });
  // The page asked for a decision: it is taken back while the action goes on. A tier-2 page told of one; it stays.
  if (settlement.kind !== 'proceed') record.inBackground(takePageBack(record));
  return stopsAction(settlement);
}

/**
 * Waits while the escalation route runs. Every time is counted from the opening, so neither a slow message nor a worker
 * that was away moves a deadline.
 */
async function settle(record: ActionRecord, { requirement, route }: Gate): Promise<Settlement> {
  const openedAt = Date.now();
  const deadline = openedAt + durationOf(route);
  record.add({ status: 'waiting', openedAt, deadline });
  record.index(
    'waiting',
    { key: searchAttributes.tier, value: record.known.ruling.tier },
    { key: searchAttributes.deadline, value: new Date(deadline) },
  );

  const decision = () => decided(requirement, record.state.votes);
  const decidedBy = async (time: number, summary: string) =>
    decision() !== undefined ||
    (time > Date.now() && (await condition(() => decision() !== undefined, time - Date.now(), { summary })));

  // A message of the same step would be taken for the one that was sent before.
  const { length } = record.state.earlierRounds;
  const round = length === 0 ? '' : `round-${length + 1}/`;

  // Messages run beside the waiting and end with it: nobody is asked about what is already decided.
  const messages = new CancellationScope();
  try {
    for (const { step, index, at } of scheduleOf(route, openedAt)) {
      const { by, whom, people } = step;
      if (await decidedBy(at, `then ${by} to ${whom}`)) break;
      const kind = route.onSilence === 'proceed' ? 'windowOpened' : 'approvalRequested';
      messages
        .run(() => tell(record, { by, whom, people, kind, step: `${round}route-${index + 1}`, deadline }))
        .catch(() => {
          // Cancelled with its scope once people decided. What could not be delivered tell() itself records.
        });
    }
    await decidedBy(
      deadline,
      route.onSilence === 'proceed' ? 'the window ends, then it proceeds' : 'then it expires',
    );
    if (decision() === undefined && route.onSilence === 'proceed') await pageOnCall(record, deadline);
    // Asked again: a denial signed in time may have been seen only while on-call was being paged.
    const { deliveries, votes } = record.state;
    return decision() ?? silence(route.onSilence, deliveries, standingOf(requirement, votes));
  } finally {
    messages.cancel();
  }
}

const pageOnCall = (record: ActionRecord, deadline: number) =>
  tell(record, {
    by: 'page',
    whom: 'on-call',
    people: record.known.ruling.people.onCall,
    kind: 'proceeding',
    step: PROCEEDING,
    deadline,
  });
