import { type EntryKind, type ReadEntry, runOf } from '../ledger/ledger.ts';
import type { Case } from './case.ts';
import type { Unread } from './effects.ts';
import { type Ending, nextEnding } from './ending.ts';
import { type RecordedRuling, recordedIn } from './recorded-ruling.ts';
import { shadowedIn } from './shadow.ts';

/** The kinds of entries that a simulation goes by. */
export const SIMULATED_KINDS = [
  'ruled',
  'edited',
  'settled',
  'admitted',
  'closed',
  'reviewed',
  'reported',
  'shadowed',
] as const satisfies readonly EntryKind[];

/** What a simulation has read of the ledger. */
export interface Gathered {
  readonly cases: readonly Case[];
  readonly unread: readonly Unread[];
  /** By the id of the action. */
  readonly endings: ReadonlyMap<string, Ending>;
}

/**
 * Gathers rulings with what became of them, from entries in the order of the ledger. Of a ruling only its case is kept: a ledger may be larger
 * than the memory.
 */
export function gathering(caseOf: (recorded: RecordedRuling) => Case) {
  const { endings, follow, unread } = followed();
  const editors = new Map<string, readonly string[]>();
  const cases: Case[] = [];
  return {
    add(entry: ReadEntry): void {
      follow(entry);
      const run = `${entry.actionId}/${runOf(entry)}`;
      const editorsBefore = editors.get(run) ?? [];
      if (entry.kind === 'edited') {
        const by = Reflect.get(Object(entry.body), 'by');
        if (typeof by === 'string') editors.set(run, [...editorsBefore, by]);
      }
      if (entry.kind !== 'ruled') return;
      const { actionId, at } = entry;
      const read = recordedIn(entry, editorsBefore);
      if (read.kind === 'unreadable') {
        unread.push({ actionId, at, why: read.why });
        return;
      }
      try {
        cases.push(caseOf(read.recorded));
      } catch (error) {
        // One odd entry, of an old version, must not hide all others.
        unread.push({
          actionId,
          at,
          why: `ruling on it failed: ${error instanceof Error ? error.message : error}`,
        });
      }
    },
    gathered: (): Gathered => ({ cases, unread, endings }),
  };
}

/** The same of what a candidate said in production. Only the answers of the latest candidate count. */
export function gatheringShadow() {
  const { endings, follow, unread } = followed();
  const byCandidate = new Map<string, Case[]>();
  /** The rulings beside which the candidate said nothing yet, by the event id. */
  const open = new Map<string, Unread>();
  let began = false;
  let latest: { readonly active: string; readonly candidate: string } | undefined;
  return {
    add(entry: ReadEntry): void {
      follow(entry);
      const { actionId, at, body, eventId, seq } = entry;
      if (entry.kind === 'ruled') open.set(eventId, { actionId, at, why: 'the candidate was not asked' });
      if (entry.kind !== 'shadowed') return;
      const shadowed = shadowedIn(body);
      if (!shadowed) {
        unread.push({ actionId, at, why: `entry ${seq} of the ledger cannot be read` });
        return;
      }
      // Before there was a candidate, none was missing.
      if (!began) for (const [ruling, { at: ruledAt }] of open) if (ruledAt < at) open.delete(ruling);
      began = true;
      open.delete(shadowed.of);
      if (shadowed.kind === 'faulty') {
        unread.push({ actionId, at, why: `the candidate ${shadowed.why}` });
        return;
      }
      latest = shadowed;
      const cases = byCandidate.get(shadowed.candidate) ?? [];
      byCandidate.set(shadowed.candidate, cases);
      cases.push(shadowed.case);
    },
    gathered: (): Gathered & {
      /** The digests of the folders. Absent: no candidate said anything. */
      readonly latest?: { readonly active: string; readonly candidate: string } | undefined;
      readonly ofEarlierCandidates: number;
    } => {
      const cases = byCandidate.get(latest?.candidate ?? '') ?? [];
      const all = [...byCandidate.values()].reduce((sum, each) => sum + each.length, 0);
      const missing = began ? [...open.values()] : [];
      return {
        cases,
        unread: [...unread, ...missing],
        endings,
        latest,
        ofEarlierCandidates: all - cases.length,
      };
    },
  };
}

/** What becomes of actions, and the entries that cannot be read. */
function followed() {
  const endings = new Map<string, Ending>();
  const unread: Unread[] = [];
  return {
    endings,
    unread,
    follow(entry: ReadEntry): void {
      const { actionId, at, seq } = entry;
      if (entry.kind === 'unreadable')
        unread.push({ actionId, at, why: `entry ${seq} of the ledger cannot be read` });
      if (entry.kind === 'erased')
        unread.push({ actionId, at, why: `what entry ${seq} of the ledger said was erased` });
      const ending = nextEnding(endings.get(actionId), entry);
      if (ending) endings.set(actionId, ending);
    },
  };
}
