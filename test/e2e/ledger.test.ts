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

describe('ledger verify --since a checkpoint', () => {
  const since = (...more: string[]) => auditor.run(['ledger', 'verify', '--since', at('kept'), ...more]);
  /** A ledger of 560 entries, of which 300 are covered by a checkpoint that was kept. */
  beforeEach(async () => {
    await append(300);
    await sign();
    await writeFile(at('kept'), await note());
    await append(260, 'later');
    await sign();
  });

  test('reads the newer entries alone, and says on what the others rest', async () => {
    const text = await auditor.answer(['ledger', 'verify', '--since', at('kept')]);
    expect(text).toMatch(/^Intact: 260 new of 560 entries\.$/m);
    expect(text).toContain(
      'entries 1 to 300 rest on the checkpoint of storefront that you gave, and were not read again',
    );
    expect(text).toContain('Signed  the first 560 entries, by storefront');
    // It cannot find what it does not read: that is why it says so.
    await tamper(
      store.url,
      `update countersign_ledger set entry = replace(entry, 'ruled', 'closed') where seq = 20`,
    );
    expect(await auditor.json(['ledger', 'verify', '--since', at('kept')])).toMatchObject({
      kind: 'unwitnessed',
      entries: 560,
      notReadAgain: 300,
    });
    expect((await auditor.run(['ledger', 'verify'])).status).toBe(1);
  });

  test('also where nothing is new, and where the newest are in no checkpoint yet', async () => {
    await append(5, 'last');
    await writeFile(at('kept'), await note());
    expect((await since()).stdout).toContain('Intact: 5 new of 565 entries.');
    await sign();
    await writeFile(at('kept'), await note());
    expect((await since()).stdout).toContain('Intact: 0 new of 565 entries.');
  });

  test.each([
    [
      'a newer entry was changed',
      `update countersign_ledger set payload = '{}' where seq = 400`,
      /at entry 400/,
    ],
    [
      'the last one that it covers was changed',
      `update countersign_ledger set at = 7 where seq = 300`,
      /row 300/,
    ],
    [
      'the tail was cut',
      'truncate countersign_checkpoints, countersign_cosignatures; delete from countersign_ledger where seq > 250',
      /ends after 250 entries, and storefront signed 300/,
    ],
    [
      'hashes under it were changed',
      `update countersign_tiles set hashes = set_byte(hashes, 9, 9) where index = 0; update countersign_tiles set root = decode(repeat('00', 32), 'hex')`,
      /the first 300 entries are not those/,
    ],
    [
      'hashes under it are gone',
      'truncate countersign_tiles; delete from countersign_ledger where seq = 20',
      /lacks hashes/,
    ],
  ])('finds that %s', async (_, change, reason) => {
    await tamper(store.url, change);
    const { status, stdout } = await since('--policy', at('policy'));
    expect([status, stdout]).toEqual([1, expect.stringMatching(reason)]);
  });

  test('finds that an older checkpoint is of another ledger', async () => {
    const kept = await note();
    await store.clear();
    await append(20, 'another');
    await sign();
    await writeFile(at('older'), await note());
    await append(300);
    await sign();
    await writeFile(at('kept'), kept);
    expect((await since()).stdout).toMatch(/Broken/);
    await writeFile(at('kept'), await note());
    expect((await since('--checkpoint', at('older'))).stdout).toMatch(/Intact/);
    await writeFile(at('older'), kept.replace(/^560$/m, '19'));
    expect((await since('--checkpoint', at('older'))).stderr).toMatch(/not that of its log/);
  });

  test('takes one checkpoint, and a head as it did', async () => {
    await writeFile(at('many'), `${await readFile(at('kept'), 'utf8')}\n${await note()}`);
    await auditor.expectRefused(2, /many has 2 checkpoints, and --since begins at one/, [
      'ledger',
      'verify',
      '--since',
      at('many'),
    ]);
    await auditor.expectRefused(2, /cannot be read/, ['ledger', 'verify', '--since', at('nowhere')]);
    await auditor.expectRefused(2, /Name a file with a checkpoint, or write the head/, [
      'ledger',
      'verify',
      '--since',
      '12:xyz',
    ]);
    // All that were appended to a file are held against the ledger.
    expect((await auditor.run(['ledger', 'verify', '--checkpoint', at('many')])).status).toBe(0);
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
