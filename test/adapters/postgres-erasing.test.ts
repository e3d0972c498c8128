import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { verifyLedger } from '../../src/adapters/postgres/verify.ts';
import { createStore, everything, execute, fact, facts, type Store } from './postgres-support.ts';

let store: Store;
let database: Database;
let ledger: PostgresLedger;

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
  ledger = createLedger(database);
});

afterAll(() => store.remove());

beforeEach(async () => {
  await store.clear();
  await Promise.all(facts(5).map(ledger.append));
});

const erasing = (statement: string) =>
  `begin; set local countersign.erases = 'payloads'; ${statement}; commit`;
const erase = (seq: number) =>
  execute(store.url, erasing(`update countersign_ledger set payload = null where seq = ${seq}`));

describe('an erased entry', () => {
  test('is read as one, the chain is intact, and its head is the same', async () => {
    const head = await ledger.head();
    await erase(3);
    const entries = await everything(ledger);
    expect(entries.map(({ kind }) => kind)).toEqual(['ruled', 'ruled', 'erased', 'ruled', 'ruled']);
    expect(entries[2]).toMatchObject({
      was: 'ruled',
      actionId: 'action-3',
      body: { reason: 'what it said was erased' },
    });
    expect(await verifyLedger(database.pool)).toEqual({ kind: 'intact', head });
  });

  test('of which the fact comes again is still one entry, and takes no other fact in its place', async () => {
    await erase(3);
    await ledger.append(fact('action-3'));
    expect(await everything(ledger)).toHaveLength(5);
    await expect(ledger.append(fact('action-3', { kind: 'closed' }))).rejects.toThrow('with other content');
  });

  test('is no fact for what follows from the ledger', async () => {
    await erase(3);
    await execute(store.url, 'update countersign_projection set seq = 0, listed_seq = 0');
    await ledger.append(fact('one-more'));
    expect(await everything(ledger)).toHaveLength(6);
  });
});

describe('INVARIANT 9: nothing but a payload is erased, and only by who says so as the owner', () => {
  test.each([
    'update countersign_ledger set payload = null where seq = 3',
    'update countersign_ledger set payload = null where false',
  ])('without saying so: %s', async (statement) => {
    await expect(execute(store.url, statement)).rejects.toThrow('the ledger is append-only');
  });

  test.each([
    `update countersign_ledger set kind = 'closed' where seq = 3`,
    `update countersign_ledger set payload = null, at = 7 where seq = 3`,
    `update countersign_ledger set payload = replace(payload, '"tier":2', '"tier":1')`,
    'delete from countersign_ledger where seq = 3',
    'truncate countersign_ledger',
  ])('whoever erases may not: %s', async (statement) => {
    await expect(execute(store.url, erasing(statement))).rejects.toThrow('the ledger is append-only');
  });

  test.each(['worker', 'gateway', 'auditor'] as const)('the %s may not erase', async (part) => {
    const statement = erasing('update countersign_ledger set payload = null where seq = 3');
    await expect(execute(store.urls[part], statement)).rejects.toThrow('permission denied');
  });
});
