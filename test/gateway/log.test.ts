import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { createCheckpoints } from '../../src/adapters/postgres/checkpoints.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { connect } from '../../src/client/index.ts';
import type { ReadEntry } from '../../src/domain/ledger/ledger.ts';
import { leafText } from '../../src/domain/ledger/tree/leaf.ts';
import { createStore, facts, type Store } from '../adapters/postgres-support.ts';
import { Cli } from '../e2e/cli.ts';
import { testInstallation } from '../support/installation.ts';
import { judgedByOthers } from '../tools/judged-by-others.ts';
import { LOG, vkey } from '../tools/ledger-files.ts';
import { TestGateway } from './support.ts';

/** More than two full tiles, with some entries after the newest checkpoint. */
const SIGNED = 600;

let store: Store;
let gateway: TestGateway;
let stop: () => Promise<void>;
let ledger: ReturnType<typeof createLedger>;
const sign = async () => {
  const worker = await openDatabase(store.urls.worker, 'worker');
  await createCheckpoints(worker, LOG.seed).sign(LOG.name, 1_700_000_000_000);
  await worker.close();
};

beforeAll(async () => {
  store = await createStore();
  const database = await openDatabase(store.urls.gateway, 'gateway');
  const countersign = await connect({ address: inject('temporalAddress') });
  gateway = await TestGateway.start({ installation: testInstallation().installation, database, countersign });
  ledger = createLedger(await store.open());
  stop = async () => {
    await gateway.stop();
    await Promise.all([database.close(), countersign.close()]);
    await store.remove();
  };
});
afterAll(() => stop());

const get = (path: string) => gateway.browser().send(path);
const bytes = async (path: string) => {
  const response = await get(path);
  expect(response.status, path).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

test('before anything is signed there is no checkpoint', async () => {
  const response = await get('/log/checkpoint');
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { detail: expect.stringContaining('signs each minute') },
  ]);
});

describe('a signed ledger', () => {
  beforeAll(async () => {
    await Promise.all(facts(SIGNED).map(ledger.append));
    await sign();
    await Promise.all(facts(5, 'later').map(ledger.append));
  });

  test('is verified by the code of others, from nothing but the checkpoint and tiles that it serves', async () => {
    const note = (await bytes('/log/checkpoint')).toString();
    expect(note).toMatch(new RegExp(`^storefront\n${SIGNED}\n`));
    const entries: ReadEntry[] = [];
    for await (const entry of ledger.all()) entries.push(entry);
    const leafAt = (index: number) => {
      const entry = entries[index];
      if (entry === undefined || entry.kind === 'unreadable') throw new Error(`there is no entry ${index}`);
      return Buffer.from(leafText(entry)).toString('base64');
    };
    const places = [0, 255, 256, 511, 512, SIGNED - 1];
    const tiles = {
      prefix: `${gateway.origin}/log/`,
      leaves: places.map((index) => ({ index, leaf: leafAt(index) })),
      older: [1, 256, 300, SIGNED - 1],
    };
    const unproved = { note, log: vkey(), witnesses: [], inclusions: [], consistency: [] };
    const other = { ...tiles, leaves: [{ index: 3, leaf: leafAt(4) }] };
    expect(
      await judgedByOthers([
        { ...unproved, tiles },
        { ...unproved, tiles: other },
      ]),
    ).toEqual(['good', 'leaf 3 is another one in its tile']);
  });

  test('gives each part of a tile that the checkpoint covers, and nothing after it', async () => {
    const whole = await bytes('/log/tile/0/001');
    expect(whole).toHaveLength(256 * 32);
    expect(await bytes('/log/tile/0/001.p/7')).toEqual(whole.subarray(0, 7 * 32));
    expect(await bytes('/log/tile/0/002.p/88')).toHaveLength(88 * 32);
    expect(await bytes('/log/tile/1/000.p/2')).toHaveLength(2 * 32);
    const none = [
      '0/002',
      '0/002.p/89',
      '0/003.p/1',
      '1/000',
      '1/000.p/3',
      '2/000.p/1',
      '0/1',
      '0/../checkpoint',
    ];
    for (const path of none) expect((await get(`/log/tile/${path}`)).status, path).toBe(404);
  });

  test('gives entries, without what they say, to people who are signed in', async () => {
    expect((await get('/log/tile/entries/002.p/3')).status).toBe(401);
    const barbara = await gateway.signedIn('barbara');
    const bundle = Buffer.from(await (await barbara.send('/log/tile/entries/002.p/3')).arrayBuffer());
    const length = bundle.readUInt16BE(0);
    const first = JSON.parse(bundle.subarray(2, 2 + length).toString());
    expect(first).toMatchObject({ seq: 513, kind: 'ruled', commitment: expect.any(String) });
    expect(bundle.toString()).not.toContain('reasons');
  });

  test('gives the proof of an action to people who are signed in, and the command checks it', async () => {
    const path = '/api/actions/action-7/proof';
    expect((await get(path)).status).toBe(401);
    const barbara = await gateway.signedIn('barbara');
    const folder = await mkdtemp(join(tmpdir(), 'proof-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'proof.jsonl');
    await writeFile(file, Buffer.from(await (await barbara.send(path)).arrayBuffer()));
    const { status, stdout } = await new Cli(() => ({})).run(['ledger', 'check', file]);
    expect([status, stdout]).toEqual([0, expect.stringContaining('consistent but unwitnessed')]);
  });

  test('says of an action that is too new when to ask again, and of an unknown one that there is none', async () => {
    const barbara = await gateway.signedIn('barbara');
    const early = await barbara.send('/api/actions/later-1/proof');
    expect([early.status, early.headers.get('retry-after')]).toEqual([409, '60']);
    expect((await barbara.send('/api/actions/nobody-knows/proof')).status).toBe(404);
  });
});
