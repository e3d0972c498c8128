import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCheckpoints } from '../../src/adapters/postgres/checkpoints.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { readCheckpoint } from '../../src/adapters/postgres/tree.ts';
import { cosign, parseCheckpoint } from '../../src/domain/ledger/tree/checkpoint.ts';
import { createStore, execute, fact, facts, type Store, tamper } from '../adapters/postgres-support.ts';
import { LOG, POLICY, WITNESSES } from '../tools/ledger-files.ts';
import { Cli } from './cli.ts';

let store: Store;
let database: Database;
let auditor: Cli;
let folder: string;
const offline = new Cli(() => ({}));

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
  auditor = new Cli(() => ({ COUNTERSIGN_DATABASE_URL: store.urls.auditor }));
});
afterAll(() => store.remove());

beforeEach(async () => {
  await store.clear();
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  await writeFile(at('policy'), POLICY);
  return () => rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const append = (count: number, prefix?: string) =>
  Promise.all(facts(count, prefix).map(createLedger(database).append));
const sign = () => createCheckpoints(database, LOG.seed).sign(LOG.name, 1_700_000_000_000);

async function note(): Promise<string> {
  const stored = await readCheckpoint(database.pool);
  if (!stored) throw new Error('there is no checkpoint');
  return stored.note;
}

/** Has witnesses see the newest checkpoint. */
async function witnessed(count: number): Promise<void> {
  const read = parseCheckpoint(await note());
  if (read.kind === 'malformed') throw new Error(read.reason);
  for (const witness of WITNESSES.slice(0, count))
    await database.pool.query('insert into countersign_cosignatures values ($1, $2, $3)', [
      read.checkpoint.size,
      witness.name,
      cosign(read.note, witness, 1_773_500_100),
    ]);
}

describe('ledger verify says what the ledger is worth', () => {
  const verdict = async (...more: string[]) =>
    /^Verdict (.*)$/m.exec((await auditor.run(['ledger', 'verify', ...more])).stdout)?.[1];

  test('unanchored, then consistent but unwitnessed, then witnessed by as many as the policy knows', async () => {
    await append(30);
    expect(await verdict()).toBe('unanchored');
    await sign();
    await append(2, 'later');
    expect(await verdict()).toBe('consistent but unwitnessed');
    await witnessed(2);
    expect(await verdict('--policy', at('policy'))).toBe('witnessed by 2');
    // Whom nobody named is no witness.
    expect(await verdict()).toBe('consistent but unwitnessed');
    const text = await auditor.answer(['ledger', 'verify', '--policy', at('policy')]);
    expect(text).toContain('Signed  the first 30 entries, by storefront; 2 came after it');
    expect(text).toContain('Seen    by witness-1.example at 2026-03-14T');
  });

  test('and exits with 1 where fewer saw it than the policy asks for', async () => {
    await append(3);
    await sign();
    await witnessed(1);
    const { status, stdout } = await auditor.run(['ledger', 'verify', '--policy', at('policy')]);
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining('Fewer witnesses saw it than the policy asks for.'),
    ]);
  });

  test('a kept checkpoint finds a tail that was cut with its checkpoints', async () => {
    await append(30);
    await sign();
    await writeFile(at('kept'), await note());
    await tamper(
      store.url,
      'delete from countersign_ledger where seq > 20; truncate countersign_checkpoints, countersign_cosignatures',
    );
    // By itself it is intact.
    expect(await auditor.json(['ledger', 'verify'])).toMatchObject({ kind: 'unanchored', entries: 20 });
    expect(
      await auditor.run(['ledger', 'verify', '--policy', at('policy'), '--checkpoint', at('kept')]),
    ).toEqual({
      status: 1,
      stderr: '',
      stdout: 'Broken: it ends after 20 entries, and storefront signed 30: its tail was cut\n',
    });
  });

  test('a policy that cannot be read, and a checkpoint that is none, are wrong use', async () => {
    await append(1);
    await writeFile(at('bad'), 'quorum nobody\n');
    await auditor.expectRefused(2, /bad, line 1: a quorum is "quorum NAME"/, [
      'ledger',
      'verify',
      '--policy',
      at('bad'),
    ]);
    await auditor.expectRefused(2, /bad: the checkpoint cannot be read/, [
      'ledger',
      'verify',
      '--checkpoint',
      at('bad'),
    ]);
    await auditor.expectRefused(2, /nowhere cannot be read/, ['ledger', 'verify', '--policy', at('nowhere')]);
  });
});

describe('a file that is checked without network and database', () => {
  test('of the whole ledger, and of one action, also where something was erased', async () => {
    await append(300);
    await sign();
    await execute(
      store.url,
      `begin; set local countersign.erases = 'payloads';
       update countersign_ledger set payload = null where seq = 7; commit`,
    );
    await auditor.answer(['ledger', 'export', '--out', at('ledger.jsonl')]);
    expect(
      await offline
        .json(['ledger', 'check', at('ledger.jsonl'), '--policy', at('policy')])
        .catch(() => 'too few'),
    ).toBe('too few');
    expect(await offline.json(['ledger', 'check', at('ledger.jsonl')])).toMatchObject({
      kind: 'unwitnessed',
      entries: 300,
      erased: 1,
    });
    await auditor.answer(['ledger', 'prove', 'action-7', '--out', at('proof.jsonl')]);
    const text = await offline.answer(['ledger', 'check', at('proof.jsonl')]);
    expect(text).toContain(
      'Intact: 1 entry about action-7 is in the ledger; what 1 of them said was erased.',
    );
    expect(await readFile(at('proof.jsonl'), 'utf8')).not.toContain('quoted');
  });

  test('is never written over another, and not written of what is not there or not signed', async () => {
    await append(1);
    await auditor.expectRefused(2, /entry 1 is in no checkpoint yet/, [
      'ledger',
      'prove',
      'action-1',
      '--out',
      at('p'),
    ]);
    await sign();
    await auditor.expectRefused(2, /the ledger has no entry about other/, [
      'ledger',
      'prove',
      'other',
      '--out',
      at('p'),
    ]);
    await auditor.answer(['ledger', 'prove', 'action-1', '--out', at('p')]);
    await auditor.expectRefused(2, /p cannot be written: EEXIST/, ['ledger', 'export', '--out', at('p')]);
    await offline.expectRefused(2, /policy is no file of "ledger export"/, ['ledger', 'check', at('policy')]);
    await offline.expectRefused(2, /nothing cannot be read/, ['ledger', 'check', at('nothing')]);
  });

  test('has every line end of Unicode that an agent wrote', async () => {
    const ledger = createLedger(database);
    await ledger.append(fact('one', { body: { odd: 'a\u2028b\u2029c\u0085d\r\ne' } }));
    await sign();
    await auditor.answer(['ledger', 'prove', 'one', '--out', at('odd')]);
    expect(await offline.json(['ledger', 'check', at('odd')])).toMatchObject({
      kind: 'unwitnessed',
      entries: 1,
    });
  });
});
