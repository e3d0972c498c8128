import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCheckpoints } from '../../src/adapters/postgres/checkpoints.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import {
  consistencyProof,
  inclusionProof,
  readCheckpoint,
  type StoredCheckpoint,
} from '../../src/adapters/postgres/tree.ts';
import { chain, GENESIS, type LedgerEntry, withoutPayload } from '../../src/domain/ledger/ledger.ts';
import { parseCheckpoint } from '../../src/domain/ledger/tree/checkpoint.ts';
import { leafHashOf, leafText } from '../../src/domain/ledger/tree/leaf.ts';
import {
  EMPTY,
  grow,
  type Hash,
  provesConsistency,
  provesInclusion,
  rootOf,
} from '../../src/domain/ledger/tree/merkle.ts';
import { parseVkey, signedBy } from '../../src/domain/ledger/tree/signed-note.ts';
import { canonicalJson } from '../../src/domain/shared/digest.ts';
import { createStore, everything, execute, fact, facts, type Store, tamper } from './postgres-support.ts';

const SEED = new Uint8Array(32).fill(5);
const ORIGIN = 'storefront';
const NOW = 1_700_000_000_000;

let store: Store;
let database: Database;
let ledger: PostgresLedger;

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
  ledger = createLedger(database);
});

afterAll(() => store.remove());

beforeEach(() => store.clear());

const append = (count: number, prefix?: string) => Promise.all(facts(count, prefix).map(ledger.append));
const sign = (seed = SEED, pool: Pool = database.pool, now = NOW) =>
  createCheckpoints({ pool }, seed).sign(ORIGIN, now);

async function leaves(): Promise<Hash[]> {
  const entries = await everything(ledger);
  return entries.flatMap((entry) => (entry.kind === 'unreadable' ? [] : leafHashOf(leafText(entry))));
}

async function lastCheckpoint(): Promise<StoredCheckpoint> {
  const stored = await readCheckpoint(database.pool);
  if (!stored) throw new Error('there is no checkpoint');
  return stored;
}

/** What a stored checkpoint says, with its signature verified by the key that it names. */
function said({ note, vkey }: StoredCheckpoint) {
  const read = parseCheckpoint(note);
  const key = parseVkey(vkey);
  if (read.kind === 'malformed' || !key) throw new Error('it cannot be read');
  expect(signedBy(read.note, key)).toBe('signed');
  return read.checkpoint;
}

describe('a checkpoint', () => {
  test('is signed where there is something new, by the name of the installation, over all entries', async () => {
    expect(await sign()).toEqual({ kind: 'nothingNew', size: 0 });
    await append(3);
    expect(await sign()).toMatchObject({ kind: 'signed', size: 3, isWhole: true });
    expect(said(await lastCheckpoint())).toEqual({
      origin: ORIGIN,
      size: 3,
      root: rootOf((await leaves()).reduce(grow, EMPTY)),
    });
    expect(await sign()).toEqual({ kind: 'nothingNew', size: 3 });
  });

  test('goes on from each one before it, at the edges of tiles too, and each entry is proved to be in it', async () => {
    const heads: { size: number; root: Hash }[] = [];
    for (const [i, more] of [1, 254, 1, 1, 300, 255].entries()) {
      await append(more, `step-${i}`);
      expect((await sign()).kind).toBe('signed');
      heads.push(said(await lastCheckpoint()));
    }
    const hashes = await leaves();
    for (const [i, newer] of heads.entries()) {
      expect(newer.root).toEqual(rootOf(hashes.slice(0, newer.size).reduce(grow, EMPTY)));
      for (const older of heads.slice(0, i + 1)) {
        const proof = await consistencyProof(database.pool, older.size, newer.size);
        expect(provesConsistency(older, newer, proof)).toBe(true);
      }
      for (const seq of [1, 255, 256, 257, 512, 513, newer.size].filter((at) => at <= newer.size)) {
        const proof = await inclusionProof(database.pool, seq, newer.size);
        expect(provesInclusion({ index: seq - 1, ...newer }, hashes[seq - 1] ?? newer.root, proof)).toBe(
          true,
        );
      }
    }
  });

  test('covers an erased entry as it did before', async () => {
    await append(3);
    await sign();
    const before = await leaves();
    await execute(
      store.url,
      `begin; set local countersign.erases = 'payloads';
       update countersign_ledger set payload = null where seq = 2; commit`,
    );
    expect(await leaves()).toEqual(before);
    await append(1, 'later');
    expect(await sign()).toMatchObject({ kind: 'signed', size: 4 });
  });

  test('of a long ledger that was never signed is signed bit by bit, on all levels of tiles', async () => {
    await fill(66_000);
    expect(await sign()).toMatchObject({ kind: 'signed', size: 51_200, isWhole: false });
    const older = said(await lastCheckpoint());
    expect(await sign()).toMatchObject({ kind: 'signed', size: 66_000, isWhole: true });
    const newer = said(await lastCheckpoint());
    const proof = await consistencyProof(database.pool, older.size, newer.size);
    expect(provesConsistency(older, newer, proof)).toBe(true);
    const { rows } = await database.pool.query(
      'select level, count(*)::int from countersign_tiles group by level order by level',
    );
    expect(rows).toEqual([
      { level: 0, count: 257 },
      { level: 1, count: 1 },
    ]);
    expect(newer.root).toEqual(rootOf((await leaves()).reduce(grow, EMPTY)));
  }, 120_000);
});

