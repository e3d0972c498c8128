import { type EntryKind, isReadable, type ReadEntry } from '../ledger/ledger.ts';
import type { Unread } from '../simulation/effects.ts';
import { type Ending, nextEnding } from '../simulation/ending.ts';
import { type RecordedRuling, recordedIn } from '../simulation/recorded-ruling.ts';

/** The kinds of entries that a replay goes by. */
export const REPLAYED_KINDS = [
  'ruled',
  'settled',
  'admitted',
  'closed',
  'reviewed',
  'reported',
] as const satisfies readonly EntryKind[];

/** What a replay has read of the ledger. */
export interface Proposed {
  /** The first ruling on each proposal: as the agent made it, before anybody changed it. */
  readonly rulings: readonly RecordedRuling[];
  readonly unread: readonly Unread[];
  /** By the id of the action. */
  readonly endings: ReadonlyMap<string, Ending>;
}

/** Gathers what agents proposed, with what became of it, from entries in the order of the ledger. @param agent only this one's */
export function gatheringProposed(agent: string | undefined) {
  const rulings = new Map<string, RecordedRuling>();
  const unread = new Map<string, Unread>();
  const endings = new Map<string, Ending>();
  return {
    add(entry: ReadEntry): void {
      const { actionId, at, seq } = entry;
      // The id of an action begins with the name of its agent.
      if (agent !== undefined && !actionId.startsWith(`${agent}.`)) return;
      const ending = nextEnding(endings.get(actionId), entry);
      if (ending) endings.set(actionId, ending);
      const cannot = (why: string) => unread.set(actionId, { actionId, at, why });
      // What an entry said is not known, so neither is how its action went on.
      if (!isReadable(entry))
        return void cannot(
          entry.kind === 'erased' ? 'what it said was erased' : `entry ${seq} of the ledger cannot be read`,
        );
      if (entry.kind !== 'ruled' || rulings.has(actionId)) return;
      const read = recordedIn(entry, []);
      if (read.kind === 'unreadable') return void cannot(read.why);
      const { proposal, action } = read.recorded;
      // What a person asked for, no agent answered.
      if (proposal.takesBack || (agent !== undefined && proposal.agent.id !== agent)) return;
      if (action.agent.unsigned !== undefined)
        return void cannot('nobody knows whether its agent proposed it: it was not signed');
      rulings.set(actionId, read.recorded);
    },
    proposed: (): Proposed => ({
      rulings: [...rulings.values()].filter(({ actionId }) => !unread.has(actionId)),
      unread: [...unread.values()],
      endings,
    }),
  };
}
