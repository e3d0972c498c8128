import type { Fault } from '../shared/json.ts';
import { listAt, nameAt, textAt } from '../shared/json-reader.ts';
import { peekJws } from '../shared/jws.ts';
import { type EntryKind, isReadable, type ReadEntry, runOf } from './ledger.ts';
import type { LegalHolds } from './legal-hold.ts';
import { list } from './project-inbox.ts';

/** An erasure on record: who had erased what which entries said, and why. */
export interface Erasure {
  readonly person: string;
  readonly reason: string;
  /** The sequence numbers of the entries. */
  readonly entries: readonly number[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Returns the erasures about a subject, the oldest first. @param entries all entries about it, in their order */
export const erasuresIn = (entries: readonly ReadEntry[]): Erasure[] =>
  entries.flatMap(({ kind, body, at }) => {
    const person = nameAt(body, 'person');
    if (kind !== 'erasureOrdered' || !person) return [];
    const seqs = (listAt(body, 'entries') ?? []).filter((seq) => typeof seq === 'number');
    return [{ person, reason: textAt(body, 'reason') ?? '', entries: seqs, at }];
  });

/** Says what was erased, as one sentence without the final period. */
export const erasureText = ({ person, reason, entries }: Erasure): string =>
  `${person} had erased what ${entriesText(entries)} of the ledger said: ${reason}`;

const entriesText = (seqs: readonly number[]) =>
  seqs.length === 1 ? `entry ${seqs[0]}` : `entries ${seqs.join(', ')}`;

/** What an entry is, or was before what it said was erased. */
export const kindOf = (entry: ReadEntry): EntryKind | 'unreadable' =>
  entry.kind === 'erased' ? entry.was : entry.kind;

/** Says who had erased what of a subject. Undefined: nothing was erased. @param entries all entries about it, in their order */
export function whatWasErased(entries: readonly ReadEntry[]): string | undefined {
  const seqs = entries.flatMap(({ kind, seq }) => (kind === 'erased' ? seq : []));
  if (seqs.length === 0) return undefined;
  const orders = erasuresIn(entries).map(erasureText);
  return orders.length > 0 ? orders.join('; ') : `what ${entriesText(seqs)} of the ledger said was erased`;
}

/**
 * Returns everything that speaks against erasing what entries say.
 *
 * @param erasing the entries by their sequence numbers, and what they are about
 * @param about all entries about that, in their order
 */
export function erasureFaults(
  erasing: { readonly subject: string; readonly entries: readonly number[] },
  about: readonly ReadEntry[],
  legalHolds: LegalHolds,
): Fault[] {
  const { subject, entries } = erasing;
  if (about.length === 0) return [fault('subject', `the ledger has no entry about ${subject}`)];
  const bySeq = new Map(about.map((entry) => [entry.seq, entry]));
  return [
    ...entries.flatMap((seq) => {
      const problem = whyNotErased(bySeq.get(seq), subject);
      return problem === undefined ? [] : [fault('entries', `entry ${seq} ${problem}`)];
    }),
    ...notOver(subject, about),
    ...kept(subject, legalHolds),
  ];
}

/** What stays for ever: who changed the rules, who erased, and who had something kept. */
const NEVER_ERASED: ReadonlySet<EntryKind | 'unreadable'> = new Set([
  'rulesChanged',
  'erasureOrdered',
  'legalHoldPlaced',
  'legalHoldEnded',
]);

function whyNotErased(entry: ReadEntry | undefined, subject: string): string | undefined {
  if (!entry) return `is not about ${subject}: name entries about it`;
  if (NEVER_ERASED.has(kindOf(entry))) return `is of kind ${entry.kind}, and such entries are never erased`;
  switch (entry.kind) {
    case 'erased':
      return 'was erased before';
    case 'unreadable':
      return 'cannot be read: see "countersign ledger verify"';
    default:
      return entry.commitment === undefined
        ? 'is of a version before erasing was possible: its hash covers what it says'
        : undefined;
  }
}

/** An action goes by what its entries say until nothing can become of it any more. */
function notOver(subject: string, about: readonly ReadEntry[]): Fault[] {
  const ruled = about.findLast((entry) => kindOf(entry) === 'ruled');
  if (!ruled) return [];
  if (!about.some((entry) => kindOf(entry) === 'closed' && runOf(entry) === runOf(ruled)))
    return [fault('subject', `${subject} has not ended: it still goes by what its entries say`)];
  const listed = about.reduce<ReturnType<typeof list>>(
    (item, entry) => (isReadable(entry) ? list(item, entry) : item),
    undefined,
  );
  return listed?.review && listed.review.result === undefined
    ? [fault('subject', `the review of ${subject} is not made yet: review it first`)]
    : [];
}

function kept(subject: string, { standing, unreadable }: LegalHolds): Fault[] {
  if (unreadable.length > 0)
    return [
      fault('subject', `${entriesText(unreadable)}, about legal holds, cannot be read: it may be under one`),
    ];
  return standing
    .filter(({ scope }) => scope.kind === 'everything' || scope.subject === subject)
    .map(({ id, person, reason }) =>
      fault('subject', `${subject} is under legal hold ${id}, placed by ${person}: ${reason}`),
    );
}

const fault = (where: string, problem: string): Fault => ({ where, problem });

/**
 * Returns the sequence numbers of the entries that have a text in them, also in what people signed, which is encoded.
 *
 * @param entries all entries about a subject
 */
export const entriesHolding = (entries: readonly ReadEntry[], text: string): number[] =>
  entries.flatMap((entry) => (isReadable(entry) && has(entry.body, text) ? entry.seq : []));

function has(json: unknown, text: string): boolean {
  if (typeof json === 'string') return json.includes(text) || has(peekJws(json), text);
  if (typeof json !== 'object' || json === null) return json !== undefined && String(json) === text;
  return Object.entries(json).some(([name, part]) => name.includes(text) || has(part, text));
}
