import { actionWorkflowId, reviewWorkflowId } from '../contract/ids.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { demotionByLoss } from '../domain/autonomy/demotion.ts';
import type { Delivery } from '../domain/escalation/route.ts';
import { lostOf } from '../domain/record/lost-action.ts';
import { type EntryBodies, lastOnRecord, type OnRecord } from '../domain/record/on-record.ts';
import { reviewDue } from '../domain/record/review-due.ts';
import { recordOf } from './closing/close.ts';
import { aboutIt } from './notify.ts';
import type { Channel, Pager } from './ports/channels.ts';
import type { Leases } from './ports/leases.ts';
import type { Ledger } from './ports/ledger.ts';
import type { Reviews } from './ports/reviews.ts';
import { openDueReview } from './review.ts';
import { demotedFact } from './shared/standing.ts';
import { completeTornEnd, type TornEndDeps } from './shared/torn-end.ts';

/** What the lists say is not over. All methods throw when the store is unreachable. */
export interface Unfinished {
  /** Whether this process looks now: of all processes one does, once in `everyMs`. Both in milliseconds, `now` since the epoch. */
  claim(now: number, everyMs: number): Promise<boolean>;
  /** The ids of the actions that were ruled on before then and are not closed. */
  actions(ruledBefore: number): Promise<readonly string[]>;
  /** The ids of the actions whose review was neither made nor skipped when half of its time had passed. */
  reviews(now: number): Promise<readonly string[]>;
}

/** What the Temporal server says of workflows. */
export interface Workflows {
  /** The ids of all workflows of actions and of reviews that our workers run. Those started in the last moment may be missing. */
  running(): Promise<ReadonlySet<string>>;
  /** How a workflow ended, for example "terminated"; undefined while it runs. */
  endOf(workflowId: string): Promise<string | undefined>;
}

export interface SweepDeps extends TornEndDeps {
  readonly ledger: Ledger;
  readonly leases: Leases;
  readonly mail: Channel;
  readonly pager: Pager;
  readonly unfinished: Unfinished;
  readonly workflows: Workflows;
  readonly reviews: Reviews;
  readonly now: () => number;
}

/** How long after its ruling an action is looked for, in milliseconds. A newer workflow may not be listed yet. */
const SETTLED_MS = 60_000;
/** How many actions and reviews one sweep looks at closely. */
const MOST = 200;

/**
 * Opens reviews that are due soon, and finds actions whose workflow is gone: ended in the Temporal UI, by somebody who reaches the
 * server, or by a history that grew too large. What its history alone knows is recorded first. An action that did not run is closed. For an action that may stand in production,
 * people are paged, and the action keeps its target until one of them says what happens to it. INVARIANTS 8, 9: nothing is left
 * leased, unwatched and unreported.
 *
 * @param everyMs how often one of all workers looks, in milliseconds
 * @returns how many actions were lost
 */
export function createSweep(deps: SweepDeps): (everyMs: number) => Promise<number> {
  const { ledger, unfinished, workflows, now } = deps;

  async function sweep(): Promise<number> {
    const [openActionIds, dueActionIds] = await Promise.all([
      unfinished.actions(now() - SETTLED_MS),
      unfinished.reviews(now()),
    ]);
    if (openActionIds.length + dueActionIds.length === 0) return 0;
    const runningIds = await workflows.running();
    let lostCount = 0;
    for (const actionId of missingIds(openActionIds, runningIds, actionWorkflowId))
      if (await look(actionId)) lostCount += 1;
    // Nobody looked at them in the first half of their time, or their workflow was ended.
    for (const actionId of missingIds(dueActionIds, runningIds, reviewWorkflowId))
      await openDueReview(deps, actionId);
    return lostCount;
  }

  async function look(actionId: string): Promise<boolean> {
    const ending = await workflows.endOf(actionWorkflowId(actionId));
    if (ending === undefined) return false;
    await completeTornEnd(deps, actionId);
    const record = lastOnRecord(actionId, await ledger.entriesOf(actionId));
    if (!record?.ruled) return false;
    const loss = lostOf(record, ending);
    if (!loss) return false;
    if (loss.kind === 'over') await endLost(deps, record, loss.outcome);
    else await holdOn(record, record.ruled, loss.reason);
    return true;
  }

  /**
   * Holds a lost action for people. INVARIANT 10: the agent loses a level first, and then people are told. It is repeated until
   * they were told.
   */
  async function holdOn(record: OnRecord, { action, ruling }: Ruled, reason: string): Promise<void> {
    const { actionId, runId } = record;
    if (!record.lost) {
      const at = now();
      const demotion = demotionByLoss(action, reason);
      if (demotion) await ledger.append(demotedFact({ ...demotion, at }, runId));
      const body: EntryBodies['lost'] = { digest: ruling.digest, reason };
      await ledger.append({ eventId: `${actionId}/${runId}/lost`, actionId, kind: 'lost', at, body });
    }
    await tell(record, 'page', ruling.people.onCall);
    await tell(record, 'mail', [...new Set([...ruling.people.owners, ...ruling.people.requester])]);
  }

  async function tell(
    { ruled, told, actionId, runId }: OnRecord,
    by: 'page' | 'mail',
    people: readonly string[],
  ) {
    const step = `lost-${by}`;
    if (!ruled || told.some((delivery) => delivery.step === step)) return;
    const about = { workflowId: actionWorkflowId(actionId), runId };
    const message = aboutIt(about, ruled, { kind: 'lost', step });
    const channel = by === 'page' ? deps.pager : deps.mail;
    const sendResult = await channel.send(message, people);
    if (sendResult.kind !== 'delivered') return;
    const whom = by === 'page' ? 'on-call' : 'owners and requester';
    const delivery: Delivery = { step, by, whom, people, delivered: true, detail: sendResult.detail };
    const body: EntryBodies['told'] = { deliveries: [delivery] };
    await ledger.append({
      eventId: `${actionId}/${runId}/told/${step}`,
      actionId,
      kind: 'told',
      at: now(),
      body,
    });
  }

  return async (everyMs) => ((await unfinished.claim(now(), everyMs)) ? sweep() : 0);
}

type Ruled = NonNullable<OnRecord['ruled']>;

/** Records how an action ended whose workflow cannot record it, and frees its target. */
export async function endLost(
  { leases, now }: Pick<SweepDeps, 'leases' | 'now'>,
  record: OnRecord,
  outcome: Outcome,
): Promise<void> {
  const { ruled, actionId, runId } = record;
  if (!ruled) return;
  const review = reviewDue(record) ?? null;
  const body: EntryBodies['closed'] = { outcome, hold: false, record: recordOf(record), review };
  await leases.release(
    { action: ruled.action },
    { eventId: `${actionId}/${runId}/closed`, actionId, kind: 'closed', at: now(), body },
  );
}

const missingIds = (
  ids: readonly string[],
  runningIds: ReadonlySet<string>,
  workflowIdOf: (id: string) => string,
) => ids.filter((id) => !runningIds.has(workflowIdOf(id))).slice(0, MOST);
