import { actionWorkflowId } from '../contract/ids.ts';
import type { ReviewInput } from '../contract/messages.ts';
import type { Action } from '../domain/action.ts';
import type { Hold } from '../domain/hold.ts';
import type { EntryKind } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Leases } from './admit.ts';
import type { Ledger } from './ledger.ts';

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
  readonly at: number;
}

export interface CloseDeps {
  readonly leases: Leases;
  readonly ledger: Ledger;
  readonly reviews: Reviews;
}

export function createClose({ leases, ledger, reviews }: CloseDeps) {
  return {
    /** Records the outcome, gives the target free, or holds it, and opens the review that is due. */
    close: async ({ action, runId, outcome, hold, record, review, at }: CloseInput): Promise<void> => {
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
    record: ({ actionId, runId, kind, body, at }: RecordInput): Promise<void> =>
      ledger.append({ eventId: `${actionId}/${runId}/${kind}`, actionId, kind, at, body }),
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
