import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { CopyKeeper } from '../../src/activities/ports/copies.ts';
import type { Witness } from '../../src/activities/ports/witnesses.ts';
import { type CheckpointDeps, createSignCheckpoint } from '../../src/activities/sign-checkpoint.ts';
import { createFileCopies } from '../../src/adapters/checkpoint-copies.ts';
import { createCopyRecords } from '../../src/adapters/postgres/checkpoint-copies.ts';
import { createCheckpoints } from '../../src/adapters/postgres/checkpoints.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createLogAlarms } from '../../src/adapters/postgres/log-alarms.ts';
import { readCheckpoint } from '../../src/adapters/postgres/tree.ts';
import { createWitness } from '../../src/adapters/witness/witness.ts';
import { serveWitness } from '../../src/adapters/witness/witness-server.ts';
import { openWitnessState } from '../../src/adapters/witness/witness-state.ts';
import { logAlarmWords } from '../../src/briefing/log-alarm.ts';
import { membersOf } from '../../src/domain/installation/directory.ts';
import { openCheckpoint } from '../../src/domain/ledger/tree/check-ledger.ts';
import { notesIn } from '../../src/domain/ledger/tree/kept-notes.ts';
import { WITNESS_PATIENCE_MS } from '../../src/domain/ledger/tree/log-alarm.ts';
import {
  COSIGNATURE,
  ED25519,
  type SignerKey,
  verifierOf,
} from '../../src/domain/ledger/tree/signed-note.ts';
import { testInstallation } from '../support/installation.ts';
import { createStore, facts, type Store, tamper } from './postgres-support.ts';

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

/** What on-call was paged about, and what of it was ended. */
let pages: string[];
let pagerIsDown: boolean;
beforeEach(() => {
  pages = [];
  pagerIsDown = false;
});

const pager: CheckpointDeps['pager'] = {
  alarm: async (name, alarm, people) => {
    if (pagerIsDown) return { kind: 'unavailable', reason: 'the pager is down' };
    pages.push(`${name} to ${people.join()}: ${logAlarmWords(alarm).title}`);
    return { kind: 'delivered', detail: 'taken' };
  },
  resolve: async (name) => {
    pages.push(`${name} is over`);
    return { kind: 'delivered', detail: 'taken back' };
  },
};

interface Run {
  readonly needed?: number;
  readonly at?: number;
  readonly keepers?: readonly CopyKeeper[];
}

/** What one run of the schedule says. */
function run(
  witnesses: readonly Witness[],
  { needed = witnesses.length, at = NOW, keepers = [] }: Run = {},
): Promise<string> {
  const { installation } = testInstallation();
  return createSignCheckpoint({
    checkpoints: createCheckpoints(database, SEED),
    witnesses,
    witnessesNeeded: needed,
    copies: { keepers, records: createCopyRecords(database) },
    logAlarms: createLogAlarms(database),
    pager,
    installation: { ...installation, name: 'storefront' },
    now: () => at,
  }).signCheckpoint();
}

const sign = (...witnesses: readonly Witness[]): Promise<string> => run(witnesses);

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
  expect(await sign(asked(await running(EAST, state), EAST))).toMatch(
    /refused: it saw 8 entries, and there are 6/,
  );
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

const HOUR = WITNESS_PATIENCE_MS;
const away = (key: SignerKey): Witness => ({
  key: verifierOf(key, COSIGNATURE),
  ask: async () => ({ kind: 'refused', reason: 'it cannot be reached' }),
});
const onCall = membersOf(testInstallation().installation, testInstallation().installation.rules.onCall);
const paged = (alarm: string, title: string) => `ledger/storefront/${alarm} to ${onCall.join()}: ${title}`;

