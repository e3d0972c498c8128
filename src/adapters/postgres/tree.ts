import type { ClientBase, Pool } from 'pg';
import { leafHashOf, leafText } from '../../domain/ledger/tree/leaf.ts';
import {
  consistencyRanges,
  type Hash,
  inclusionRanges,
  type Range,
} from '../../domain/ledger/tree/merkle.ts';
import { hashesIn, type ReadHashes, rootOverRange, TILE_WIDTH } from '../../domain/ledger/tree/tiles.ts';
import { entryOf, NotAsWritten, readEntries } from './rows.ts';

export interface StoredCheckpoint {
  readonly size: number;
  /** As the log signed it, with the cosignatures that came since. */
  readonly note: string;
  /** The verifier key that signed it. */
  readonly vkey: string;
}

/** The newest checkpoint. @param upTo the most entries that it may cover */
export async function readCheckpoint(
  client: ClientBase | Pool,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<StoredCheckpoint | undefined> {
  const { rows } = await client.query<{ size: string; note: string; vkey: string; lines: string | null }>(
    `select size, note, vkey,
       (select string_agg(line, '' order by witness) from countersign_cosignatures c where c.size = p.size) as lines
     from countersign_checkpoints p where size <= $1 order by size desc limit 1`,
    [upTo],
  );
  const [row] = rows;
  return row && { size: Number(row.size), note: row.note + (row.lines ?? ''), vkey: row.vkey };
}

/** How many entries are in full tiles. */
export async function readTiled(client: ClientBase | Pool): Promise<number> {
  const { rows } = await client.query<{ index: string }>(
    'select index from countersign_tiles where level = 0 order by index desc limit 1',
  );
  return rows[0] === undefined ? 0 : (Number(rows[0].index) + 1) * TILE_WIDTH;
}

/**
 * Reads hashes of the tree from tiles, and those of leaves that are in no full tile yet from their entries. It throws `NotAsWritten` where they are
 * gone or were changed.
 */
export const readHashesWith =
  (client: ClientBase | Pool): ReadHashes =>
  async (level, from, to) => {
    const hashes =
      level === 0 ? await leavesOf(client, from, to) : await rootsOf(client, level - 1, from, to);
    if (hashes.length !== to - from)
      throw new NotAsWritten(`the tree of the ledger lacks hashes from ${from} to ${to} on level ${level}`);
    return hashes;
  };

async function rootsOf(client: ClientBase | Pool, level: number, from: number, to: number): Promise<Hash[]> {
  const { rows } = await client.query<{ root: Buffer }>(
    'select root from countersign_tiles where level = $1 and index >= $2 and index < $3 order by index',
    [level, from, to],
  );
  return rows.map(({ root }) => new Uint8Array(root));
}

/** Those of one tile: no range that a tree is made of reaches over two. */
async function leavesOf(client: ClientBase | Pool, from: number, to: number): Promise<Hash[]> {
  const index = Math.floor(from / TILE_WIDTH);
  const { rows } = await client.query<{ hashes: Buffer }>(
    'select hashes from countersign_tiles where level = 0 and index = $1',
    [index],
  );
  const start = index * TILE_WIDTH;
  if (rows[0] !== undefined) return hashesIn(new Uint8Array(rows[0].hashes)).slice(from - start, to - start);
  const entries = await readEntries(client, 'where seq > $1 and seq <= $2 order by seq', [from, to]);
  return entries.map((row) => leafHashOf(leafText(entryOf(row))));
}

/** The proof that the entry with this `seq` is in the tree of this size. */
export const inclusionProof = (client: ClientBase | Pool, seq: number, size: number): Promise<Hash[]> =>
  inclusionProver(client, size)(seq);

/** Proves of many entries that they are in the tree of this size. What several proofs have in common is read and hashed once. */
export function inclusionProver(client: ClientBase | Pool, size: number): (seq: number) => Promise<Hash[]> {
  const read = readHashesWith(client);
  const roots = new Map<string, Promise<Hash>>();
  const rootOnce = (range: Range): Promise<Hash> => {
    const name = `${range.from}-${range.to}`;
    const root = roots.get(name) ?? rootOverRange(range, read);
    roots.set(name, root);
    return root;
  };
  return (seq) => Promise.all(inclusionRanges(seq - 1, size).map(rootOnce));
}

/** The proof that the tree of this size begins with the one of an older size. */
export const consistencyProof = (client: ClientBase | Pool, old: number, size: number): Promise<Hash[]> =>
  Promise.all(consistencyRanges(old, size).map((range) => rootOverRange(range, readHashesWith(client))));
