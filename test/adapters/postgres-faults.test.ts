import { Client } from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Fact } from '../../src/activities/ports/ledger.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { checkChain } from '../../src/domain/ledger/ledger.ts';
import { type FaultyNetwork, startProxy } from './postgres-proxy.ts';
import { createStore, everything, execute, fact, facts, leased, type Store } from './postgres-support.ts';

let store: Store;
let proxy: FaultyNetwork;

beforeEach(async () => {
  store = await createStore();
  proxy = await startProxy(store.urls.worker);
});

afterEach(async () => {
  await proxy.close();
  await store.remove();
});

const KILL_ALL_OTHERS = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** Keeps everybody from the ledger while `run` runs. */
async function withLedgerLocked(run: (locker: Client) => Promise<void>): Promise<void> {
  const locker = new Client({ connectionString: store.url });
  await locker.connect();
  await locker.query('begin; lock table countersign_ledger in access exclusive mode');
  await run(locker).finally(() => locker.end());
}

async function untilSomebodyWaits(client: Client): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await client.query('select 1 from pg_locks where not granted');
    expect(rows).not.toEqual([]);
  });
}

test('when its connection is lost every caller of a batch is told, and repeating writes each fact once', async () => {
  const ledger = createLedger(await store.open());
  await withLedgerLocked(async (locker) => {
    const calls = Promise.allSettled(facts(10).map(ledger.append));
    await untilSomebodyWaits(locker);
    await locker.query(KILL_ALL_OTHERS);
    for (const result of await calls) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('terminat') },
      });
    }
  });
  await Promise.all(facts(10).map(ledger.append));
  const entries = await everything(ledger);
  expect(entries).toHaveLength(10);
  expect(checkChain(entries)).toMatchObject({ kind: 'intact' });
});

test('connections that are lost again and again cost errors and nothing else', async () => {
  const ledger = createLedger(await store.open());
  let failures = 0;
  let appended = 0;
  const append = async (one: Fact): Promise<void> => {
    try {
      await ledger.append(one);
      appended += 1;
    } catch {
      failures += 1;
      await append(one);
    }
  };
  const callers = Array.from({ length: 20 }, async (_, caller) => {
    for (let n = 0; n < 5 || failures < 50; n += 1) await append(fact(`caller-${caller}-${n}`));
  });
  while (failures < 50) await execute(store.url, KILL_ALL_OTHERS);
  await Promise.all(callers);
  const entries = await everything(ledger);
  expect(new Set(entries.map(({ eventId }) => eventId)).size).toBe(appended);
  expect(checkChain(entries)).toMatchObject({ kind: 'intact', head: { seq: appended } });
});

test('connections that are lost while nobody uses them are replaced', async () => {
  const database = await store.open();
  const ledger = createLedger(database);
  await ledger.append(fact('one'));
  await execute(store.url, KILL_ALL_OTHERS);
  await vi.waitFor(() => expect(database.pool.totalCount).toBe(0));
  await ledger.append(fact('two'));
  expect(await ledger.head()).toMatchObject({ seq: 2 });
});

test('a commit whose answer is lost is an error, and repeating it changes nothing', async () => {
  const database = await openDatabase(proxy.url, 'worker');
  const ledger = createLedger(database);
  const leases = createLeases(database);
  const acquire = () =>
    leases.acquire({ action: leased('one'), at: 1, limits: [] }, fact('one'), 'one/run/closed');

  proxy.loseNextCommit();
  await expect(acquire()).rejects.toThrow();
  expect(await ledger.head()).toMatchObject({ seq: 1 });
  expect(await acquire()).toEqual({ kind: 'acquired', fencingToken: 2 });
  expect(await ledger.head()).toMatchObject({ seq: 1 });
  await database.close();
});

test('a network that hangs is an error, not a wait, and the next attempt has a connection of its own', async () => {
  const database = await openDatabase(`${proxy.url}?query_timeout=500`, 'worker');
  const ledger = createLedger(database);
  await ledger.append(fact('one'));
  proxy.freeze();
  await expect(ledger.append(fact('two'))).rejects.toThrow(/timeout/i);
  expect(await database.check()).toHaveLength(1);
  proxy.thaw();
  await ledger.append(fact('two'));
  expect(checkChain(await everything(ledger))).toMatchObject({ kind: 'intact', head: { seq: 2 } });
  await database.close();
});

test('a lock that is not given back is an error, not a wait', async () => {
  const database = await openDatabase(`${store.urls.worker}?statement_timeout=300`, 'worker');
  const ledger = createLedger(database);
  await withLedgerLocked(async () => {
    await expect(ledger.append(fact('one'))).rejects.toThrow('statement timeout');
  });
  await ledger.append(fact('one'));
  expect(await ledger.head()).toMatchObject({ seq: 1 });
  await database.close();
});

test('what is being written when the database is closed is written', async () => {
  const database = await openDatabase(store.urls.worker, 'worker');
  const ledger = createLedger(database);
  const writing = ledger.append(fact('one'));
  await vi.waitFor(() => expect(database.pool.totalCount - database.pool.idleCount).toBe(1), { interval: 1 });
  await database.close();
  await writing;
  await expect(ledger.append(fact('two'))).rejects.toThrow('after calling end');
  expect(await everything(createLedger(await store.open()))).toMatchObject([{ actionId: 'one' }]);
});
