import type { Action } from '../domain/action.ts';
import type { EntryKind } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Leases, leaseTarget } from './admit.ts';
import type { Ledger } from './ledger.ts';

export interface CloseInput {
  readonly action: Action;
  readonly runId: string;
  readonly outcome: Outcome;
  /** Whether the target must stay untouched until a person has looked. */
  readonly hold: boolean;
  /** Everything the workflow saw, for the record. */
  readonly record: unknown;
  readonly at: number;
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
}

export function createClose({ leases, ledger }: CloseDeps) {
  return {
    /** Records the outcome and gives the target free, or holds it. */
    close: ({ action, runId, outcome, hold, record, at }: CloseInput): Promise<void> =>
      leases.release(
        { target: leaseTarget(action), actionId: action.id, hold },
        {
          eventId: `${action.id}/${runId}/closed`,
          actionId: action.id,
          kind: 'closed',
          at,
          body: { outcome, hold, record },
        },
      ),

    /** Records one fact before the step that depends on it. */
    record: ({ actionId, runId, kind, body, at }: RecordInput): Promise<void> =>
      ledger.append({ eventId: `${actionId}/${runId}/${kind}`, actionId, kind, at, body }),
  };
}
