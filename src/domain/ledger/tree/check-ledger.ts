import {
  checkChain,
  type ErasedEntry,
  GENESIS,
  type Head,
  type LedgerEntry,
  type ReadEntry,
} from '../ledger.ts';
import { type Checkpoint, cosignedBy, parseCheckpoint } from './checkpoint.ts';
import { leafHashOf, leafText } from './leaf.ts';
import { EMPTY, type Frontier, grow, isSameHash, rootOf } from './merkle.ts';
import { isQuorum, type Policy } from './policy.ts';
import { signedBy, type VerifierKey } from './signed-note.ts';

/** An entry of which it is known what it was, and unless it was erased what it said. */
export type CheckedEntry = LedgerEntry | ErasedEntry;

/** A checkpoint that was found to be signed by the log's key. */
export interface Anchor {
  readonly kind: 'anchor';
  readonly checkpoint: Checkpoint;
  readonly note: string;
  /** The witnesses of the policy that cosigned it, and when, in seconds since the epoch. */
  readonly witnesses: readonly { readonly name: string; readonly time: number }[];
  /** Whether these are as many as the policy asks for. */
  readonly isQuorum: boolean;
}

/** Checkpoints that a ledger must agree with: that of the log first, where there is one, then those that somebody kept. */
export interface Anchors {
  readonly all: readonly Anchor[];
  readonly bySize: ReadonlyMap<number, readonly Anchor[]>;
}

export function toAnchors(all: readonly Anchor[]): Anchors {
  const bySize = new Map<number, Anchor[]>();
  for (const anchor of all) {
    const { size } = anchor.checkpoint;
    const others = bySize.get(size);
    if (others) others.push(anchor);
    else bySize.set(size, [anchor]);
  }
  return { all, bySize };
}

export interface Broken {
  readonly kind: 'broken';
  /** The place of the entry; undefined where it is about no single one. */
  readonly seq?: number;
  readonly reason: string;
}

const broken = (reason: string, seq?: number): Broken => ({
  kind: 'broken',
  reason,
  ...(seq === undefined ? {} : { seq }),
});

/**
 * Opens a checkpoint.
 *
 * @param logs the keys that may have signed it
 * @param policy whose cosignatures count
 */
export function openCheckpoint(
  note: string,
  logs: readonly VerifierKey[],
  policy: Pick<Policy, 'witnesses' | 'quorum'>,
): Anchor | Broken {
  const read = parseCheckpoint(note);
  if (read.kind === 'malformed') return broken(`the checkpoint cannot be read: ${read.reason}`);
  const { checkpoint } = read;
  const signatures = logs
    .filter(({ name }) => name === checkpoint.origin)
    .map((key) => signedBy(read.note, key));
  if (signatures.includes('forged')) return broken("the checkpoint's signature is not that of its log");
  if (!signatures.includes('signed'))
    return broken('the checkpoint is not signed by a key of the log that is trusted');
  const seen = policy.witnesses.map((key) => ({ key, ...cosignedBy(read.note, key) }));
  const forged = seen.find(({ kind }) => kind === 'forged');
  if (forged) return broken(`the cosignature of ${forged.key.name} is forged`);
  const cosigners = seen.filter(({ kind }) => kind === 'signed');
  return {
    kind: 'anchor',
    checkpoint,
    note,
    witnesses: cosigners.map(({ key, time }) => ({ name: key.name, time })),
    isQuorum: isQuorum(
      policy.quorum,
      cosigners.map(({ key }) => key),
    ),
  };
}

/** How far entries were checked, from the first one or from a checkpoint on. */
export interface Walk {
  readonly kind: 'walk';
  readonly head: Head;
  readonly tree: Frontier;
  readonly erased: number;
}

export const START: Walk = { kind: 'walk', head: GENESIS, tree: EMPTY, erased: 0 };

/** Checks one entry more, and the checkpoints that end with it. */
export function walkOn(walk: Walk, entry: ReadEntry, anchors: Anchors): Walk | Broken {
  const check = checkChain([entry], walk.head);
  if (check.kind === 'broken') return check;
  if (entry.kind === 'unreadable') return broken(entry.body.reason, entry.seq);
  const tree = grow(walk.tree, leafHashOf(leafText(entry)));
  const erased = walk.erased + (entry.kind === 'erased' ? 1 : 0);
  return whyNot(tree, anchors) ?? { kind: 'walk', head: check.head, tree, erased };
}

function whyNot(tree: Frontier, { bySize }: Anchors): Broken | undefined {
  const here = bySize.get(tree.size) ?? [];
  const other = here.find(({ checkpoint }) => !isSameHash(checkpoint.root, rootOf(tree)));
  return other && notThose(other.checkpoint);
}

export const notThose = ({ size, origin }: Checkpoint): Broken =>
  broken(`the first ${size} entries are not those of a checkpoint that ${origin} signed`);

export const tailCut = (entries: number, { size, origin }: Checkpoint): Broken =>
  broken(`it ends after ${entries} entries, and ${origin} signed ${size}: its tail was cut`);

/** What is known of a ledger that is not broken. */
export interface Verdict {
  readonly kind: 'unanchored' | 'unwitnessed' | 'witnessed';
  readonly entries: number;
  readonly erased: number;
  readonly head: Head;
  /** The largest checkpoint that it agrees with. */
  readonly anchor?: Anchor;
}

/** Concludes, once all entries were walked. */
export function concludeWalk({ head, tree, erased }: Walk, { all }: Anchors): Verdict | Broken {
  const cut = all.find(({ checkpoint }) => checkpoint.size > tree.size);
  if (cut) return tailCut(tree.size, cut.checkpoint);
  const anchor = all.toSorted((a, b) => b.checkpoint.size - a.checkpoint.size)[0];
  const result = { entries: tree.size, erased, head };
  if (anchor === undefined) return { kind: 'unanchored', ...result };
  return { kind: anchor.witnesses.length === 0 ? 'unwitnessed' : 'witnessed', ...result, anchor };
}

/** The words for a verdict. */
export function verdictWords({ kind, anchor }: Pick<Verdict, 'kind' | 'anchor'>): string {
  if (kind === 'unanchored') return 'unanchored';
  return kind === 'unwitnessed' ? 'consistent but unwitnessed' : `witnessed by ${anchor?.witnesses.length}`;
}
