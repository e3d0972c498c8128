import { EMPTY, type Frontier, grow, type Hash, perfectRanges, type Range, rootOf } from './merkle.ts';

/** How many hashes a full tile has: 2 to the height of a tile, which C2SP tlog-tiles fixes at 8. */
export const TILE_WIDTH = 256;
const HASH_LENGTH = 32;

/** One tile. The hashes of level 0 are those of leaves; each hash of a level above is the root of a full tile of the level below. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
  /** 1 to 256 hashes. */
  readonly width: number;
}

/** How many hashes a tile has in a tree of this size; 0 where it has no such tile. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The full tiles that a tree has beyond those of a smaller one, the lowest level first. */
export function newFullTiles(from: number, to: number): TilePlace[] {
  const tiles: TilePlace[] = [];
  for (let level = 0; TILE_WIDTH ** (level + 1) <= to; level += 1) {
    const span = TILE_WIDTH ** (level + 1);
    for (let index = Math.floor(from / span); index < Math.floor(to / span); index += 1)
      tiles.push({ level, index, width: TILE_WIDTH });
  }
  return tiles;
}

/** The path of a tile below the prefix of the log, for example `tile/0/x001/067.p/12`. @param kind a level, or `entries` */
export function tilePath(kind: number | 'entries', index: number, width = TILE_WIDTH): string {
  const groups = [String(index % 1_000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000))
    groups.unshift(`x${String(rest % 1_000).padStart(3, '0')}`);
  return `tile/${kind}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const PATH = /^tile\/(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The tile, or the bundle of entries, that a path names. Undefined: it names none. */
export function parseTilePath(
  path: string,
): { readonly kind: number | 'entries'; readonly index: number; readonly width: number } | undefined {
  const [, kind, groups, partial] = PATH.exec(path) ?? [];
  if (kind === undefined || groups === undefined) return undefined;
  const index = Number(groups.replace(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const of = kind === 'entries' ? kind : Number(kind);
  // The one way to write it: no leading group of zeros, and no partial tile as wide as a full one.
  return tilePath(of, index, width) === path ? { kind: of, index, width } : undefined;
}

export function hashesIn(tile: Uint8Array): Hash[] {
  return Array.from({ length: tile.length / HASH_LENGTH }, (_, i) =>
    tile.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH),
  );
}

/** The root over hashes of one level. */
export const rootOver = (hashes: readonly Hash[]): Hash => rootOf(hashes.reduce(grow, EMPTY));

/** The hashes of one level in the order of the tree, from one up to before another. */
export type ReadHashes = (level: number, from: number, to: number) => Promise<readonly Hash[]>;

/**
 * The root over a range of leaves, read from tiles. The range is one of a proof, or begins with the tree.
 *
 * A perfect subtree of 2^k leaves is 2^(k % 8) neighbours on the level k / 8 of tiles.
 */
export async function rootOverRange(range: Range, read: ReadHashes): Promise<Hash> {
  return rootOf({ size: range.to - range.from, roots: await perfectRoots(range, read) });
}

/** A tree of this size as far as it is needed to add to it, read from tiles. */
export async function frontierOf(size: number, read: ReadHashes): Promise<Frontier> {
  return { size, roots: await perfectRoots({ from: 0, to: size }, read) };
}

const perfectRoots = (range: Range, read: ReadHashes): Promise<Hash[]> =>
  Promise.all(
    perfectRanges(range).map(async ({ from, to }) => {
      const level = Math.floor(Math.log2(to - from) / Math.log2(TILE_WIDTH));
      const span = TILE_WIDTH ** level;
      return rootOver(await read(level, from / span, to / span));
    }),
  );

/** A bundle of entries (C2SP tlog-tiles): each with its length before it, as two bytes. */
export function bundleOf(leaves: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(leaves.reduce((length, leaf) => length + 2 + leaf.length, 0));
  let at = 0;
  for (const leaf of leaves) {
    bundle.set([leaf.length >> 8, leaf.length & 0xff], at);
    bundle.set(leaf, at + 2);
    at += 2 + leaf.length;
  }
  return bundle;
}