describe('on-call is paged', () => {
  const ANOTHER = paged(`contradicted/${EAST.name}`, `the witness ${EAST.name} saw another ledger`);

  test.each([
    ['longer than what it saw', 9],
    ['shorter than what it saw', 7],
    ['as long as what it saw', 8],
  ])('once where a ledger is %s, and not that one; it is over when the witness cosigns', async (_, count) => {
    const state = await folder();
    const east = asked(await running(EAST, state), EAST);
    await append(8);
    await sign(east);
    await store.clear();
    await append(count, 'another');
    await sign(east);
    await sign(east);
    // That it is away takes nothing back.
    await sign(away(EAST));
    expect(pages).toEqual([ANOTHER]);
    await sign(asked(await running(EAST), EAST));
    expect(pages).toEqual([ANOTHER, `ledger/storefront/contradicted/${EAST.name} is over`]);
  });

  test('about a witness that lies, until it is taken out of countersign.yaml', async () => {
    const liar: Witness = { ...away(EAST), ask: async (old) => ({ kind: 'sawOther', size: old }) };
    await append(3);
    await sign(liar);
    await append(3, 'more');
    await sign(liar);
    expect(pages).toEqual([ANOTHER]);
    await sign();
    expect(pages.slice(1)).toEqual([`ledger/storefront/contradicted/${EAST.name} is over`]);
  });

  test('not where a witness saw a checkpoint that another worker signed meanwhile', async () => {
    await append(3);
    const ahead: Witness = {
      ...away(EAST),
      ask: async () => {
        await append(2, 'meanwhile');
        await createCheckpoints(database, SEED).sign('storefront', NOW);
        return { kind: 'sawOther', size: 5 };
      },
    };
    expect(await sign(ahead)).toContain('saw a newer checkpoint meanwhile');
    expect(pages).toEqual([]);
  });

  test('once where entries waited an hour for their witnesses, and it is over when these are back', async () => {
    const west = asked(await running(WEST), WEST);
    await append(2);
    await run([away(EAST), west]);
    await append(2, 'later');
    await run([away(EAST), west], { at: NOW + HOUR - 1 });
    expect(pages).toEqual([]);
    for (const at of [NOW + HOUR, NOW + 2 * HOUR]) await run([away(EAST), west], { at });
    const late = '1 of 2 witnesses have seen the newest entries of the ledger';
    expect(pages).toEqual([paged('unwitnessed', late)]);
    await run([asked(await running(EAST), EAST), west], { at: NOW + 2 * HOUR });
    expect(pages.slice(1)).toEqual(['ledger/storefront/unwitnessed is over']);
  });

  test('not where as many as are needed saw all, or where nothing is new', async () => {
    const west = asked(await running(WEST), WEST);
    await append(2);
    for (const at of [NOW, NOW + 9 * HOUR]) await run([away(EAST), west], { at, needed: 1 });
    for (const at of [NOW, NOW + 9 * HOUR]) await run([away(EAST)], { at, needed: 0 });
    expect(pages).toEqual([]);
  });

  test('once where the ledger cannot be signed, and it is over when it can', async () => {
    await append(3);
    await sign();
    await append(1, 'later');
    const was = await change('closed');
    for (const _ of [1, 2]) await expect(sign()).rejects.toThrow('row 2 of the ledger was changed');
    expect(pages).toEqual([paged('notSigned', 'the ledger cannot be signed')]);
    await change(was);
    await sign();
    expect(pages.slice(1)).toEqual(['ledger/storefront/notSigned is over']);
  });

  test('not where the database goes away: that says nothing about the ledger', async () => {
    await append(3);
    await sign();
    for (const step of [1, 2, 3]) {
      const lost = async (...args: Parameters<Pool['query']>) => {
        queries += 1;
        if (queries === step) throw new Error('Connection terminated');
        return database.pool.query(...args);
      };
      let queries = 0;
      const attempt = createCheckpoints({ pool: { query: lost } as unknown as Pool }, SEED).sign(
        'storefront',
        NOW,
      );
      await expect(attempt).rejects.toThrow('Connection terminated');
    }
  });

  test('again the next minute where the pager does not take it', async () => {
    const liar: Witness = { ...away(EAST), ask: async (old) => ({ kind: 'sawOther', size: old }) };
    await append(3);
    pagerIsDown = true;
    expect(await sign(liar)).toMatch(/on-call could not be paged about contradicted.*the pager is down$/);
    pagerIsDown = false;
    await sign(liar);
    expect(pages).toEqual([ANOTHER]);
  });

  /** Changes the kind of the row of entry 2. @returns which it had */
  async function change(kind: string): Promise<string> {
    await tamper(store.url, `update countersign_ledger set kind = '${kind}' where seq = 2`);
    return 'ruled';
  }
});

describe('a copy', () => {
  test('of each checkpoint is appended to a file, which is no witness; one that was torn off spoils no other', async () => {
    const file = join(await folder(), 'checkpoints');
    const keepers = [createFileCopies(file)];
    await append(3);
    expect(await run([], { keepers })).toBe(
      `signed the first 3 entries; file ${file}: stored the first 3 entries' checkpoint`,
    );
    expect(await run([], { keepers })).toContain('has the newest');
    await appendFile(file, '\nstorefront\n4\nqqqq');
    await append(2, 'more');
    await run([], { keepers });
    const { note } = (await readCheckpoint(database.pool)) ?? {};
    const notes = notesIn(await readFile(file, 'utf8'));
    expect(notes.map((kept) => kept.split('\n')[1])).toEqual(['3', '5']);
    expect(notes.at(-1)).toBe(note);
  });

  test('that could not be kept is kept the next minute, and holds nothing up', async () => {
    const gone = join(await folder(), 'not-there', 'checkpoints');
    await append(3);
    expect(await run([], { keepers: [createFileCopies(gone)] })).toMatch(/cannot be written: ENOENT/);
    expect(await run([], { keepers: [createFileCopies(gone)] })).toMatch(/cannot be written: ENOENT/);
  });

  test('goes out once in the time that is given, and only where there is something new', async () => {
    const sizes: number[] = [];
    const mail: CopyKeeper = {
      place: 'mail to group:audit',
      everyMs: HOUR,
      keep: async ({ size }) => {
        sizes.push(size);
        return { kind: 'kept', detail: 'mailed' };
      },
    };
    await append(1);
    await run([], { keepers: [mail] });
    await append(1, 'soon');
    await run([], { keepers: [mail], at: NOW + HOUR - 1 });
    expect(sizes).toEqual([1]);
    for (const at of [NOW + HOUR, NOW + 3 * HOUR]) await run([], { keepers: [mail], at });
    expect(sizes).toEqual([1, 2]);
    // A clock that was far ahead when the last one went out, and is right again.
    await append(1, 'later');
    await run([], { keepers: [mail], at: NOW });
    expect(sizes).toEqual([1, 2, 3]);
  });
});
