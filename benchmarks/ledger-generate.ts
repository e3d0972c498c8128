import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { ClientBase } from 'pg';
import { readHead } from '../src/adapters/postgres/rows.ts';
import { readHashesWith } from '../src/adapters/postgres/tree.ts';
import type { Report as Progress } from '../src/dev/progress.ts';
import type { Hash } from '../src/domain/ledger/tree/merkle.ts';
import { rootOver, TILE_WIDTH } from '../src/domain/ledger/tree/tiles.ts';

/** How many entries one file for COPY has. */
const BATCH = 200_000;

/** The facts of one generated action, in their order. */
const KINDS = ['ruled', 'told', 'settled', 'admitted', 'executed', 'measured', 'verdict', 'closed'] as const;

export const entriesPerAction = KINDS.length;

const FIRST_AT = Date.UTC(2026, 0, 1);
const SECOND = 1_000;

export const generatedAction = (number: number): string =>
  `load-agent.job-${String(number).padStart(9, '0')}`;

/**
 * Adds entries until the ledger has so many: each with a salted commitment, its hash and the hash of the one before, as the product writes them.
 * They are made here, because the product's own way is made for one entry at a time. `ledger verify` finds out whether they are right.
 *
 * @param file begins the names of the files that the server reads each part from
 * @param withTiles also makes the full tiles over them, so that signing has little left to do. All before must have been signed.
 */
export async function generateEntries(
  client: ClientBase,
  count: number,
  file: string,
  withTiles: boolean,
  progress: Progress,
): Promise<void> {
  let head = await readHead(client);
  const tiles = withTiles ? await tilesFrom(client, head.seq) : undefined;
  while (head.seq < count) {
    const last = Math.min(head.seq + BATCH, count);
    const out = createWriteStream(file, { mode: 0o644 });
    let { seq, hash } = head;
    while (seq < last) {
      const lines: string[] = [];
      for (let i = 0; i < 1_000 && seq < last; i += 1) {
        const row = rowAfter(seq, hash);
        lines.push(row.line);
        tiles?.add(row.leaf);
        ({ seq, hash } = row);
      }
      if (!out.write(lines.join(''))) await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
    await writeFile(`${file}.tiles`, tiles?.taken() ?? '', { mode: 0o644 });
    await client.query('begin');
    await client.query(
      `copy countersign_ledger (seq, event_id, action_id, kind, at, previous_hash, hash, entry, payload) from '${file}'`,
    );
    await client.query(`copy countersign_tiles (level, index, hashes, root) from '${file}.tiles'`);
    await client.query('commit');
    head = { seq, hash };
    progress(`${seq} of ${count} entries`);
  }
}

/** The tiles over a tree of this size, as far as they are needed to add to them. */
async function tilesFrom(client: ClientBase, size: number) {
  const read = readHashesWith(client);
  /** By level: the hashes of the tile that is not full yet, and how many are full. */
  const open: { hashes: Hash[]; full: number }[] = [];
  let lines: string[] = [];
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) {
    const full = Math.floor(size / TILE_WIDTH ** (level + 1));
    const from = full * TILE_WIDTH;
    open.push({ hashes: [...(await read(level, from, Math.floor(size / TILE_WIDTH ** level)))], full });
  }

  function add(hash: Hash, level = 0): void {
    const tile = open[level] ?? { hashes: [], full: 0 };
    open[level] = tile;
    tile.hashes.push(hash);
    if (tile.hashes.length < TILE_WIDTH) return;
    const root = rootOver(tile.hashes);
    const hex = [Buffer.concat(tile.hashes), Buffer.from(root)].map(
      (bytes) => `\\\\x${bytes.toString('hex')}`,
    );
    lines.push(`${[level, tile.full, ...hex].join('\t')}\n`);
    tile.hashes = [];
    tile.full += 1;
    add(root, level + 1);
  }

  return {
    add,
    /** The lines of COPY for the tiles that became full since the last time. */
    taken: () => {
      const text = lines.join('');
      lines = [];
      return text;
    },
  };
}

/** The line of COPY for the next entry. Nothing in it has to be escaped: neither for COPY nor in JSON. */
function rowAfter(
  before: number,
  previousHash: string,
): { seq: number; hash: string; leaf: Hash; line: string } {
  const seq = before + 1;
  const kind = KINDS[before % KINDS.length] ?? 'ruled';
  const actionId = generatedAction(Math.floor(before / KINDS.length) + 1);
  const eventId = `${actionId}/0197a3c2-5d11-7b30-9f6e-6a1d2c3b4e5f/${kind}`;
  const at = FIRST_AT + before * SECOND;
  const salt = seq.toString(16).padStart(32, '0');
  const body = `{"detail":"${DETAIL}","n":${seq}}`;
  const commitment = createHash('sha256').update(Buffer.from(salt, 'hex')).update(body).digest('hex');
  const first = `{"actionId":"${actionId}","at":${at},"commitment":"${commitment}","eventId":"${eventId}",`;
  const rest = `"kind":"${kind}","previousHash":"${previousHash}","seq":${seq}}`;
  const hash = createHash('sha256').update(first).update(rest).digest('hex');
  const entry = `${first}"hash":"${hash}",${rest}`;
  const payload = `{"body":${body},"salt":"${salt}"}`;
  const fields = [seq, eventId, actionId, kind, at, previousHash, hash, entry, payload];
  const leaf = createHash('sha256').update(Uint8Array.of(0)).update(entry).digest();
  return { seq, hash, leaf, line: `${fields.join('\t')}\n` };
}

/** What an entry says, some 300 bytes: a third of what those of a real action say. */
const DETAIL = 'six measurements within their limits; '.repeat(8).trimEnd();
