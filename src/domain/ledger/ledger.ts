import { canonicalJson, digestOf } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';

export const ENTRY_KINDS = [
  'ruled',
  'shadowed',
  'edited',
  'voted',
  'asked',
  'told',
  'settled',
  'brokenGlass',
  'refusedAtAdmit',
  'admitted',
  'begun',
  'executed',
  'reconciled',
  'measured',
  'revoked',
  'kept',
  'extended',
  'aborted',
  'verdict',
  'takenBack',
  'measuredBack',
  'lost',
  'closed',
  'reviewSkipped',
  'reviewed',
  'reported',
  'takeBackAsked',
  'holdPlaced',
  'holdLifted',
  'enrolled',
  'granted',
  'demoted',
  'delegated',
  'delegationEnded',
  'rulesChanged',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One fact before it is placed in the ledger. */
export interface NewEntry {
  /** The id of the fact: the same step written twice is one entry. */
  readonly eventId: string;
  /** What the fact is about: an action, a hold by its id, an agent's standing as `standing/<agent>`, or the rules as `rules/<installation>`. */
  readonly actionId: string;
  readonly kind: EntryKind;
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
  readonly body: Json;
}

export interface LedgerEntry extends NewEntry {
  /** 1, 2, 3 ... without gaps. */
  readonly seq: number;
  readonly previousHash: string;
  /** SHA-256 over the RFC 8785 canonical JSON of all the other members. */
  readonly hash: string;
}

/** The last time that a date can have, in milliseconds since the epoch (ECMA-262, time range). */
export const LAST_TIME = 8.64e15;

/** Whether an entry may have this time. Pages turn it into a date, so it must be in the range of dates. */
export const isTime = (at: number): boolean => Number.isSafeInteger(at) && at >= 0 && at <= LAST_TIME;

/** An entry whose row somebody changed. What the row says about itself is known, but not what the entry said. */
export interface UnreadableEntry extends Omit<LedgerEntry, 'kind' | 'body'> {
  readonly kind: 'unreadable';
  readonly body: { readonly reason: string };
}

/** An entry as it is read back. */
export type ReadEntry = LedgerEntry | UnreadableEntry;

/** Returns the run that a fact about an action belongs to: its event id is `<action>/<run>/<step>`. */
export const runOf = ({ eventId }: Pick<NewEntry, 'eventId'>): string => eventId.split('/')[1] ?? '';

export const GENESIS_HASH = '0'.repeat(64);

export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The head of the chain before the first entry. */
export const GENESIS: Head = { seq: 0, hash: GENESIS_HASH };

/** Links a fact to the head of the chain. */
export function chain(head: Head, entry: NewEntry): LedgerEntry {
  const content = { ...entry, seq: head.seq + 1, previousHash: head.hash };
  return { ...content, hash: digestOf(content) };
}

export type ChainCheck =
  | { readonly kind: 'intact'; readonly head: Head }
  | { readonly kind: 'broken'; readonly seq: number; readonly reason: string };

/**
 * Checks every entry of the chain, not only both ends. A chain by itself cannot show that its tail was cut or that all of it was rewritten:
 * compare the head with one that is kept elsewhere.
 *
 * @param start the head at which an earlier check of the entries before these ended
 */
export function checkChain(entries: Iterable<ReadEntry>, start: Head = GENESIS): ChainCheck {
  let head = start;
  for (const entry of entries) {
    const { hash, ...content } = entry;
    const brokenChain = (reason: string): ChainCheck => ({ kind: 'broken', seq: head.seq + 1, reason });
    if (entry.kind === 'unreadable') return brokenChain(entry.body.reason);
    if (entry.seq !== head.seq + 1) return brokenChain(`entry ${entry.seq} follows entry ${head.seq}`);
    if (entry.previousHash !== head.hash)
      return brokenChain('it does not name the hash of the entry before it');
    if (hashOf(content) !== hash) return brokenChain('its content does not have its hash');
    head = { seq: entry.seq, hash };
  }
  return { kind: 'intact', head };
}

/**
 * Returns the hash; undefined for a value without canonical JSON, for example a number that was changed to 1e999. Such a value was never
 * chained.
 */
function hashOf(content: unknown): string | undefined {
  try {
    return digestOf(content);
  } catch {
    return undefined;
  }
}

/** An entry as it is stored: RFC 8785 canonical JSON. */
export const canonicalEntry = (entry: LedgerEntry): string => canonicalJson(entry);
