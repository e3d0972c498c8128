import { type ReadEntry, runOf } from '../ledger/ledger.ts';
import { type EntryBodies, onRecord } from '../record/on-record.ts';
import { hasShape } from '../shared/shape.ts';

type Body = EntryBodies['ruled'];

/** A ruling of the ledger with what it rested on. */
export interface RecordedRuling extends Pick<Body, 'proposal' | 'action' | 'impact' | 'ruling'> {
  readonly actionId: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The people who had changed what the agent proposed. */
  readonly editors: readonly string[];
}

/** What the ledger has of one ruling, or what of it cannot be read. */
export type RulingRead =
  | { readonly kind: 'read'; readonly recorded: RecordedRuling }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads a `ruled` entry. @param editors the people of the `edited` entries of the same run before it */
export function recordedIn(entry: ReadEntry, editors: readonly string[]): RulingRead {
  const { actionId, seq, at } = entry;
  const runId = runOf(entry);
  const { ruled } = onRecord(actionId, runId, [entry]);
  if (!ruled) return { kind: 'unreadable', why: `entry ${seq} of the ledger cannot be read` };
  const { proposal, action, impact, ruling } = ruled;
  if (!hasShape(impact, { severity: {}, live: {}, blastRadius: {}, reasons: {} }))
    return { kind: 'unreadable', why: 'its impact was not recorded in full' };
  return { kind: 'read', recorded: { actionId, runId, at, proposal, action, impact, ruling, editors } };
}
