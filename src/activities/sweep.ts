import { actionWorkflowId, reviewWorkflowId } from '../contract/ids.ts';
import type { Action } from '../domain/action/action.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { demotionByLoss } from '../domain/autonomy/demotion.ts';
import type { Delivery } from '../domain/escalation/route.ts';
import { lostOf } from '../domain/record/lost-action.ts';
import { type EntryBodies, lastOnRecord, type OnRecord } from '../domain/record/on-record.ts';
import { reviewDue } from '../domain/record/review-due.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { recordOf } from './close.ts';
import type { Channel, Pager } from './ports/channels.ts';
import type { Leases } from './ports/leases.ts';
import type { Ledger } from './ports/ledger.ts';
import { demotedFact } from './standing.ts';

/** What lists say is not over. All throw when the store is unreachable. */
export interface Unfinished {
  /** Whether it is this process that looks now: of all of them one does, this often. Milliseconds since the epoch. */
  claim(now: number, everyMs: number): Promise<boolean>;
  /** Actions that were ruled on before then and are not closed, by id. */
  actions(before: number): Promise<readonly string[]>;
  /** Actions whose review was due to open before then, and was neither made nor skipped, by id. */
  reviews(before: number): Promise<readonly string[]>;
}

/** What the Temporal server says of workflows. */
export interface Workflows {
  /** The ids of all that run, of actions and of reviews; those of the last moment may be missing. */
  running(): Promise<ReadonlySet<string>>;
  /** How one ended, such as "terminated"; undefined while it runs. */
  endOf(workflowId: string): Promise<string | undefined>;
  /** Opens a review, whatever became of the workflow that had its id. */
  startReviewAnew(review: { readonly action: Action; readonly ruling: Ruling }): Promise<void>;
}

export interface SweepDeps {
  readonly ledger: Ledger;
  readonly leases: Leases;
  readonly mail: Channel;
  readonly pager: Pager;
  readonly unfinished: Unfinished;
  readonly workflows: Workflows;
  readonly now: () => number;
}

/** So long after it was ruled on an action is looked for, in milliseconds: until then its workflow may be too new to be listed. */
const SETTLED_MS = 60_000;
/** So many are looked at closely in one sweep. */
const MOST = 200;

/**
 * Finds actions whose workflow is gone: ended in the Temporal UI, by whoever reaches the server, or by a history that grew too
 * large. What did not run is closed; of what may stand in production people are paged, and its target stays its own until one of
 * them says what becomes of it. INVARIANTS 8, 9: nothing is left leased, unwatched and unsaid.
 *
 * @param everyMs how often one of all workers looks
 * @returns how many were lost
 */
export function createSweep(deps: SweepDeps): (everyMs: number) => Promise<number> {
  const { ledger, unfinished, workflows, now } = deps;

  async function sweep(): Promise<number> {
    const before = now() - SETTLED_MS;
    const [open, due] = await Promise.all([unfinished.actions(before), unfinished.reviews(before)]);
    if (open.length + due.length === 0) return 0;
    const running = await workflows.running();
    let lost = 0;
    for (const actionId of missing(open, running, actionWorkflowId)) if (await look(actionId)) lost += 1;
    for (const actionId of missing(due, running, reviewWorkflowId)) await reopen(actionId);
    return lost;
  }

  async function look(actionId: string): Promise<boolean> {
    const how = await workflows.endOf(actionWorkflowId(actionId));
    const record = how === undefined ? undefined : lastOnRecord(actionId, await ledger.entriesOf(actionId));
    if (how === undefined || !record?.ruled) return false;
    const found = lostOf(record, how);
    if (!found) return false;
    if (found.kind === 'over') await endLost(deps, record, found.outcome);
    else await holdOn(record, record.ruled, found.reason);
    return true;
  }

  /** INVARIANT 10: it costs the agent a level, and only then it is said. Tried again until people were really told. */
  async function holdOn(record: OnRecord, { action, ruling }: Ruled, reason: string): Promise<void> {
    const { actionId, runId } = record;
    if (!record.lost) {
      const at = now();
      await ledger.append(demotedFact({ ...demotionByLoss(action, reason), at }, runId));
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
    const { proposal, action, impact, ruling } = ruled;
    const workflowId = actionWorkflowId(actionId);
    const message = { kind: 'lost', step, workflowId, runId, proposal, action, impact, ruling } as const;
    const channel = by === 'page' ? deps.pager : deps.mail;
    const sent = await channel.send(message, people);
    if (sent.kind !== 'delivered') return;
    const whom = by === 'page' ? 'on-call' : 'owners and requester';
    const delivery: Delivery = { step, by, whom, people, delivered: true, detail: sent.detail };
    const body: EntryBodies['told'] = { deliveries: [delivery] };
    await ledger.append({
      eventId: `${actionId}/${runId}/told/${step}`,
      actionId,
      kind: 'told',
      at: now(),
      body,
    });
  }

  async function reopen(actionId: string): Promise<void> {
    const record = lastOnRecord(actionId, await ledger.entriesOf(actionId));
    const ended = await workflows.endOf(reviewWorkflowId(actionId));
    if (record?.ruled && record.closed?.review && ended !== undefined)
      await workflows.startReviewAnew(record.ruled);
  }

  return async (everyMs) => ((await unfinished.claim(now(), everyMs)) ? sweep() : 0);
}

type Ruled = NonNullable<OnRecord['ruled']>;

/** Records how an action ended whose workflow cannot, and gives its target free. */
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

const missing = (
  ids: readonly string[],
  running: ReadonlySet<string>,
  workflowIdOf: (id: string) => string,
) => ids.filter((id) => !running.has(workflowIdOf(id))).slice(0, MOST);
