import type { Pool } from 'pg';
import type { Checkpoints, SignedCheckpoint } from '../../activities/ports/checkpoints.ts';
import { checkChain, GENESIS, type Head } from '../../domain/ledger/ledger.ts';
import { parseCheckpoint, signCheckpoint } from '../../domain/ledger/tree/checkpoint.ts';
import { leafHashOf, leafText } from '../../domain/ledger/tree/leaf.ts';
import { type Frontier, grow, type Hash, isSameHash, rootOf } from '../../domain/ledger/tree/merkle.ts';
import { ED25519, type SignerKey, verifierOf, vkeyOf } from '../../domain/ledger/tree/signed-note.ts';
import {
  frontierOf,
  newFullTiles,
  type ReadHashes,
  rootOver,
  rootOverRange,
  TILE_WIDTH,
} from '../../domain/ledger/tree/tiles.ts';
import type { Database } from './database.ts';
import { NotAsWritten, readEntries, readEntryOf } from './rows.ts';
import { consistencyProof, readCheckpoint, readHashesWith, readTiled } from './tree.ts';

/** How many tiles one attempt adds at most: some seconds of work. A ledger from before there were checkpoints is signed bit by bit. */
const MOST_TILES = 200;

/** Signs checkpoints of the ledger in PostgreSQL. @param seed the 32 bytes of the log's Ed25519 key */
export function createCheckpoints({ pool }: Pick<Database, 'pool'>, seed: Uint8Array): Checkpoints {
  const read = readHashesWith(pool);

  async function sign(origin: string, now: number): Promise<SignedCheckpoint> {
    const last = await readCheckpoint(pool);
    const objection = last && (await whyNotOn(last.note, read));
    if (objection !== undefined) return { kind: 'refused', reason: objection };
    const grown = await orRefused(growTree(pool, read));
    if (grown.kind === 'refused') return grown;
    const { size } = grown.tree;
    if (size === (last?.size ?? 0)) return { kind: 'nothingNew', size };
    const key: SignerKey = { name: origin, seed };
    const note = signCheckpoint({ origin, size, root: rootOf(grown.tree) }, key);
    const stored = await store(pool, { size, note, vkey: vkeyOf(verifierOf(key, ED25519)), now });
    return stored ? { kind: 'signed', size, note, isWhole: grown.isWhole } : { kind: 'nothingNew', size };
  }

  return {
    sign,

    newest: async () => {
      const { rows } = await pool.query<{ size: string; note: string }>(
        'select size, note from countersign_checkpoints order by size desc limit 1',
      );
      const [row] = rows;
      return row && { size: Number(row.size), note: row.note };
    },

    cosigned: () => readCheckpoint(pool),

    firstAfter: async (size) => {
      const { rows } = await pool.query<{ size: string; signed_at: string }>(
        'select size, signed_at from countersign_checkpoints where size > $1 order by size limit 1',
        [size],
      );
      const [row] = rows;
      return row && { size: Number(row.size), signedAt: Number(row.signed_at) };
    },

    consistency: (old, size) => consistencyProof(pool, old, size),

    seenBy: async (witness) => {
      const { rows } = await pool.query<{ size: string | null }>(
        'select max(size) as size from countersign_cosignatures where witness = $1',
        [vkeyOf(witness)],
      );
      return Number(rows[0]?.size ?? 0);
    },

    keepCosignature: async (size, witness, line) => {
      await pool.query(
        'insert into countersign_cosignatures (size, witness, line) values ($1, $2, $3) on conflict do nothing',
        [size, vkeyOf(witness), line],
      );
    },
  };
}

/**
 * Keeps a checkpoint, and only then it is shown to anybody. Another worker may have signed one meanwhile: then that one stands.
 *
 * @returns whether this one stands
 */
async function store(
  pool: Pool,
  { size, note, vkey, now }: { size: number; note: string; vkey: string; now: number },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into countersign_checkpoints (size, note, vkey, signed_at)
     select $1, $2, $3, $4 where not exists (select from countersign_checkpoints where size > $1)
     on conflict (size) do nothing`,
    [size, note, vkey, now],
  );
  return rowCount === 1;
}

/** Why the ledger does not go on from its last checkpoint. Undefined: it does. */
async function whyNotOn(note: string, read: ReadHashes): Promise<string | undefined> {
  const last = parseCheckpoint(note);
  if (last.kind === 'malformed') return `the last checkpoint cannot be read: ${last.reason}`;
  const { size, root } = last.checkpoint;
  try {
    const rootNow = await rootOverRange({ from: 0, to: size }, read);
    return isSameHash(rootNow, root)
      ? undefined
      : `the first ${size} entries are not those of the checkpoint that was signed`;
  } catch (error) {
    // A database that is away says nothing about the ledger, and nobody is to be told that it was changed.
    if (!(error instanceof NotAsWritten)) throw error;
    return `the first ${size} entries cannot be read as they were signed: ${error.message}`;
  }
}

const orRefused = (growing: Promise<Grown>): Promise<Grown> =>
  growing.catch((error): Grown => {
    if (!(error instanceof NotAsWritten)) throw error;
    return { kind: 'refused', reason: error.message };
  });

type Grown =
  | { readonly kind: 'grown'; readonly tree: Frontier; readonly isWhole: boolean }
  | Extract<SignedCheckpoint, { kind: 'refused' }>;

/**
 * The tree over the ledger. What is in full tiles is not read again; each page of entries after them makes a tile, and the last one what is
 * left. The chain is checked on the way, because nothing that is broken is signed.
 */
async function growTree(pool: Pool, read: ReadHashes): Promise<Grown> {
  const tiled = await readTiled(pool);
  let tree = await frontierOf(tiled, read);
  let head = await headAt(pool, tiled);
  for (let tiles = 0; tiles < MOST_TILES; tiles += 1) {
    const rows = await readEntries(pool, 'where seq > $1 order by seq limit $2', [head.seq, TILE_WIDTH]);
    const entries = rows.map(readEntryOf);
    const check = checkChain(entries, head);
    if (check.kind === 'broken')
      return { kind: 'refused', reason: `the ledger is broken at entry ${check.seq}: ${check.reason}` };
    const leaves = entries.flatMap((entry) =>
      entry.kind === 'unreadable' ? [] : leafHashOf(leafText(entry)),
    );
    const before = tree.size;
    tree = leaves.reduce(grow, tree);
    head = check.head;
    if (leaves.length < TILE_WIDTH) return { kind: 'grown', tree, isWhole: true };
    await saveTiles(pool, before, leaves, read);
  }
  return { kind: 'grown', tree, isWhole: false };
}

async function headAt(pool: Pool, seq: number): Promise<Head> {
  if (seq === 0) return GENESIS;
  const [row] = await readEntries(pool, 'where seq = $1', [seq]);
  if (!row) throw new NotAsWritten(`entry ${seq} of the ledger is gone: a tile has its hash`);
  return { seq, hash: row.hash };
}

/** Saves the tile of these leaves, and each tile above that it makes full. Written again, a tile is the same one. */
async function saveTiles(
  pool: Pool,
  before: number,
  leaves: readonly Hash[],
  read: ReadHashes,
): Promise<void> {
  for (const { level, index } of newFullTiles(before, before + leaves.length)) {
    const hashes = level === 0 ? leaves : await read(level, index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    await pool.query(
      `insert into countersign_tiles (level, index, hashes, root) values ($1, $2, $3, $4) on conflict do nothing`,
      [level, index, Buffer.concat(hashes), Buffer.from(rootOver(hashes))],
    );
  }
}
