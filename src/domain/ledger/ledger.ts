import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, digestOf } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';

export const ENTRY_KINDS = [
  'previewed',
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
  'scoreCardRecorded',
  'delegated',
  'delegationEnded',
  'rulesChanged',
  'drillAsked',
  'drillTold',
  'drillEnded',
  'erasureOrdered',
  'legalHoldPlaced',
  'legalHoldEnded',
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
  /** 16 random bytes in hex. Without it, a short body could be guessed from its commitment. Only entries of before decision 38 have none. */
  readonly salt?: string | undefined;
  /** SHA-256 over the salt's bytes and the RFC 8785 canonical JSON of the body. */
  readonly commitment?: string | undefined;
  /** SHA-256 over the RFC 8785 canonical JSON of all the other members but body and salt; without a commitment the body is in it. */
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

/** An entry whose payload, its body and its salt, was erased. All else is as it was, and the chain covers it. */
export interface ErasedEntry extends Omit<LedgerEntry, 'kind' | 'body' | 'salt' | 'commitment'> {
  readonly kind: 'erased';
  readonly was: EntryKind;
  readonly commitment: string;
  readonly body: { readonly reason: string };
}

/** An entry as it is read back. */
export type ReadEntry = LedgerEntry | UnreadableEntry | ErasedEntry;

/** Whether it can be known what an entry said. */
export const isReadable = (entry: ReadEntry): entry is LedgerEntry =>
  entry.kind !== 'unreadable' && entry.kind !== 'erased';

/** Returns the run that a fact about an action belongs to: its event id is `<action>/<run>/<step>`. */
export const runOf = ({ eventId }: Pick<NewEntry, 'eventId'>): string => eventId.split('/')[1] ?? '';

export const GENESIS_HASH = '0'.repeat(64);

export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The head of the chain before the first entry. */
export const GENESIS: Head = { seq: 0, hash: GENESIS_HASH };

/**
 * Links a fact to the head of the chain.
 *
 * @param salt 16 random bytes in hex. Without one the entry is as those of before decision 38 were, and its body can never be erased.
 */
export function chain(head: Head, entry: NewEntry, salt?: string): LedgerEntry {
  const place = { seq: head.seq + 1, previousHash: head.hash };
  if (salt === undefined) return { ...entry, ...place, hash: digestOf({ ...entry, ...place }) };
  const { body, ...facts } = entry;
  const covered = { ...facts, ...place, commitment: commitmentTo(salt, body) };
  return { ...covered, body, salt, hash: digestOf(covered) };
}

/** The commitment to a body: it can be checked by whoever has both, and says nothing to whoever has neither. */
const commitmentTo = (salt: string, body: Json): string =>
  bytesToHex(sha256(concatBytes(hexToBytes(salt), utf8ToBytes(canonicalJson(body)))));

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
    const brokenChain = (reason: string): ChainCheck => ({ kind: 'broken', seq: head.seq + 1, reason });
    if (entry.kind === 'unreadable') return brokenChain(entry.body.reason);
    if (entry.seq !== head.seq + 1) return brokenChain(`entry ${entry.seq} follows entry ${head.seq}`);
    if (entry.previousHash !== head.hash)
      return brokenChain('it does not name the hash of the entry before it');
    if (hashOf(entry) !== entry.hash) return brokenChain('its content does not have its hash');
    if (!keepsCommitment(entry)) return brokenChain('its body is not the one that it was written with');
    head = { seq: entry.seq, hash: entry.hash };
  }
  return { kind: 'intact', head };
}

/**
 * Returns the hash of what the chain covers; undefined for a value without canonical JSON, for example a number that was changed to 1e999.
 * Such a value was never chained.
 */
function hashOf(entry: LedgerEntry | ErasedEntry): string | undefined {
  const { hash: _, ...content } = entry.commitment === undefined ? entry : withoutPayload(entry);
  try {
    return digestOf(content);
  } catch {
    return undefined;
  }
}

function keepsCommitment(entry: LedgerEntry | ErasedEntry): boolean {
  if (entry.kind === 'erased' || entry.commitment === undefined) return true;
  try {
    return entry.salt !== undefined && commitmentTo(entry.salt, entry.body) === entry.commitment;
  } catch {
    return false;
  }
}

/** An entry without body and salt: what may be shown to everybody, and what the leaves of the tree are made of. */
export type BareEntry = Omit<LedgerEntry, 'body' | 'salt'>;

export function withoutPayload(entry: LedgerEntry | ErasedEntry): BareEntry {
  if (entry.kind === 'erased') {
    const { body: _, was, ...bare } = entry;
    return { ...bare, kind: was };
  }
  const { body: _, salt: __, ...bare } = entry;
  return bare;
}