describe('INVARIANT 9: what does not go on from the last checkpoint is never signed', () => {
  beforeEach(async () => {
    await append(300);
    await sign();
    await append(5, 'later');
  });

  test.each<[string, string, RegExp]>([
    ['an entry in a tile', `delete from countersign_ledger where seq = 256`, /gone/],
    ['an entry behind the last tile', changed(290), /not those of|cannot be read/],
    ['the row of one', `update countersign_ledger set kind = 'closed' where seq = 290`, /cannot be read/],
    ['an entry that is new', changed(303), /broken at entry 303/],
    ['the tail, beyond the checkpoint', 'delete from countersign_ledger where seq > 299', /lacks hashes/],
    [
      'a tile',
      `update countersign_tiles set root = decode(repeat('00', 32), 'hex')`,
      /not those of the checkpoint/,
    ],
  ])('where somebody changed %s', async (_, change, reason) => {
    await tamper(store.url, change);
    const attempt = await sign().catch((error: Error) => ({ kind: 'refused', reason: error.message }));
    expect(attempt).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect((await lastCheckpoint()).size).toBe(300);
  });

  test('where all was written anew, each hash right for the one before', async () => {
    const { kind } = await rewriteFrom(290);
    expect(kind).toBe('rewritten');
    expect(await sign()).toEqual({
      kind: 'refused',
      reason: 'the first 300 entries are not those of the checkpoint that was signed',
    });
  });

  test('and the database takes no second checkpoint of one size, and loses none', async () => {
    const insert = `insert into countersign_checkpoints values (300, 'another', 'x', 1)`;
    await expect(execute(store.urls.worker, insert)).rejects.toThrow('duplicate key');
    for (const statement of [
      'delete from countersign_checkpoints',
      `update countersign_checkpoints set note = ''`,
    ])
      await expect(execute(store.url, statement)).rejects.toThrow('append-only');
  });
});

