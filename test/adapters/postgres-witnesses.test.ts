import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Witness } from '../../src/activities/ports/witnesses.ts';
import { createSignCheckpoint } from '../../src/activities/sign-checkpoint.ts';
import { createCheckpoints } from '../../src/adapters/postgres/checkpoints.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { readCheckpoint } from '../../src/adapters/postgres/tree.ts';
import { createWitness } from '../../src/adapters/witness/witness.ts';
import { serveWitness } from '../../src/adapters/witness/witness-server.ts';
import { openWitnessState } from '../../src/adapters/witness/witness-state.ts';
import { openCheckpoint } from '../../src/domain/ledger/tree/check-ledger.ts';
import {
  COSIGNATURE,
  ED25519,
  type SignerKey,
  verifierOf,
} from '../../src/domain/ledger/tree/signed-note.ts';
import { createStore, facts, type Store } from './postgres-support.ts';

const SEED = new Uint8Array(32).fill(5);
const LOG = verifierOf({ name: 'storefront', seed: SEED }, ED25519);
/** Milliseconds since the epoch. */
const NOW = 1_796_000_000_000;
const keyOf = (name: string, byte: number): SignerKey => ({
  name: `witness.example/${name}`,
  seed: new Uint8Array(32).fill(byte),
});
const EAST = keyOf('east', 2);
const WEST = keyOf('west', 3);

let store: Store;
let database: Database;

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
});
afterAll(() => store.remove());
beforeEach(() => store.clear());

const append = (count: number, prefix?: string) =>
  Promise.all(facts(count, prefix).map(createLedger(database).append));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'witness-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** A witness that runs, over a folder of its own unless one is given. */
async function running(key: SignerKey, state?: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = await serveWitness({
    address: '127.0.0.1:0',
    key,
    logs: [LOG],
    state: await openWitnessState(state ?? (await folder())),
    now: () => NOW,
    report: () => undefined,
  });
  onTestFinished(() => server.close());
  return server;
}

const asked = ({ url }: { url: string }, key: SignerKey): Witness =>
  createWitness({ url, key: verifierOf(key, COSIGNATURE) });

/** What one run of the schedule says. */
const sign = (...witnesses: readonly Witness[]): Promise<string> =>
  createSignCheckpoint({
    checkpoints: createCheckpoints(database, SEED),
    witnesses,
    installation: { name: 'storefront' },
    now: () => NOW,
  }).signCheckpoint();

/** The witnesses whose cosignatures of the newest checkpoint an auditor believes. */
async function believed(...keys: readonly SignerKey[]): Promise<readonly string[]> {
  const stored = await readCheckpoint(database.pool);
  const witnesses = keys.map((key) => verifierOf(key, COSIGNATURE));
  const opened = openCheckpoint(stored?.note ?? '', [LOG], { witnesses, quorum: { kind: 'none' } });
  if (opened.kind === 'broken') throw new Error(opened.reason);
  return opened.witnesses.map(({ name }) => name);
}

test('each checkpoint is handed to the witnesses, and an auditor sees who cosigned it', async () => {
  const [east, west] = await Promise.all([running(EAST), running(WEST)]);
  await append(5);
  expect(await sign(asked(east, EAST), asked(west, WEST))).toBe(
    'signed the first 5 entries; witness.example/east: cosigned the first 5 entries; witness.example/west: cosigned the first 5 entries',
  );
  expect(await believed(EAST, WEST)).toEqual([EAST.name, WEST.name]);
  expect(await sign(asked(east, EAST))).toBe(
    'nothing new since entry 5; witness.example/east: cosigned it before',
  );

  await append(300, 'more');
  expect(await sign(asked(east, EAST))).toContain('witness.example/east: cosigned the first 305 entries');
  expect(await believed(EAST, WEST)).toEqual([EAST.name]);
});

test('a witness that is away holds nothing up, and cosigns once it is back', async () => {
  const east = await running(EAST);
  await append(5);
  await east.close();
  expect(await sign(asked(east, EAST))).toMatch(
    /^signed the first 5 entries; witness.example\/east: it cannot be reached/,
  );
  const back = await running(EAST);
  expect(await sign(asked(back, EAST))).toBe(
    'nothing new since entry 5; witness.example/east: cosigned the first 5 entries',
  );
});

test('a witness that saw less than we remember is asked from there', async () => {
  await append(5);
  await sign(asked(await running(EAST), EAST));
  await append(5, 'more');
  // It was set up anew, with its old key.
  expect(await sign(asked(await running(EAST), EAST))).toContain('cosigned the first 10 entries');
});

test('a ledger that was rewritten and signed with the stolen key is not cosigned, and the refusal says so', async () => {
  const state = await folder();
  await append(8);
  await sign(asked(await running(EAST, state), EAST));
  await store.clear();

  await append(6, 'shorter');
  expect(await sign(asked(await running(EAST, state), EAST))).toMatch(/refused, because it saw 8 entries/);
  await append(6, 'and-longer');
  expect(await sign(asked(await running(EAST, state), EAST))).toMatch(/422.*does not go on/);
  expect(await believed(EAST)).toEqual([]);
});

test.each([
  ['with another key', async (): Promise<Witness> => asked(await running(keyOf('east', 9)), EAST)],
  [
    'what it answered about another checkpoint',
    async (): Promise<Witness> => {
      const east = asked(await running(EAST), EAST);
      await append(1, 'first');
      const checkpoints = createCheckpoints(database, SEED);
      await checkpoints.sign('storefront', NOW);
      const old = await east.ask(0, [], (await checkpoints.newest())?.note ?? '');
      return { key: east.key, ask: async () => old };
    },
  ],
  [
    'nothing at all',
    async (): Promise<Witness> => ({
      key: verifierOf(EAST, COSIGNATURE),
      ask: async () => ({ kind: 'answered', lines: '' }),
    }),
  ],
])('a witness that answers %s is not believed', async (_, make) => {
  const witness = await make();
  await append(4);
  expect(await sign(witness)).toContain('what it answered is not its cosignature of this checkpoint');
  expect(await believed(EAST)).toEqual([]);
});
