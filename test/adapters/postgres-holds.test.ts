import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Holds } from '../../src/activities/ports/holds.ts';
import type { Leases } from '../../src/activities/ports/leases.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createHolds } from '../../src/adapters/postgres/holds.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrate, migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { describeHold, type Hold } from '../../src/domain/admission/hold.ts';
import { checkChain } from '../../src/domain/ledger/ledger.ts';
import { createEmptyDatabase, execute } from '../support/database.ts';
import { busy, createStore, everything, fact, leased, type Store } from './postgres-support.ts';

let store: Store;
let ledger: PostgresLedger;
let leases: Leases;
let holds: Holds;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  leases = createLeases(database);
  holds = createHolds(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const holdOn = (scope: Hold['scope'], id = 'h1', at = 5): Hold => ({
  id,
  scope,
  placedBy: 'linus',
  reason: 'incident 4711',
  at,
});
const EVERYTHING = holdOn({ kind: 'everything' });
const LIFTING = { by: 'margaret', reason: 'mended', at: 9 };

const acquire = (id: string, changes: Parameters<typeof leased>[1] = {}, by = leases) =>
  by.acquire(
    { action: leased(id, changes), at: 1, limits: [] },
    fact(id, { eventId: `${id}/run/admitted`, kind: 'admitted' }),
    `${id}/run/closed`,
  );

const recorded = async () => (await everything(ledger)).map(({ eventId }) => eventId);

test('while everything is on hold nothing is admitted; lifted, the next one is', async () => {
  await holds.place(EVERYTHING, { jws: 'signed' });
  expect(await acquire('one')).toEqual({ kind: 'held', reason: describeHold(EVERYTHING) });
  expect(await holds.lift('h1', LIFTING, { jws: 'signed too' })).toEqual({ kind: 'lifted' });
  expect(await acquire('two')).toEqual({ kind: 'acquired', fencingToken: 2 });
});

test('placing and lifting are entries of the ledger, with the orders that they rest on', async () => {
  await holds.place(EVERYTHING, { jws: 'signed' });
  await holds.lift('h1', LIFTING, { jws: 'signed too' });
  const entries = await everything(ledger);
  expect(entries).toMatchObject([
    { kind: 'holdPlaced', actionId: 'h1', at: 5, body: { hold: EVERYTHING, order: { jws: 'signed' } } },
    { kind: 'holdLifted', actionId: 'h1', at: 9, body: { lifting: LIFTING, order: { jws: 'signed too' } } },
  ]);
  expect(checkChain(entries)).toMatchObject({ kind: 'intact' });
});

test.each<[string, Hold['scope'], Parameters<typeof leased>[1]]>([
  [
    'agent',
    { kind: 'agent', agent: 'cache-agent' },
    { agent: { id: 'deploy-agent', version: '1', owner: 'user:ada' } },
  ],
  ['action type', { kind: 'actionType', actionType: 'cache.flush' }, { type: 'version.deploy' }],
  ['service', { kind: 'service', service: 'checkout' }, { target: 'cart' }],
  [
    'service in one environment',
    { kind: 'service', service: 'checkout', environment: 'production' },
    { environment: 'staging' },
  ],
])('a hold on one %s stops that one, and no other', async (_, scope, other) => {
  const hold = holdOn(scope);
  await holds.place(hold, null);
  expect(await acquire('one')).toEqual({ kind: 'held', reason: describeHold(hold) });
  expect(await acquire('two', other)).toMatchObject({ kind: 'acquired' });
});

test('of several holds each is lifted by itself, and the oldest is named', async () => {
  const old = holdOn({ kind: 'service', service: 'checkout' }, 'h2', 3);
  await holds.place(EVERYTHING, null);
  await holds.place(old, null);
  expect(await holds.list()).toEqual([old, EVERYTHING]);
  expect(await acquire('one')).toEqual({ kind: 'held', reason: describeHold(old) });
  await holds.lift('h2', LIFTING, null);
  expect(await acquire('one')).toEqual({ kind: 'held', reason: describeHold(EVERYTHING) });
  await holds.lift('h1', LIFTING, null);
  expect(await holds.list()).toEqual([]);
});

test('an action that has its target already is stopped too when it asks again', async () => {
  await acquire('one');
  await holds.place(EVERYTHING, null);
  expect(await acquire('one')).toEqual({ kind: 'held', reason: describeHold(EVERYTHING) });
});

test('what is placed and asked at once is decided one after the other', async () => {
  const answers = await Promise.all([
    acquire('one'),
    holds.place(EVERYTHING, null),
    acquire('two', { target: 'cart' }),
    holds.lift('h1', LIFTING, null),
    acquire('three', { target: 'web' }),
  ]);
  expect(answers.map((answer) => answer?.kind)).toEqual([
    'acquired',
    undefined,
    'held',
    'lifted',
    'acquired',
  ]);
});

test('a hold that one worker places is seen by every other', async () => {
  const workers = await Promise.all([store.open(), store.open()]);
  await holds.place(EVERYTHING, null);
  const answers = await Promise.all(workers.map((worker, i) => acquire(`${i}`, {}, createLeases(worker))));
  expect(answers.map(({ kind }) => kind)).toEqual(['held', 'held']);
});

test('placing again and lifting again change nothing, and are one entry each', async () => {
  await Promise.all([holds.place(EVERYTHING, null), holds.place(EVERYTHING, null)]);
  expect(await holds.lift('h1', LIFTING, null)).toEqual({ kind: 'lifted' });
  expect(await holds.lift('h1', LIFTING, null)).toEqual({ kind: 'lifted' });
  await holds.place(EVERYTHING, null);
  expect(await holds.list()).toEqual([]);
  expect(await recorded()).toEqual(['h1/placed', 'h1/lifted/margaret']);
});

test('what does not stand cannot be lifted, and nothing says that it was', async () => {
  expect(await holds.lift('nothing', LIFTING, null)).toEqual({ kind: 'notStanding' });
  await holds.place(EVERYTHING, null);
  await holds.lift('h1', LIFTING, null);
  expect(await holds.lift('h1', { ...LIFTING, by: 'linus' }, null)).toEqual({ kind: 'notStanding' });
  expect(await recorded()).toEqual(['h1/placed', 'h1/lifted/margaret']);
});

test('an id that names another hold already is refused', async () => {
  await holds.place(EVERYTHING, null);
  await expect(holds.place({ ...EVERYTHING, reason: 'another' }, null)).rejects.toThrow('with other content');
});

test('what an action left on hold is lifted like any other hold', async () => {
  await acquire('one');
  const hold = { ...holdOn({ kind: 'service', service: 'checkout', environment: 'production' }, 'one/run') };
  const closed = fact('one', { eventId: 'one/run/closed', kind: 'closed' });
  await leases.release({ action: leased('one'), hold }, closed);
  expect(await acquire('two')).toEqual({ kind: 'held', reason: describeHold(hold) });
  expect(await holds.lift('one/run', LIFTING, null)).toEqual({ kind: 'lifted' });
  expect(await acquire('two')).toEqual({ kind: 'acquired', fencingToken: 4 });
});

test('a reason with characters that no table holds is shown without them, and stops no other write', async () => {
  const odd = { ...EVERYTHING, reason: 'answered "\0"' };
  await Promise.all([holds.place(odd, null), ledger.append(fact('one'))]);
  expect(await holds.list()).toEqual([{ ...EVERYTHING, reason: 'answered "\uFFFD"' }]);
  expect(await ledger.head()).toMatchObject({ seq: 2 });
});

test('a hold whose scope only a later version knows stops everything, until it is lifted', async () => {
  await execute(
    store.url,
    `insert into countersign_holds (id, scope, placed_by, reason, placed_at)
     values ('h9', '{"kind": "team", "team": "checkout"}', 'linus', 'incident 4711', 5)`,
  );
  const [stood] = await holds.list();
  expect(stood).toMatchObject({
    id: 'h9',
    scope: { kind: 'everything' },
    placedBy: 'linus',
    reason: 'its scope cannot be read, so that it stops everything: incident 4711',
  });
  expect(await acquire('one')).toMatchObject({ kind: 'held' });
  expect(await holds.lift('h9', LIFTING, null)).toEqual({ kind: 'lifted' });
  expect(await acquire('two')).toMatchObject({ kind: 'acquired' });
});

test('as the application nobody removes a hold', async () => {
  const { pool } = await store.open();
  await expect(pool.query('delete from countersign_holds')).rejects.toThrow('permission denied');
});

test('a target that was on hold before there was a table of holds stays so', async () => {
  const { urls, drop } = await createEmptyDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  const own = fileURLToPath(new URL('../../src/adapters/postgres/migrations', import.meta.url));
  await cp(own, folder, { recursive: true, filter: (path) => !/0(0[3-9]|[1-9]\d)_/.test(path) });
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  await migrate(client, pathToFileURL(`${folder}/`));
  await client.query(`insert into countersign_leases (target, holder, held, fencing_token, acquired_at) values
    ('production/checkout', 'one', true, 7, 5), ('production/cart', 'two', false, 3, 6)`);
  await client.end();

  await migrateDatabase(urls.owner);
  const database = await openDatabase(urls.worker, 'worker');
  const hold: Hold = {
    id: 'one/7',
    scope: { kind: 'service', service: 'checkout', environment: 'production' },
    placedBy: 'action/one',
    reason: 'it could not be taken back',
    at: 5,
  };
  expect(await createHolds(database).list()).toEqual([hold]);
  const by = createLeases(database);
  expect(await acquire('three', {}, by)).toEqual({ kind: 'held', reason: describeHold(hold) });
  expect(await acquire('three', { target: 'cart' }, by)).toEqual(busy('two', 'cart'));
  await createHolds(database).lift('one/7', LIFTING, null);
  expect(await acquire('three', {}, by)).toEqual({ kind: 'acquired', fencingToken: 9 });
  await database.close();
  await drop();
  await rm(folder, { recursive: true });
});
