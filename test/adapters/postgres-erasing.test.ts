import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fact } from '../../src/activities/ports/ledger.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { verifyLedger } from '../../src/adapters/postgres/verify.ts';
import { LEGAL_HOLDS } from '../../src/domain/ledger/legal-hold.ts';
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

describe('INVARIANT 9: an entry that orders it erases, in the database itself', () => {
  const ordered = (subject: string, entries: readonly unknown[]): Fact =>
    fact(subject, {
      eventId: `order/${subject}`,
      kind: 'erasureOrdered',
      body: { person: 'radia', entries },
    });
  const kinds = async () => (await everything(ledger)).map(({ kind }) => kind);

  test('what it names and is about the same, and the process that read it before reads it anew', async () => {
    expect(await ledger.entriesOf('action-3')).toMatchObject([{ kind: 'ruled' }]);
    const other = createLedger(await store.open());
    expect(await other.entriesOf('action-3')).toMatchObject([{ kind: 'ruled' }]);
    await ledger.append(ordered('action-3', [2, 3]));
    expect(await kinds()).toEqual(['ruled', 'ruled', 'erased', 'ruled', 'ruled', 'erasureOrdered']);
    for (const reader of [ledger, other])
      expect(await reader.entriesOf('action-3')).toMatchObject([
        { kind: 'erased' },
        { kind: 'erasureOrdered' },
      ]);
    expect(await verifyLedger(database.pool)).toMatchObject({ kind: 'intact' });
  });

  test('and the same order once more changes nothing', async () => {
    await ledger.append(ordered('action-3', [3]));
    await ledger.append(ordered('action-3', [3]));
    expect(await everything(ledger)).toHaveLength(6);
  });

  test.each(['rulesChanged', 'erasureOrdered', 'legalHoldPlaced', 'legalHoldEnded'] as const)(
    'never one of kind %s, whoever writes the order',
    async (kind) => {
      await ledger.append(fact('kept', { kind, body: { entries: [] } }));
      await ledger.append(ordered('kept', [6]));
      expect(await kinds()).toEqual([...Array(5).fill('ruled'), kind, 'erasureOrdered']);
    },
  );

  test.each<[string, object]>([
    ['everything', { kind: 'everything' }],
    ['the same', { kind: 'subject', subject: 'action-3' }],
  ])('nothing under a legal hold on %s, until it ended', async (_, scope) => {
    const about = (kind: Fact['kind'], body: object) =>
      fact(LEGAL_HOLDS, { eventId: `${kind}/1`, kind, body: { id: 'legal-hold-1', ...body } });
    await ledger.append(about('legalHoldPlaced', { scope }));
    await expect(ledger.append(ordered('action-3', [3]))).rejects.toThrow('action-3 is under legal hold');
    expect(await kinds()).toEqual([...Array(5).fill('ruled'), 'legalHoldPlaced']);
    await ledger.append(about('legalHoldEnded', {}));
    await ledger.append(ordered('action-3', [3]));
    expect((await kinds())[2]).toBe('erased');
  });

  test('a worker may not have it erased by a table of its own', async () => {
    await expect(
      execute(
        store.urls.worker,
        `create temporary table mine (seq bigint, action_id text, payload text);
         create trigger erases after insert on mine for each row execute function countersign_erase_as_ordered();
         insert into mine values (9, 'action-3', '{"body":{"entries":[3]}}')`,
      ),
    ).rejects.toThrow('permission denied');
    expect(await kinds()).toEqual(Array(5).fill('ruled'));
  });

  test('a worker that sets what the owner sets may still not erase by itself', async () => {
    await ledger.append(ordered('action-3', [3]));
    await expect(
      execute(store.urls.worker, erasing('update countersign_ledger set payload = null where seq = 4')),
    ).rejects.toThrow('permission denied');
  });
});
