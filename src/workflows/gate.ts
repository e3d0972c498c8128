import { CancellationScope } from '@temporalio/workflow';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Route } from '../domain/escalation.ts';
import { decided, PROCEEDING, type Settlement, silence, stopsAction } from '../domain/gate.ts';
import type { Outcome } from '../domain/outcome.ts';
import { peopleIn, type Requirement } from '../domain/requirement.ts';
import { standingOf } from '../domain/votes.ts';
import type { ActionRecord, Again } from './action-record.ts';
import { record as recordActivity } from './activities.ts';
import { type Following, followRoute, giveUp, openRoute } from './route.ts';
import { takePageBack, tell, tellSettled } from './tell.ts';

export interface Gate {
  readonly requirement: Requirement;
  readonly route: Route;
}

/** A person changed it: it goes through the gate anew. */
export interface Revised {
  readonly kind: 'revised';
  readonly again: Again;
}

/** Waits for people; undefined when the action may go on. */
export async function gate(record: ActionRecord, asked: Gate): Promise<Outcome | Revised | undefined> {
  const settlement = await settle(record, asked);
  // The page asked for a decision: it is taken back while the action goes on. A tier-2 page told of one; it stays.
  if (settlement.kind !== 'proceed') record.inBackground(takePageBack(record));
  if (record.revised) return { kind: 'revised', again: record.revised };
  record.add({ settlement, status: 'admitting' });
  record.inBackground(tellSettled(record, asked.route));
  if (settlement.kind === 'brokenGlass') await passOver(record, asked, settlement);
  return stopsAction(settlement);
}

/** INVARIANT 9: that somebody decided without the others is in the ledger before it runs, and the others are told. */
async function passOver(
  record: ActionRecord,
  { requirement, route }: Gate,
  { by, reason, incident }: Extract<Settlement, { kind: 'brokenGlass' }>,
): Promise<void> {
  const { runId, breakGlass, votes } = record.state;
  const { action, ruling } = record.known;
  const { digest, people } = ruling;
  const onRoute = route.steps.flatMap((step) => ('people' in step ? step.people : []));
  const skipped = [...peopleIn(requirement), ...onRoute, ...people.owners];
  await recordActivity({
    ...{ actionId: action.id, runId, kind: 'brokenGlass', nth: record.state.earlierRounds.length + 1 },
    ...{ at: Date.now(), body: { digest, by, reason, incident, jws: breakGlass?.jws, votes } },
  });
  record.inBackground(
    tell(record, {
      ...{ by: 'mail', whom: 'everybody who was passed over', kind: 'glassBroken', step: 'glass-broken' },
      people: [...new Set(skipped)].filter((person) => person !== by),
      ...{ aside: true, said: `${by} broke the glass for ${incident}: ${reason}` },
    }),
  );
}

/** Waits while the escalation route runs. */
async function settle(record: ActionRecord, { requirement, route }: Gate): Promise<Settlement> {
  const walk = openRoute(record, route);
  record.index(
    'waiting',
    { key: searchAttributes.tier, value: record.known.ruling.tier },
    { key: searchAttributes.deadline, value: new Date(walk.deadline) },
  );
  const decision = () => decided(requirement, record.state.votes, record.state.breakGlass);
  const over = () => record.revised !== undefined || decision() !== undefined;
  // Messages run beside the waiting and end with it: nobody is asked about what is already decided.
  const messages = new CancellationScope();
  const pending: Following['pending'] = new Map();
  try {
    await followRoute(record, route, walk, { isDecided: over, messages, pending });
    if (!over() && route.onSilence === 'proceed')
      await pageOnCall(record, record.state.deadline ?? walk.deadline);
    // Asked again: a denial signed in time may have been seen only while on-call was being paged.
    const { deliveries, votes } = record.state;
    return decision() ?? silence(route.onSilence, deliveries, standingOf(requirement, votes));
  } finally {
    messages.cancel();
    giveUp(record, pending);
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
