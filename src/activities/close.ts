import { actionWorkflowId } from '../contract/ids.ts';
import type { ReviewInput } from '../contract/messages.ts';
import type { Action } from '../domain/action.ts';
import type { Demotion } from '../domain/demotion.ts';
import type { Hold } from '../domain/hold.ts';
import type { EntryKind } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
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
  readonly record: unknown;
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
  readonly body: unknown;
  readonly demotion?: Demotion | undefined;
  readonly at: number;
}

export interface CloseDeps {
  readonly leases: Leases;
  readonly ledger: Ledger;
  readonly reviews: Reviews;
  readonly now: () => number;
}

export function createClose({ leases, ledger, reviews, now }: CloseDeps) {
  // Before the entry that says why, and before the target is free: no ruling and no admission after it can miss it.
  // By the clock that grants are signed by: a workflow's own may run ahead of it, where its time is skipped.
  const demote = async (demotion: Demotion | undefined, runId: string) => {
    if (demotion) await ledger.append(demotedFact({ ...demotion, at: now() }, runId));
  };

  return {
    /** Records the outcome, gives the target free, or holds it, and opens the review that is due. */
    close: async ({
      action,
      runId,
      outcome,
      hold,
      record,
      review,
      demotion,
      at,
    }: CloseInput): Promise<void> => {
      await demote(demotion, runId);
      await leases.release(
        { action, ...(hold ? { hold: holdAfter(action, runId, outcome, at) } : {}) },
        {
          eventId: `${action.id}/${runId}/closed`,
          actionId: action.id,
          kind: 'closed',
          at,
          body: { outcome, hold, record },
        },
      );
      if (review) await reviews.open(review);
    },

    /** Records one fact before the step that depends on it. */
    record: async ({ actionId, runId, kind, body, demotion, at }: RecordInput): Promise<void> => {
      await demote(demotion, runId);
      await ledger.append({ eventId: `${actionId}/${runId}/${kind}`, actionId, kind, at, body });
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
