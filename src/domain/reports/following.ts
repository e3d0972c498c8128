import { kindOf } from '../ledger/erasure.ts';
import type { EntryKind, ReadEntry } from '../ledger/ledger.ts';
import type { ActionState } from '../record/action-state.ts';

/** The kinds of entries that reports go by. What a watch measured is in the entry that closes the action. */
export const REPORTED_KINDS = [
  'ruled',
  'edited',
  'told',
  'settled',
  'refusedAtAdmit',
  'admitted',
  'executed',
  'reconciled',
  'revoked',
  'kept',
  'extended',
  'aborted',
  'verdict',
  'takenBack',
  'lost',
  'closed',
  'reviewSkipped',
  'reviewed',
  'reported',
  'holdPlaced',
  'enrolled',
  'granted',
  'demoted',
  'rulesChanged',
  'erasureOrdered',
] as const satisfies readonly EntryKind[];

/**
 * How long before a period a report begins to read, in milliseconds. An action that is older is read by itself. So a report takes as long as
 * its period is busy, and not as long as the ledger is.
 */
export const LOOKED_BACK_MS = 60 * 24 * 3_600_000;

/** How readers of the ledger's form outside of the domain see it. */
export interface Readers {
  /** The state of an action, from all entries about it. Undefined: it cannot be read. */
  readonly stateOf: (entries: readonly ReadEntry[]) => ActionState | undefined;
  readonly workflowIdOf: (actionId: string) => string;
}

/** Follows actions from their ruling to their end, in the order of the ledger. It holds what is open, and no more. */
export function following() {
  const open = new Map<string, ReadEntry[]>();
  const older = new Set<string>();
  return {
    /** Returns all entries about an action once it is over; undefined while it is not. */
    add(entry: ReadEntry): readonly ReadEntry[] | undefined {
      const { actionId } = entry;
      const kind = kindOf(entry);
      const known = open.get(actionId) ?? (kind === 'ruled' ? [] : undefined);
      if (!known) {
        if (kind === 'admitted' || kind === 'executed' || kind === 'closed') older.add(actionId);
        return undefined;
      }
      known.push(entry);
      if (kind !== 'closed') {
        open.set(actionId, known);
        return undefined;
      }
      open.delete(actionId);
      return known;
    },
    /** The entries about each action that is not over. */
    open: (): readonly (readonly ReadEntry[])[] => [...open.values()],
    /** The actions of which the beginning was not among the entries: all about them must be read. */
    older: (): readonly string[] => [...older],
  };
}
