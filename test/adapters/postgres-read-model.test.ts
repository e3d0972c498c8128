import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import type { Paged, ReadModel } from '../../src/gateway/ports/read-model.ts';
import { closedBody, ruledBody } from '../support/ledger-bodies.ts';
import { afterwards, approve, deny, quorum, waiting } from './listed-facts.ts';
import { createStore, execute, fact, type Store } from './postgres-support.ts';

let store: Store;
let ledger: PostgresLedger;
let lists: ReadModel;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  lists = createReadModel(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const waits = (...asked: Parameters<typeof waiting>) => ledger.append(waiting(...asked));
const later = (...told: Parameters<typeof afterwards>) => ledger.append(afterwards(...told));

const ids = ({ items }: Paged<{ readonly actionId: string }>) => items.map(({ actionId }) => actionId);
const ALL = { limit: 100 };

test('what a person may decide is listed by its deadline, and nobody else’s', async () => {
  await waits('late', 1_000, 9_000);
  await waits('soon', 2_000, 1_000);
  await waits('of others', 1_000, 1_000, quorum('others', 'cy'));
  expect(await lists.pendingFor('ada', ALL)).toEqual({
    items: [
      {
        actionId: 'soon',
        title: 'flush soon',
        actionType: 'cache.flush',
        target: 'catalog',
        environment: 'production',
        agent: 'cache-agent',
        tier: 3,
        risk: 30,
        status: 'waiting',
        ruledAt: 2_000,
        deadline: 3_000,
        needed: '1 of team',
        group: 'cache.flush / catalog / production',
      },
      expect.objectContaining({ actionId: 'late', deadline: 10_000 }),
    ],
  });
  expect(ids(await lists.pendingFor('cy', ALL))).toEqual(['of others']);
  expect(ids(await lists.pendingFor('nobody', ALL))).toEqual([]);
});

test('what was decided leaves the list of what waits, and is in the list of who decided it', async () => {
  await waits('approved', 1_000, 9_000);
  await waits('denied', 1_000, 9_000);
  await later('approved', 'admitted', 3_000, {
    settlement: { kind: 'approved' },
    votes: [approve('ada', 2_000)],
  });
  await later(
    'denied',
    'closed',
    3_000,
    closedBody('deniedByPerson', {
      settlement: { kind: 'denied' },
      votes: [deny('ada', 2_500, 'Too risky')],
    }),
  );
  expect(ids(await lists.pendingFor('ada', ALL))).toEqual([]);
  expect((await lists.decidedBy('ada', ALL)).items).toMatchObject([
    {
      actionId: 'denied',
      verdict: 'deny',
      reason: 'Too risky',
      decidedAt: 2_500,
      outcome: 'deniedByPerson',
      closedAt: 3_000,
    },
    { actionId: 'approved', verdict: 'approve', decidedAt: 2_000, status: 'running' },
  ]);
  expect(ids(await lists.decidedBy('bo', ALL))).toEqual([]);
});

test('a review is due from those who may make it, until somebody did', async () => {
  const review = { withinMs: 1_000, requirement: quorum('owners', 'eve') };
  await ledger.append(fact('ran', { at: 1_000, body: ruledBody({ ruling: { review } }) }));
  await later('ran', 'closed', 2_000, { ...closedBody('succeeded', { receipt: {} }), review });
  expect((await lists.reviewsDue('eve', ALL)).items).toMatchObject([
    { actionId: 'ran', outcome: 'succeeded', dueAt: 3_000 },
  ]);
  await later('ran', 'reviewed', 2_500, { result: { kind: 'agreed' }, votes: [approve('eve', 2_400)] });
  expect((await lists.reviewsDue('eve', ALL)).items).toEqual([]);
  expect(ids(await lists.decidedBy('eve', ALL))).toEqual(['ran']);
});

test('all actions are listed, newest first, by what is asked of them', async () => {
  await waits('one', 1_000, 9_000);
  await waits('two', 2_000, 9_000, undefined, { target: 'cart' });
  await waits('three', 3_000, 9_000, undefined, { agent: { id: 'other-agent', version: '1' } });
  await later('one', 'closed', 4_000, closedBody('expired'));
  const found = async (filter: Parameters<ReadModel['actions']>[0]) => ids(await lists.actions(filter, ALL));
  expect(await found({})).toEqual(['three', 'two', 'one']);
  expect(await found({ status: 'waiting' })).toEqual(['three', 'two']);
  expect(await found({ status: 'waiting', target: 'cart' })).toEqual(['two']);
  expect(await found({ agent: 'other-agent' })).toEqual(['three']);
  expect(await found({ outcome: 'expired', environment: 'production', actionType: 'cache.flush' })).toEqual([
    'one',
  ]);
  expect(await found({ agent: "'; drop table countersign_list; --" })).toEqual([]);
  expect(await lists.action('two')).toMatchObject({ actionId: 'two', target: 'cart' });
  expect(await lists.action('none')).toBeUndefined();
});

describe('page by page', () => {
  test('every item is on one page, whatever comes and goes meanwhile', async () => {
    for (let n = 0; n < 25; n += 1) await waits(`a-${n}`, 1_000, 1_000 + Math.floor(n / 3));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await lists.pendingFor('ada', { limit: 7, after });
      seen.push(...ids(page));
      after = page.next;
      await waits(`early-${seen.length}`, 1_000, 1);
    } while (after !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  test.each([['rubbish'], [''], ['WyJhIiwxXQ'], ['W10'], [Buffer.from('[1,"\0"]').toString('base64url')]])(
    'a beginning that is none of ours (%j) is the first page',
    async (after) => {
      await waits('one', 1_000, 1_000);
      expect(ids(await lists.pendingFor('ada', { limit: 7, after }))).toEqual(['one']);
      expect(ids(await lists.actions({}, { limit: 7, after }))).toEqual(['one']);
    },
  );

  test.each([[0], [-5], [Number.NaN], [10_000]])('a page of %d items has 1 to 100 of them', async (limit) => {
    await Promise.all(Array.from({ length: 105 }, (_, n) => waits(`a-${n}`, 1_000, n)));
    const { length } = (await lists.pendingFor('ada', { limit })).items;
    expect(length).toBe(limit === 10_000 ? 100 : 1);
  });
});

test('among 10,000 that wait, a page is read along the index, wherever it begins', async () => {
  const some = Array.from({ length: 10_000 }, (_, n) => n);
  await Promise.all(some.map((n) => waits(`a-${n}`, n, 100_000, quorum('team', `p${n % 7}`, 'ada'))));
  const client = new Client({ connectionString: store.url });
  await client.connect();
  try {
    await client.query('analyze countersign_people; analyze countersign_list');
    const plan = async (at: number) => {
      const { rows } = await client.query(
        `explain (analyze, buffers, format json)
         select l.*, p.at from (select * from countersign_people
           where person = 'ada' and part = 'asked' and (at, action_id) > (${at}, '')
           order by at, action_id limit 51) p join countersign_list l using (action_id)`,
      );
      return rows[0]['QUERY PLAN'][0].Plan;
    };
    const [first, deep] = [await plan(0), await plan(109_000)];
    for (const each of [first, deep]) {
      expect(JSON.stringify(each)).not.toContain('Seq Scan');
      expect(each['Shared Hit Blocks'] + each['Shared Read Blocks']).toBeLessThan(400);
    }
  } finally {
    await client.end();
  }
  const page = await lists.pendingFor('ada', { limit: 50 });
  expect(page.items).toHaveLength(50);
});

test('whoever listens is told of each action that the ledger has something new of', async () => {
  const client = new Client({ connectionString: store.url });
  await client.connect();
  const told: (string | undefined)[] = [];
  client.on('notification', ({ payload }) => told.push(payload));
  try {
    await client.query('listen countersign');
    await Promise.all([waits('one', 1_000, 1_000), waits('two', 1_000, 1_000)]);
    await ledger.append(fact('one', { at: 1_000, body: { refused: true } })).catch(() => undefined);
    await later('one', 'closed', 2_000, closedBody('expired'));
    await expect.poll(() => told.length).toBe(3);
    expect(told.toSorted()).toEqual(['one', 'one', 'two']);
  } finally {
    await client.end();
  }
});

describe('whatever is missing follows from the ledger', () => {
  const FORGET =
    'truncate countersign_list, countersign_people; update countersign_projection set listed_seq = 0';
  const stored = async () => {
    const client = new Client({ connectionString: store.url });
    await client.connect();
    try {
      const { rows: list } = await client.query('select * from countersign_list order by action_id');
      const { rows: people } = await client.query(
        'select * from countersign_people order by action_id, person, part, at',
      );
      return { list, people };
    } finally {
      await client.end();
    }
  };

  async function someLives(): Promise<void> {
    await waits('waits', 1_000, 9_000);
    await waits('ran', 1_000, 9_000);
    await later('ran', 'admitted', 3_000, {
      settlement: { kind: 'approved' },
      votes: [approve('ada', 2_000)],
    });
    await later(
      'ran',
      'closed',
      4_000,
      closedBody('succeeded', { settlement: { kind: 'approved' }, votes: [approve('ada', 2_000)] }),
    );
  }

  test('a database from before there were lists gets them when it is migrated', async () => {
    await someLives();
    const before = await stored();
    expect(before.list).toHaveLength(2);
    await execute(store.url, FORGET);
    await Promise.all([migrateDatabase(store.url), migrateDatabase(store.url)]);
    expect(await stored()).toEqual(before);
  });

  test('what a worker recorded that does not know of lists is in them with the next entry', async () => {
    await someLives();
    const before = await stored();
    await execute(store.url, FORGET);
    await waits('next', 5_000, 1_000);
    const { list } = await stored();
    expect(list).toEqual(expect.arrayContaining(before.list));
    expect(list).toHaveLength(3);
  });
});
