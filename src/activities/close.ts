import { actionWorkflowId } from '../contract/ids.ts';
import type { ReviewInput } from '../contract/messages.ts';
import type { Action } from '../domain/action.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { Demotion } from '../domain/demotion.ts';
import { digestOf } from '../domain/digest.ts';
import type { Hold } from '../domain/hold.ts';
import type { EntryKind } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import { whyNotReviewed } from '../domain/review-rules.ts';
import type { ActionState } from '../domain/state.ts';
import { type AnomalyDeps, createAnomalies } from './anomalies.ts';
import type { Leases } from './leases.ts';
import type { Ledger } from './ledger.ts';
import { demotedFact } from './standing.ts';

export interface CloseInput {
  readonly action: Action;
  readonly runId: string;
  readonly outcome: Outcome;
  /** Whether the target must stay untouched until a person has looked. */
  readonly hold: boolean;
  /** Everything the workflow saw, for the record. */
  readonly record: Pick<ActionState, 'votes'> & {
    readonly breakGlass?: { readonly person: string } | undefined;
    readonly [member: string]: unknown;
  };
  /** The review to open, where one is due. */
  readonly review: ReviewInput | undefined;
  /** What it costs the agent. */
  readonly demotion?: Demotion | undefined;
  readonly at: number;
}

/** Where reviews are opened. Opening the same one again changes nothing. Throws when it could not be opened. */
export interface Reviews {
  open(review: ReviewInput): Promise<void>;
}

export interface RecordInput {
  readonly actionId: string;
  readonly runId: string;
  readonly kind: EntryKind;
  /** Tells it from others of its kind in the same run. */
  readonly nth?: number | string | undefined;
  readonly body: unknown;
  readonly demotion?: Demotion | undefined;
  readonly at: number;
}

export interface CloseDeps extends AnomalyDeps {
  readonly leases: Leases;
  readonly ledger: Ledger;
  readonly reviews: Reviews;
  readonly now: () => number;
}

export function createClose(deps: CloseDeps) {
  const { installation, attention, leases, ledger, reviews, now } = deps;
  const lookForAnomalies = createAnomalies(deps);

  // Before the entry that says why, and before the target is free: no ruling and no admission after it can miss it.
  // By the clock that grants are signed by: a workflow's own may run ahead of it, where its time is skipped.
  const demote = async (demotion: Demotion | undefined, runId: string) => {
    if (demotion) await ledger.append(demotedFact({ ...demotion, at: now() }, runId));
  };

  /** Of routine a sample is looked at, and always at what somebody broke the glass for. What is left out says so in the ledger. */
  async function openReview(review: ReviewInput, { runId, record, at }: CloseInput): Promise<void> {
    const { action, ruling } = review;
    const { sample } = installation.rules.review;
    if (sample && record.breakGlass === undefined) {
      const which = { agent: action.agent.id, actionType: action.type, but: action.id };
      const alike = await attention.ranAlone({ ...which, since: at - sample.withinMs });
      const reason = whyNotReviewed(sample, alike, ruling.digest);
      if (reason !== undefined) {
        const eventId = `${action.id}/${runId}/reviewSkipped/${digestOf(reason)}`;
        await ledger.append({ eventId, actionId: action.id, kind: 'reviewSkipped', at, body: { reason } });
        return;
      }
    }
    await reviews.open(review);
  }

  return {
    /**
     * Records the outcome, gives the target free, or holds it, and opens the review that is due.
     *
     * @returns what it shows to be out of the ordinary
     */
    close: async (input: CloseInput): Promise<readonly Anomaly[]> => {
      const { action, runId, outcome, hold, record, review, demotion, at } = input;
      await demote(demotion, runId);
      await leases.release(
        { action, ...(hold ? { hold: holdAfter(action, runId, outcome, at) } : {}) },
        {
          eventId: `${action.id}/${runId}/closed`,
          actionId: action.id,
          kind: 'closed',
          at,
          // Whose review is due, and within which time: lists show it from the ledger alone.
          body: { outcome, hold, record, review: review?.review ?? null },
        },
      );
      if (review) await openReview(review, input);
      const decided = [...record.votes, ...(record.breakGlass ? [record.breakGlass] : [])];
      return lookForAnomalies({ action, runId, people: decided.map(({ person }) => person), at });
    },

    /** Records one fact before the step that depends on it. */
    record: async ({ actionId, runId, kind, nth, body, demotion, at }: RecordInput): Promise<void> => {
      await demote(demotion, runId);
      const eventId = `${actionId}/${runId}/${kind}${nth === undefined ? '' : `/${nth}`}`;
      await ledger.append({ eventId, actionId, kind, at, body });
    },
  };
}

/** Until a person has looked at what stands in production, nothing else may touch the target. */
const holdAfter = (
  { id, target, environment }: Action,
  runId: string,
  { reason }: Outcome,
  at: number,
): Hold => ({
  id: `${id}/${runId}`,
  scope: { kind: 'service', service: target, environment },
  placedBy: actionWorkflowId(id),
  reason,
  at,
});
