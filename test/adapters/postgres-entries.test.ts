import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createStore, fact, type Store, tamper } from './postgres-support.ts';

let store: Store;
let database: Database;

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
});
beforeEach(() => store.clear());
afterAll(() => store.remove());

/** A ledger that another worker writes to, and the reader whose memory is tested. */
async function two() {
  const other = createLedger(await store.open());
  const append = (n: number) => other.append(fact('a', { eventId: `a/run/${n}`, body: { n } }));
  const reader = createLedger(database);
  const read = async () => (await reader.entriesOf('a')).map(({ eventId }) => eventId);
  return { append, reader, read };
}

test('what another worker added is read, and what was there is read once', async () => {
  const { append, reader, read } = await two();
  expect(await read()).toEqual([]);
  await append(1);
  expect(await read()).toEqual(['a/run/1']);
  const [first] = await reader.entriesOf('a');
  await append(2);
  await append(3);
  expect(await read()).toEqual(['a/run/1', 'a/run/2', 'a/run/3']);
  expect((await reader.entriesOf('a'))[0]).toBe(first);
});

test('after a restored backup that lacks entries, they are gone here too', async () => {
  const { append, read } = await two();
  for (const n of [1, 2, 3]) await append(n);
  expect(await read()).toHaveLength(3);
  await tamper(store.url, 'delete from countersign_ledger where seq > 1');
  expect(await read()).toEqual(['a/run/1']);
});

test('after a restored backup in which others took their place, those are read', async () => {
  const { append, read } = await two();
  await append(1);
  await append(2);
  await read();
  await store.clear();
  await append(4);
  await append(5);
  expect(await read()).toEqual(['a/run/4', 'a/run/5']);
});

test('an entry that cannot be read is not kept, and is right once the database is', async () => {
  const { append, read, reader } = await two();
  await append(1);
  await tamper(store.url, 'create table right_ones as select * from countersign_ledger');
  await tamper(store.url, `update countersign_ledger set entry = 'bent'`);
  expect((await reader.entriesOf('a'))[0]?.kind).toBe('unreadable');
  await tamper(
    store.url,
    'truncate countersign_ledger; insert into countersign_ledger select * from right_ones',
  );
  expect(await read()).toEqual(['a/run/1']);
  expect((await reader.entriesOf('a'))[0]?.kind).toBe('ruled');
});

test('of many actions the entries are all there, also of those that are not kept any more', async () => {
  const { reader } = await two();
  const ids = Array.from({ length: 450 }, (_, n) => `many-${n}`);
  await Promise.all(ids.map((id) => reader.append(fact(id))));
  for (let round = 0; round < 2; round += 1)
    for (const id of ids) expect(await reader.entriesOf(id)).toHaveLength(1);
});
