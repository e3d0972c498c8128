import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { chain, checkChain, GENESIS, GENESIS_HASH } from '../../src/domain/ledger/ledger.ts';
import { canonicalJson } from '../../src/domain/shared/digest.ts';
import { createStore, everything, execute, fact, facts, type Store, tamper } from './postgres-support.ts';

let store: Store;
let ledger: PostgresLedger;

beforeAll(async () => {
  store = await createStore();
  ledger = createLedger(await store.open());
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const appendAll = (count: number) => Promise.all(facts(count).map(ledger.append));

describe('appending', () => {
  test('what was appended is there in its order, in an intact chain', async () => {
    expect(await ledger.head()).toEqual({ seq: 0, hash: GENESIS_HASH });
    await ledger.append(fact('one'));
    await ledger.append(fact('two', { kind: 'closed', at: 5, body: [null, true] }));

    const entries = await everything(ledger);
    expect(entries).toMatchObject([
      { seq: 1, ...fact('one') },
      { seq: 2, ...fact('two'), kind: 'closed', at: 5, body: [null, true] },
    ]);
    expect(checkChain(entries)).toEqual({ kind: 'intact', head: await ledger.head() });
  });

  test('a fact that is appended again, even later, is one entry with its first time', async () => {
    await ledger.append(fact('one', { at: 1 }));
    await ledger.append(fact('one', { at: 2 }));
    await Promise.all([3, 4, 5].map((at) => ledger.append(fact('one', { at }))));
    expect(await everything(ledger)).toMatchObject([{ seq: 1, at: 1 }]);
  });

  test.each([
    ['body', { body: { tier: 1 } }],
    ['kind', { kind: 'closed' as const }],
    ['action', { actionId: 'another' }],
  ])('a known eventId with another %s is refused', async (_, change) => {
    await ledger.append(fact('one'));
    await expect(ledger.append(fact('one', change))).rejects.toThrow(
      /one\/run\/ruled is in the ledger as entry 1 with other content/,
    );
    expect(await everything(ledger)).toHaveLength(1);
  });

  test('a refused fact takes none of those appended with it along', async () => {
    await ledger.append(fact('action-7'));
    const results = await Promise.allSettled(
      facts(20).map((one, i) => ledger.append(i === 6 ? { ...one, body: 'other' } : one)),
    );
    expect(results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([6]);
    const entries = await everything(ledger);
    expect(entries).toHaveLength(20);
    expect(checkChain(entries)).toMatchObject({ kind: 'intact' });
  });

  test('of two facts with one eventId that are appended at once, the second is refused', async () => {
    const results = await Promise.allSettled([
      ledger.append(fact('one', { body: 'first' })),
      ledger.append(fact('one', { body: 'second' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await everything(ledger)).toMatchObject([{ body: 'first' }]);
  });

  test.each([
    ['a lone surrogate in the body', { body: { text: 'cut \ud83d' } }, 'Lone surrogate'],
    ['NaN', { body: Number.NaN }, 'NaN'],
    ['no body', { body: undefined }, 'undefined'],
    ['NUL in the eventId', { eventId: 'a\0b' }, 'eventId must be'],
    ['a lone surrogate in the action id', { actionId: '\udc00' }, 'actionId must be'],
    ['an eventId that is too long', { eventId: '🚨'.repeat(501) }, 'eventId must be'],
    ['a broken time', { at: 1.5 }, 'at must be'],
    ['a time that no date has', { at: 8.64e15 + 1 }, 'at must be'],
    ['a time before all others', { at: -1 }, 'at must be'],
  ])('%s is refused, alone', async (_, change, message) => {
    const bad = ledger.append(fact('bad', change));
    const good = ledger.append(fact('good'));
    await expect(bad).rejects.toThrow(message);
    await good;
    expect(await everything(ledger)).toMatchObject([{ actionId: 'good' }]);
  });

  test('any JSON comes back as it was, in an intact chain', async () => {
    const awkward = [
      '\0\u001f\u007f',
      '\u2028',
      '🚨',
      '\' " \\ $1 {}',
      1e21,
      -0,
      5e-324,
      JSON.parse('{"__proto__":1,"":[]}'),
    ];
    const body = fc.oneof(fc.jsonValue(), fc.constantFrom(...awkward));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 5 }), async (bodies) => {
        run += 1;
        await Promise.all(
          bodies.map((one, i) => ledger.append(fact(`r${run}`, { eventId: `r${run}/${i}`, body: one }))),
        );
        const read = await ledger.entriesOf(`r${run}`);
        expect(read.map((entry) => entry.body)).toEqual(bodies.map((one) => JSON.parse(JSON.stringify(one))));
      }),
      { numRuns: 100 },
    );
    expect(checkChain(await everything(ledger))).toMatchObject({ kind: 'intact' });
  });

  test('what its caller does to a fact afterwards is not recorded', async () => {
    const body = { tier: 1 };
    const appended = ledger.append(fact('one', { body }));
    body.tier = 4;
    await appended;
    expect(await everything(ledger)).toMatchObject([{ body: { tier: 1 } }]);
  });

  test.each(['serializable', 'read committed'])(
    'eight workers appending at once write one chain without gaps, where the default is %s',
    async (isolation) => {
      const database = new URL(store.url).pathname.slice(1);
      await execute(
        store.url,
        `alter database ${database} set default_transaction_isolation = '${isolation}'`,
      );
      const workers = await Promise.all(Array.from({ length: 8 }, store.open));
      await Promise.all(
        workers.flatMap((worker, w) => facts(25, `worker-${w}`).map(createLedger(worker).append)),
      );
      const entries = await everything(ledger);
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      expect(checkChain(entries)).toMatchObject({ kind: 'intact', head: { seq: 200 } });
    },
  );

  test('eight workers appending the same facts at once write each once', async () => {
    const workers = await Promise.all(Array.from({ length: 8 }, store.open));
    await Promise.all(workers.flatMap((worker) => facts(10).map(createLedger(worker).append)));
    const entries = await everything(ledger);
    expect(new Set(entries.map(({ eventId }) => eventId)).size).toBe(10);
    expect(entries).toHaveLength(10);
  });
});

describe('reading', () => {
  test("an action's entries are its own, in their order", async () => {
    await ledger.append(fact('one'));
    await ledger.append(fact('two'));
    await ledger.append(fact('one', { eventId: 'one/run/closed', kind: 'closed' }));
    expect(await ledger.entriesOf('one')).toMatchObject([
      { seq: 1, kind: 'ruled' },
      { seq: 3, kind: 'closed' },
    ]);
    expect(await ledger.entriesOf('three')).toEqual([]);
  });

  test('an entry whose row was changed is there, as one that cannot be read, and keeps nobody from the others', async () => {
    await ledger.append(fact('one'));
    await ledger.append(fact('one', { eventId: 'one/run/closed', kind: 'closed' }));
    await ledger.append(fact('one', { eventId: 'one/run/told', kind: 'told' }));
    await tamper(store.url, `update countersign_ledger set entry = 'gone' where seq = 2`);
    const [, changed, ...others] = await ledger.entriesOf('one');
    expect(changed).toMatchObject({
      seq: 2,
      eventId: 'one/run/closed',
      actionId: 'one',
      kind: 'unreadable',
      at: fact('one').at,
      body: { reason: 'row 2 of the ledger was changed: its entry cannot be read' },
    });
    expect(others).toMatchObject([{ seq: 3, kind: 'told' }]);
    await ledger.append(fact('two'));
    expect((await everything(ledger)).map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
      '1 ruled',
      '2 unreadable',
      '3 told',
      '4 ruled',
    ]);
  });

  test('an entry with a time that no date has cannot be read either: who shows it would fail', async () => {
    const odd = chain(GENESIS, { ...fact('one'), at: 8.64e15 + 1, body: {} });
    await tamper(
      store.url,
      `insert into countersign_ledger values (1, '${odd.eventId}', 'one', 'ruled', ${odd.at}, '${odd.previousHash}',
         '${odd.hash}', '${canonicalJson(odd)}')`,
    );
    expect(await ledger.entriesOf('one')).toMatchObject([
      { kind: 'unreadable', at: 8.64e15, body: { reason: expect.stringContaining('time') } },
    ]);
  });

  test('more entries than one page holds are all read, from and up to where was asked', async () => {
    await appendAll(450);
    const places = async (from?: number, limit?: number) => {
      const seen: number[] = [];
      for await (const { seq } of ledger.all(from, limit)) seen.push(seq);
      return seen;
    };
    const upTo = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i);
    expect(await places()).toEqual(upTo(1, 450));
    expect(await places(150, 250)).toEqual(upTo(150, 399));
    expect(await places(451)).toEqual([]);
  });
});
