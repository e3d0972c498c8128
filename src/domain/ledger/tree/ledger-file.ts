import { canonicalJson } from '../../shared/digest.ts';
import { isJsonRecord, type Json, jsonIn } from '../../shared/json.ts';
import { checkChain, type ErasedEntry, type LedgerEntry } from '../ledger.ts';
import {
  type Anchor,
  type Anchors,
  type Broken,
  type CheckedEntry,
  concludeWalk,
  START,
  type Verdict,
  type Walk,
  walkOn,
} from './check-ledger.ts';
import { formatProof, parseProof } from './inclusion-proof.ts';
import { leafHashOf, leafText } from './leaf.ts';
import { type Hash, isSameHash, provesInclusion } from './merkle.ts';

const FORMAT = 'countersign-ledger/v1';

/** The first line of a file. Each other line is one entry. */
export interface FileHeader {
  /** `ledger`: all entries from the first on. `proof`: the entries about one subject, each with a proof of its own. */
  readonly kind: 'ledger' | 'proof';
  /** Of a proof: what its entries are about. */
  readonly subject?: string;
  /** The verifier key of the log, and its newest checkpoint. Absent: it never signed one. */
  readonly log?: string;
  readonly checkpoint?: string;
}

/** A file that proves the entries about one action, or why there is none. */
export type ActionProof =
  | { readonly kind: 'proof'; readonly lines: readonly string[] }
  /** The ledger has no entry about it. */
  | { readonly kind: 'nothing' }
  /** Its newest entry, the one with this `seq`, is in no checkpoint yet. */
  | { readonly kind: 'notYet'; readonly seq: number }
  | { readonly kind: 'broken'; readonly reason: string };

export const headerLine = (header: FileHeader): string => `${canonicalJson({ format: FORMAT, ...header })}\n`;

/** Reads the first line. Undefined: it is not one of such a file. */
export function parseHeader(line: string): FileHeader | undefined {
  const { format, kind, subject, log, checkpoint, ...others } = Object(jsonIn(line));
  const isKind = kind === 'ledger' ? subject === undefined : kind === 'proof' && typeof subject === 'string';
  const isSigned = [typeof log, typeof checkpoint].join() === 'string,string';
  const isUnsigned = log === undefined && checkpoint === undefined;
  if (format !== FORMAT || !isKind || !(isSigned || isUnsigned) || Object.keys(others).length > 0)
    return undefined;
  return { kind, ...(subject === undefined ? {} : { subject }), ...(isSigned ? { log, checkpoint } : {}) };
}

/**
 * The line of an entry: `entry` is the leaf of the tree, byte for byte, `payload` what it says and its salt, or null where that was erased.
 *
 * @param proof of a proof: the hashes of the inclusion proof, and the checkpoint that it leads to
 */
export function entryLine(
  entry: CheckedEntry,
  proof?: { readonly hashes: readonly Hash[]; readonly checkpoint: string },
): string {
  const payload = entry.kind === 'erased' ? null : canonicalJson(payloadOf(entry));
  const proved = proof && { proof: formatProof({ index: entry.seq - 1, ...proof }) };
  return `${canonicalJson({ entry: leafText(entry), payload, ...proved })}\n`;
}

/** What an entry says, with its salt. One of before there were salts has none. */
const payloadOf = ({ body, salt }: LedgerEntry) => (salt === undefined ? { body } : { body, salt });

interface ReadLine {
  readonly entry: CheckedEntry;
  readonly proof: string | undefined;
}

function parseLine(line: string): ReadLine | undefined {
  const { entry: leaf, payload, proof, ...others } = Object(jsonIn(line));
  const isProof = proof === undefined || typeof proof === 'string';
  if (typeof leaf !== 'string' || !isProof || Object.keys(others).length > 0) return undefined;
  const entry = payload === null || typeof payload === 'string' ? entryIn(leaf, payload) : undefined;
  return entry && { entry, proof };
}

/** The entry that a leaf and a payload are of. Undefined: they are not as they would be written for any. */
function entryIn(leaf: string, payload: string | null): CheckedEntry | undefined {
  const bare = jsonIn(leaf);
  if (!isJsonRecord(bare)) return undefined;
  try {
    const entry = payload === null ? erasedOf(bare) : wholeOf(bare, payload);
    return entry && leafText(entry) === leaf ? entry : undefined;
  } catch {
    // Something in it has no canonical JSON, so it was never written.
    return undefined;
  }
}

