import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { chain, checkChain, type Head, isReadable, withoutPayload } from '../../src/domain/ledger/ledger.ts';
import { canonicalJson } from '../../src/domain/shared/digest.ts';
import { createStore, everything, execute, facts, type Store, tamper } from './postgres-support.ts';

let store: Store;
let database: Database;
let ledger: PostgresLedger;
let written: Head;

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
  ledger = createLedger(database);
  await Promise.all(facts(5).map(ledger.append));
  written = await ledger.head();
  await execute(store.url, 'create table untouched as select * from countersign_ledger');
});

afterAll(() => store.remove());

/** What `look` finds while the ledger is changed. */
async function whileChanged<T>(statements: string, look: () => Promise<T>): Promise<T> {
  await tamper(store.url, statements);
  try {
    return await look();
  } finally {
    await tamper(
      store.url,
      'truncate countersign_ledger; insert into countersign_ledger select * from untouched',
    );
  }
}

const CHANGES = [
  `update countersign_ledger set kind = 'closed'`,
  'update countersign_ledger set seq = seq where false',
  'delete from countersign_ledger where seq = 1',
  'truncate countersign_ledger',
  `insert into countersign_ledger select * from countersign_ledger on conflict (seq) do update set entry = ''`,
];

test.each(CHANGES)('as the application is not permitted: %s', async (change) => {
  await expect(database.pool.query(change)).rejects.toThrow('permission denied for table countersign_ledger');
});

test.each(CHANGES)('as the owner of the table is refused: %s', async (change) => {
  await expect(execute(store.url, change)).rejects.toThrow('the ledger is append-only');
  expect(checkChain(await everything(ledger))).toEqual({ kind: 'intact', head: written });
});

const REPLACED = `replace(payload, '"tier":2', '"tier":1')`;

test.each([
  ['an edited body', `update countersign_ledger set payload = ${REPLACED} where seq = 3`, 3],
  ['an edited last entry', `update countersign_ledger set payload = ${REPLACED} where seq = 5`, 5],
  ['a removed entry', 'delete from countersign_ledger where seq = 3', 3],
  ['a removed first entry', 'delete from countersign_ledger where seq = 1', 1],
  [
    'two entries that changed places',
    `create temp table copy as select * from countersign_ledger where seq in (2, 3);
     delete from countersign_ledger where seq in (2, 3);
     insert into countersign_ledger select 5 - seq, event_id, action_id, kind, at, previous_hash, hash,
       replace(entry, '"seq":' || seq, '"seq":' || 5 - seq), payload from copy`,
    2,
  ],
  [
    'an entry put in between',
    `update countersign_ledger set seq = seq + 10, entry = replace(entry, '"seq":', '"seq":1') where seq > 3;
     insert into countersign_ledger select 4, 'x' || event_id, action_id, kind, at, previous_hash, hash,
       replace(replace(entry, '"eventId":"', '"eventId":"x'), '"seq":3', '"seq":4'), payload
       from countersign_ledger where seq = 3`,
    4,
  ],
])('%s: the chain is broken there', async (_, change, seq) => {
  const entries = await whileChanged(change, () => everything(ledger));
  expect(checkChain(entries)).toMatchObject({ kind: 'broken', seq });
});

test('an edited entry with a hash that fits it: the chain is broken at the next one', async () => {
  const [entry] = await ledger.entriesOf('action-3');
  if (!entry || !isReadable(entry)) throw new Error('there is no such entry');
  const { seq, previousHash, eventId, actionId, kind, at } = entry;
  const never = { eventId, actionId, kind, at, body: 'never happened' };
  const forged = chain({ seq: seq - 1, hash: previousHash }, never, '00'.repeat(16));
  const { body, salt } = forged;
  const entries = await whileChanged(
    `update countersign_ledger set hash = '${forged.hash}', entry = '${canonicalJson(withoutPayload(forged))}',
       payload = '${canonicalJson({ body, salt })}' where seq = 3`,
    () => everything(ledger),
  );
  expect(checkChain(entries)).toMatchObject({ kind: 'broken', seq: 4 });
});

test.each([
  [`event_id = 'other'`, 'event_id'],
  [`action_id = 'other'`, 'action_id'],
  [`kind = 'closed'`, 'kind'],
  ['at = at + 1', 'at'],
  ['seq = 99', 'seq'],
  ['previous_hash = hash', 'previous_hash'],
  ['hash = previous_hash', 'hash'],
  [`entry = entry || ' '`, 'entry'],
  [`payload = replace(payload, '"tier":2', '"tier":1,"tier":2')`, 'payload'],
  [`payload = payload || ' '`, 'payload'],
  [`payload = 'null'`, 'its entry cannot be read'],
  [`payload = '{}'`, 'its entry cannot be read'],
  [`entry = 'null'`, 'its entry cannot be read'],
  [`entry = ''`, 'its entry cannot be read'],
])(
  'a row of which only a part was changed is named when it is read, and the others are read: %s',
  async (change, named) => {
    const entries = await whileChanged(`update countersign_ledger set ${change} where seq = 3`, () =>
      everything(ledger),
    );
    const unreadable = entries.filter(({ kind }) => kind === 'unreadable');
    expect(unreadable).toMatchObject([
      { body: { reason: expect.stringMatching(/^row \d+ of the ledger was changed: .*/) } },
    ]);
    expect(unreadable).toMatchObject([{ body: { reason: expect.stringContaining(named) } }]);
    expect(entries).toHaveLength(5);
    expect(checkChain(entries)).toMatchObject({ kind: 'broken', seq: 3 });
  },
);

test('a cut tail is an intact chain with another head', async () => {
  const entries = await whileChanged('delete from countersign_ledger where seq = 5', () =>
    everything(ledger),
  );
  const check = checkChain(entries);
  expect(check).toMatchObject({ kind: 'intact', head: { seq: 4 } });
  expect(check).not.toMatchObject({ head: written });
});