describe('several workers, and one that dies', () => {
  test('at once they make one checkpoint of one size, also with another key', async () => {
    await append(300);
    const attempts = await Promise.all(
      [SEED, SEED, new Uint8Array(32).fill(6), SEED].map((seed) => sign(seed)),
    );
    expect(attempts.filter(({ kind }) => kind === 'signed')).toHaveLength(1);
    await append(300, 'more');
    await Promise.all([sign(), append(40, 'meanwhile'), sign(), sign(new Uint8Array(32).fill(6))]);
    expect((await sign()).kind).not.toBe('refused');
    await historiesAgree();
    expect((await lastCheckpoint()).size).toBe(640);
  });

  test.each([true, false])(
    'killed at any step, before it was done or after (%s), the next one goes on',
    async (isDone) => {
      await append(250);
      await sign();
      await append(520, 'more');
      let step = 1;
      for (; ; step += 1) {
        const attempt = await sign(SEED, dyingAt(step, isDone)).catch(() => 'killed');
        if (attempt !== 'killed') break;
        await append(1, `after-${step}`);
        await historiesAgree();
      }
      // Reads of the last checkpoint and of the tree under it, three pages of entries, tiles, the checkpoint.
      expect(step).toBeGreaterThan(8);
      expect((await sign()).kind).not.toBe('refused');
      const { size, root } = said(await lastCheckpoint());
      const hashes = await leaves();
      expect(size).toBe(hashes.length);
      expect(root).toEqual(rootOf(hashes.reduce(grow, EMPTY)));
    },
  );

  test.each([
    ['back', NOW - 40 * 24 * 3_600_000],
    ['back to before 1970', -1],
    ['forward', NOW + 40 * 24 * 3_600_000],
  ])('whose clock is set %s: what is signed goes on all the same, once for a size', async (_, then) => {
    await append(3);
    await sign();
    expect(await sign(SEED, database.pool, then)).toEqual({ kind: 'nothingNew', size: 3 });
    await append(2, 'more');
    const attempts = await Promise.all([sign(SEED, database.pool, then), sign()]);
    expect(attempts.filter(({ kind }) => kind === 'signed')).toHaveLength(1);
    await append(1, 'last');
    expect(await sign()).toMatchObject({ kind: 'signed', size: 6 });
    await historiesAgree();
  });

  /** Each checkpoint that was ever signed is of the ledger as it is now, and there is one for its size. */
  async function historiesAgree(): Promise<void> {
    const { rows } = await database.pool.query<StoredCheckpoint>(
      'select size::int, note, vkey from countersign_checkpoints order by size',
    );
    const hashes = await leaves();
    for (const row of rows) {
      const { size, root } = said(row);
      expect({ size, root }).toEqual({
        size: row.size,
        root: rootOf(hashes.slice(0, size).reduce(grow, EMPTY)),
      });
    }
    expect(new Set(rows.map(({ size }) => size)).size).toBe(rows.length);
  }

  /** The connections of a worker that is killed at its n-th query. */
  function dyingAt(step: number, isDone: boolean): Pool {
    let queries = 0;
    const query = async (...args: Parameters<Pool['query']>) => {
      queries += 1;
      if (queries === step && isDone) await database.pool.query(...args);
      if (queries >= step) throw new Error('killed');
      return database.pool.query(...args);
    };
    return { query } as unknown as Pool;
  }
});

function changed(seq: number): string {
  return `update countersign_ledger set entry = replace(entry, '"kind":"ruled"', '"kind":"closed"'), kind = 'closed'
    where seq = ${seq}`;
}

/** Writes the ledger anew from here on, as one with all rights can. */
async function rewriteFrom(seq: number): Promise<{ kind: 'rewritten' }> {
  const entries = await everything(ledger);
  let head = entries[seq - 2] ?? GENESIS;
  const statements: string[] = [];
  for (const { eventId, actionId, seq: at } of entries.slice(seq - 1)) {
    const forged = chain(head, { eventId, actionId, kind: 'ruled', at: 7, body: 'other' }, '00'.repeat(16));
    head = forged;
    statements.push(
      `update countersign_ledger set at = 7, previous_hash = '${forged.previousHash}', hash = '${forged.hash}',
         entry = '${canonicalJson(withoutPayload(forged))}', payload = '${payloadOf(forged)}' where seq = ${at}`,
    );
  }
  await tamper(store.url, statements.join(';'));
  return { kind: 'rewritten' };
}

const payloadOf = ({ body, salt }: LedgerEntry) => canonicalJson({ body, salt });

/** Fills the ledger faster than a writer does. */
async function fill(count: number): Promise<void> {
  let head = GENESIS;
  for (let from = 1; from <= count; from += 6_000) {
    const rows: string[] = [];
    for (let n = from; n < from + 6_000 && n <= count; n += 1) {
      const { eventId, actionId, kind, at } = fact(`a-${n}`);
      const entry = chain(head, { eventId, actionId, kind, at, body: n }, n.toString(16).padStart(32, '0'));
      head = entry;
      rows.push(
        `(${n}, '${eventId}', '${actionId}', '${kind}', ${at}, '${entry.previousHash}', '${entry.hash}',
          '${canonicalJson(withoutPayload(entry))}', '${payloadOf(entry)}')`,
      );
    }
    await tamper(store.url, `insert into countersign_ledger values ${rows.join(',')}`);
  }
}
