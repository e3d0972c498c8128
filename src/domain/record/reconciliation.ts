import type { Found } from '../action/reconcile.ts';
import { kindOf, whatWasErased } from '../ledger/erasure.ts';
import { isReadable, type ReadEntry } from '../ledger/ledger.ts';
import { lastOnRecord } from './on-record.ts';

/** What Temporal says of the workflow of an action. */
export type History =
  /** It keeps nothing of it, as after the retention of the namespace. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'running' }
  | {
      readonly kind: 'ended';
      readonly runId: string;
      /** In words, for example "completed" or "terminated". */
      readonly how: string;
      /** The kind of its outcome, where it completed. Absent: it did not, or its result cannot be read. */
      readonly outcome?: string | undefined;
      /** The names of the activities that completed. */
      readonly completed: readonly string[];
    };

/** Whether the effect of an action is there. */
export type Effect =
  | Found
  /** Nobody asked: its action type does not say how, or nothing follows from the answer. */
  | { readonly found: 'notAsked' };

/** Whether ledger, Temporal and the governed system say the same about one action. All reasons in words. */
export type Reconciliation =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'differs'; readonly reasons: readonly string[] }
  | { readonly kind: 'unknown'; readonly reasons: readonly string[] };

/** One action, as it is told. */
export type ReconciledAction = Reconciliation & {
  readonly actionId: string;
  /** How many entries were missing, and are now in the ledger, from what our workers had sealed. */
  readonly completed: number;
};

/** What to look at: one action, or all that have not ended or ended in the last `withinMs` milliseconds. */
export type ToReconcile = { readonly actionId: string } | { readonly withinMs: number };

/** What was found. Named are the actions that differ, of which something is not known, or that were completed. */
export interface ReconcileReport {
  readonly agrees: number;
  readonly differs: number;
  readonly unknown: number;
  readonly actions: readonly ReconciledAction[];
}

/** How long a workflow may go on after its end is on record, in milliseconds: it still tells people. */
const TELLING_MS = 3_600_000;

/**
 * INVARIANT 9: ledger, Temporal history and effects agree. This compares what the three say about an action. A difference that is certain comes before what is not known.
 *
 * @param entries all entries about the action, in their order
 * @param now milliseconds since the epoch
 */
export function reconciliationOf(
  actionId: string,
  entries: readonly ReadEntry[],
  history: History,
  effect: Effect,
  now: number,
): Reconciliation {
  const all = [...unreadIn(entries), ...beside(actionId, entries, history, now), ...effectReasons(effect)];
  const differences = all.flatMap(({ kind, reason }) => (kind === 'differs' ? reason : []));
  if (differences.length > 0) return { kind: 'differs', reasons: differences };
  return all.length > 0 ? { kind: 'unknown', reasons: all.map(({ reason }) => reason) } : { kind: 'agrees' };
}

interface Reason {
  readonly kind: 'differs' | 'unknown';
  readonly reason: string;
}

const differs = (reason: string): Reason[] => [{ kind: 'differs', reason }];
const unknown = (reason: string): Reason[] => [{ kind: 'unknown', reason }];

function unreadIn(entries: readonly ReadEntry[]): Reason[] {
  const erased = whatWasErased(entries);
  const changed = entries.filter((entry) => !isReadable(entry) && kindOf(entry) === 'unreadable');
  return [
    ...changed.flatMap(({ seq }) => differs(`entry ${seq} of the ledger was changed by somebody`)),
    ...(erased === undefined ? [] : unknown(erased)),
  ];
}

function beside(actionId: string, entries: readonly ReadEntry[], history: History, now: number): Reason[] {
  const record = lastOnRecord(actionId, entries);
  if (!record) return withoutRuling(entries, history);
  const { closed, lost, endErased, executed, takenBack } = record;
  const isOver = closed !== undefined || endErased === true;
  if (lost && !isOver) return unknown('it is lost, and waits until people say what becomes of it');
  switch (history.kind) {
    case 'gone':
      return isOver
        ? unknown('Temporal keeps no history of it any more')
        : differs('it has not ended by the ledger, and Temporal keeps no workflow of it');
    case 'running':
      return closed && now - closed.at > TELLING_MS
        ? differs(`it ended ${closed.outcome.kind} by the ledger, and its workflow still runs`)
        : [];
    case 'ended': {
      const { how, outcome, completed } = history;
      if (!isOver) return differs(`its workflow was ${how}, and the ledger does not say that it ended`);
      if (!closed) return [];
      return [
        ...(how === 'completed' && outcome === undefined
          ? unknown('what its workflow returned cannot be read')
          : []),
        ...(outcome !== undefined && outcome !== closed.outcome.kind
          ? differs(`it ended ${closed.outcome.kind} by the ledger, and ${outcome} by its workflow`)
          : []),
        ...(completed.includes('execute') && executed?.kind !== 'done'
          ? differs('it ran by its workflow, and not by the ledger')
          : []),
        ...(completed.includes('rollBack') && takenBack?.kind !== 'done'
          ? differs('it was taken back by its workflow, and not by the ledger')
          : []),
      ];
    }
  }
}

/** A proposal that is refused leaves no entry, and its workflow fails. */
function withoutRuling(entries: readonly ReadEntry[], history: History): Reason[] {
  if (history.kind === 'gone' && entries.length === 0)
    return unknown('neither the ledger nor Temporal knows it');
  // What was ruled may have been erased.
  if (history.kind !== 'ended' || entries.some((entry) => kindOf(entry) === 'ruled')) return [];
  const isKnown = history.how === 'completed' || history.completed.includes('execute');
  return isKnown ? differs('its workflow completed, and the ledger has no ruling on it') : [];
}

function effectReasons(effect: Effect): Reason[] {
  switch (effect.found) {
    case 'absent':
      return differs(`it succeeded by the ledger, and its effect is not there: ${effect.summary}`);
    case 'unknown':
      return unknown(`whether its effect is there is not known: ${effect.summary}`);
    default:
      return [];
  }
}
