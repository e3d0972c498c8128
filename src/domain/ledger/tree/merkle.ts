import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array());

const prefixed = (prefix: number, ...parts: readonly Uint8Array[]): Hash =>
  sha256(concatBytes(Uint8Array.of(prefix), ...parts));

/** The hash of a leaf (RFC 6962, section 2.1). */
export const leafHash = (data: Uint8Array): Hash => prefixed(0, data);

/** The hash of the node above these two. */
export const nodeHash = (left: Hash, right: Hash): Hash => prefixed(1, left, right);

export const isSameHash = (one: Hash, other: Hash): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);

/** A tree as far as it is needed to add to it: the roots of its perfect subtrees, the largest first. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Hash[];
}

export const EMPTY: Frontier = { size: 0, roots: [] };

/** Adds one leaf. */
export function grow({ size, roots }: Frontier, leaf: Hash): Frontier {
  const left = [...roots];
  let right = leaf;
  // Each bit that is set is a perfect subtree; the lowest ones that follow each other become one with the new leaf.
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2))
    right = nodeHash(left.pop() ?? right, right);
  return { size: size + 1, roots: [...left, right] };
}

/** The root of a tree (RFC 9162, section 2.1.1). */
export const rootOf = ({ roots }: Frontier): Hash =>
  roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => nodeHash(left, right));

/** The leaves from one place up to before another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The ranges whose roots prove that the leaf at this place is in a tree of this size (RFC 9162, section 2.1.3), the lowest first. */
export function inclusionRanges(index: number, size: number): Range[] {
  if (index >= size) throw new RangeError(`a tree of ${size} leaves has none at ${index}`);
  const ranges: Range[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      ranges.unshift({ from: middle, to });
      to = middle;
    } else {
      ranges.unshift({ from, to: middle });
      from = middle;
    }
  }
  return ranges;
}

/** The ranges whose roots prove that a tree of `size` begins with one of `old` leaves (RFC 9162, section 2.1.4). */
export function consistencyRanges(old: number, size: number): Range[] {
  if (old > size) throw new RangeError(`a tree of ${size} leaves does not begin with one of ${old}`);
  if (old === 0 || old === size) return [];
  const ranges: Range[] = [];
  let from = 0;
  let to = size;
  // The range that ends at `old` is known to the verifier where it is the whole of the old tree.
  while (to !== old) {
    const middle = from + splitOf(to - from);
    if (old <= middle) {
      ranges.unshift({ from: middle, to });
      to = middle;
    } else {
      ranges.unshift({ from, to: middle });
      from = middle;
    }
  }
  return from === 0 ? ranges : [{ from, to }, ...ranges];
}

/** The largest power of two that is smaller than this number of leaves. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** The perfect subtrees that a range consists of, the largest first. The range begins at a multiple of its size, rounded up to a power of two. */
export function perfectRanges({ from, to }: Range): Range[] {
  const ranges: Range[] = [];
  for (let at = from; at < to; ) {
    let width = 1;
    while (width * 2 <= to - at) width *= 2;
    ranges.push({ from: at, to: at + width });
    at += width;
  }
  return ranges;
}

/** Whether a proof shows that a tree with this root has this leaf there (RFC 9162, section 2.1.3.2). */
export function provesInclusion(
  { index, size, root }: { readonly index: number; readonly size: number; readonly root: Hash },
  leaf: Hash,
  proof: readonly Hash[],
): boolean {
  if (index >= size) return false;
  let at = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      [at, last] = upFrom(at, last);
    } else {
      hash = nodeHash(hash, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && isSameHash(hash, root);
}

export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/** Whether a proof shows that the newer tree begins with all of the older one (RFC 9162, section 2.1.4.2). */
export function provesConsistency(older: TreeHead, newer: TreeHead, proof: readonly Hash[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && isSameHash(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && isSameHash(older.root, EMPTY_ROOT);
  const [first, ...others] = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let at = older.size - 1;
  let last = newer.size - 1;
  while (at % 2 === 1) {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  let [olderRoot, newerRoot] = [first, first];
  for (const hash of others) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      olderRoot = nodeHash(hash, olderRoot);
      newerRoot = nodeHash(hash, newerRoot);
      [at, last] = upFrom(at, last);
    } else {
      newerRoot = nodeHash(newerRoot, hash);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && isSameHash(olderRoot, older.root) && isSameHash(newerRoot, newer.root);
}

/** Goes up where a node has no sibling: from the last one of a level, which is a left one, to the first level where it is a right one. */
function upFrom(at: number, last: number): [at: number, last: number] {
  let [place, end] = [at, last];
  while (place % 2 === 0 && place !== 0) {
    place = Math.floor(place / 2);
    end = Math.floor(end / 2);
  }
  return [place, end];
}

const isPowerOfTwo = (count: number): boolean => Number.isInteger(Math.log2(count));