type Bare = { readonly [member: string]: Json };

/** Only of an entry with a commitment something can be known without its payload. What its members are, its hash shows. */
const erasedOf = (bare: Bare): CheckedEntry | undefined =>
  typeof bare.commitment === 'string'
    ? ({
        ...bare,
        was: bare.kind,
        kind: 'erased',
        body: { reason: 'what it said was erased' },
      } as unknown as ErasedEntry)
    : undefined;

function wholeOf(bare: Bare, payload: string): CheckedEntry | undefined {
  const said = jsonIn(payload);
  const entry = { ...bare, ...Object(said) } as LedgerEntry;
  const isSalted = entry.salt !== undefined;
  if (entry.body === undefined || isSalted !== (entry.commitment !== undefined)) return undefined;
  return canonicalJson(payloadOf(entry)) === payload ? entry : undefined;
}

/** How far the lines of a file were checked. */
export type FileWalk =
  | { readonly of: 'ledger'; readonly walk: Walk }
  | {
      readonly of: 'proof';
      readonly subject: string;
      readonly last: number;
      readonly entries: readonly CheckedEntry[];
    };

export const beginFile = ({ kind, subject = '' }: FileHeader): FileWalk =>
  kind === 'ledger' ? { of: kind, walk: START } : { of: kind, subject, last: 0, entries: [] };

/** Checks one line more. @param anchors the checkpoint of the header first, where there is one */
export function checkLine(file: FileWalk, line: string, anchors: Anchors): FileWalk | Broken {
  const read = parseLine(line);
  const after = file.of === 'ledger' ? file.walk.head.seq : file.last;
  if (!read)
    return { kind: 'broken', reason: `the line after entry ${after} is not an entry as it was written` };
  if (file.of === 'proof') return proveLine(file, read, anchors.all[0]);
  const walk = walkOn(file.walk, read.entry, anchors);
  return walk.kind === 'broken' ? walk : { of: 'ledger', walk };
}

function proveLine(
  file: Extract<FileWalk, { of: 'proof' }>,
  { entry, proof: proofText }: ReadLine,
  anchor: Anchor | undefined,
): FileWalk | Broken {
  const { seq, actionId, previousHash } = entry;
  const found = (reason: string): Broken => ({ kind: 'broken', seq, reason });
  if (actionId !== file.subject) return found(`it is not about ${file.subject}`);
  if (seq <= file.last) return found(`it stands behind entry ${file.last}`);
  // Whether it follows the one before it is for the tree to say: others lie between.
  const check = checkChain([entry], { seq: seq - 1, hash: previousHash });
  if (check.kind === 'broken') return check;
  const proof = proofText === undefined ? undefined : parseProof(proofText);
  if (!anchor || !proof) return found('there is no proof that it is in the ledger');
  if (proof.checkpoint !== anchor.note)
    return found('its proof leads to another checkpoint than that of the file');
  const claims = { index: seq - 1, ...anchor.checkpoint };
  if (proof.index !== claims.index || !provesInclusion(claims, leafHashOf(leafText(entry)), proof.hashes))
    return found('its proof does not lead to the checkpoint');
  return { ...file, last: seq, entries: [...file.entries, entry] };
}

/** Concludes, once all lines were checked. */
export function concludeFile(file: FileWalk, anchors: Anchors): Verdict | Broken {
  if (file.of === 'ledger') return concludeWalk(file.walk, anchors);
  const [anchor, ...kept] = anchors.all;
  const last = file.entries.at(-1);
  if (!anchor || !last)
    return { kind: 'broken', reason: 'it proves nothing: it has no entry, or no checkpoint' };
  const { size, root, origin } = anchor.checkpoint;
  if (kept.some(({ checkpoint }) => checkpoint.size === size && !isSameHash(checkpoint.root, root)))
    return {
      kind: 'broken',
      reason: `two histories: ${origin} signed another checkpoint for its first ${size} entries`,
    };
  return {
    kind: anchor.witnesses.length === 0 ? 'unwitnessed' : 'witnessed',
    entries: file.entries.length,
    erased: file.entries.filter(({ kind }) => kind === 'erased').length,
    head: { seq: last.seq, hash: last.hash },
    anchor,
  };
}
