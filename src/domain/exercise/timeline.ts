import type { ReadEntry } from '../ledger/ledger.ts';
import type { EntryBodies } from '../record/on-record.ts';
import type { SeenMessage, Sighting } from './sighting.ts';

/** One thing that happened. `at` in milliseconds since the epoch. */
export interface Moment {
  readonly at: number;
  readonly what: string;
}

/** What happened to an action, in the order of time: the ledger's entries, and the messages and requests that the stand-ins saw. */
export function timelineOf(entries: readonly ReadEntry[], sightings: readonly Sighting[]): Moment[] {
  const moments = [
    ...entries.flatMap((entry) => {
      const what = entryText(entry);
      return what === undefined ? [] : [{ at: entry.at, what }];
    }),
    ...sightings.map((sighting) => ({ at: sighting.at, what: sightingText(sighting) })),
  ];
  return sameOnce(moments.toSorted((a, b) => a.at - b.at));
}

/** Attempts that are repeated right after each other are one line, with their number. */
function sameOnce(moments: readonly Moment[]): Moment[] {
  const lines: { moment: Moment; times: number }[] = [];
  for (const moment of moments) {
    const last = lines.at(-1);
    if (last?.moment.what === moment.what) last.times += 1;
    else lines.push({ moment, times: 1 });
  }
  return lines.map(({ moment: { at, what }, times }) => ({
    at,
    what: times === 1 ? what : `${what} (${times} times)`,
  }));
}

/** An entry as one line. Undefined: a stand-in saw the same, or it only repeats another. Bodies are read only where they must be. */
function entryText({ kind, body }: ReadEntry): string | undefined {
  const of = <Kind extends keyof EntryBodies>(_: Kind) => body as Partial<EntryBodies[Kind]>;
  switch (kind) {
    case 'ruled': {
      const { ruling } = of('ruled');
      return ruling ? `ruled: tier ${ruling.tier}${ruling.kind === 'forbid' ? ', forbidden' : ''}` : 'ruled';
    }
    case 'settled': {
      const { settlement } = of('settled');
      if (!settlement) return 'settled';
      if (settlement.kind === 'approved') return `approved by ${settlement.by.join(', ')}`;
      if (settlement.kind === 'denied') return `denied by ${settlement.by}`;
      if (settlement.kind === 'brokenGlass') return `${settlement.by} broke the glass`;
      return settlement.kind === 'proceed' ? 'nobody objected, so it goes on' : settlement.reason;
    }
    case 'refusedAtAdmit':
      return 'not admitted: it is ruled on again, or ends';
    case 'revoked':
      return `revoked by ${of('revoked').by}`;
    case 'kept':
      return `kept by ${of('kept').by}`;
    case 'aborted':
      return `its watch ended from outside: ${of('aborted').why}`;
    case 'verdict':
      return `to be taken back: ${of('verdict').why}`;
    case 'closed':
      return `ended: ${of('closed').outcome?.kind}, ${of('closed').outcome?.reason}`;
    case 'reviewed':
      return 'reviewed';
    case 'demoted':
      return 'its agent lost a level';
    case 'unreadable':
      return 'an entry of the ledger that cannot be read';
    case 'erased':
      return 'an entry of the ledger, of which it was erased what it said';
    default:
      return undefined;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  approvalRequested: 'asks for an approval',
  windowOpened: 'says that a window is open',
  proceeding: 'says that it goes on',
  inconclusive: 'asks whether to keep it',
  settled: 'says how it was settled',
  rolledBack: 'says that it was rolled back',
  rollbackFailed: 'says that the rollback failed',
  rollbackUnverified: 'says that the rollback may not have worked',
  reviewDue: 'asks for a review',
  reviewOverdue: 'says that a review is overdue',
};

export const messageText = ({ by, about, people }: Pick<SeenMessage, 'by' | 'about' | 'people'>): string =>
  `${by} to ${people.join(', ') || 'nobody'}: ${WORDS[about] ?? about}`;

function sightingText(sighting: Sighting): string {
  switch (sighting.kind) {
    case 'message':
      return `${messageText(sighting)}${sighting.taken ? '' : '. It did not arrive'}`;
    case 'effect': {
      const what = sighting.way === 'there' ? 'the effect' : 'the rollback';
      return { done: `${what} is done`, refused: `${what} is refused`, lost: `${what} is sent, no answer` }[
        sighting.answer
      ];
    }
    case 'refusal':
      return `no valid proposal: ${sighting.reason}`;
  }
}
