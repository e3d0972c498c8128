import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PastActions } from '../../src/activities/ports/past-actions.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { createPastActions } from '../../src/adapters/postgres/past-actions.ts';
import { createWatchedActions } from '../../src/adapters/postgres/watched-actions.ts';
import { samenessOf } from '../../src/domain/attention/request-facts.ts';
import { sameBefore } from '../../src/domain/risk/record-before.ts';
import { anAction } from '../domain/support.ts';
import { closedBody, ruledBody } from '../support/ledger-bodies.ts';
import { createStore, execute, fact, facts, type Store, tamper } from './postgres-support.ts';

let store: Store;
let ledger: PostgresLedger;
let past: PastActions;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  past = createPastActions(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const FLUSH = { actionType: 'cache.flush', target: 'catalog', serviceTier: 3 as const };

const ruled = (actionId: string, at: number, action: Parameters<typeof ruledBody>[0] = {}) =>
  ledger.append(fact(actionId, { at, body: ruledBody(action) }));

const later = (
  actionId: string,
  kind: 'admitted' | 'verdict' | 'closed' | 'reviewed' | 'reported',
  at: number,
  body = {},
) => ledger.append(fact(actionId, { eventId: `${actionId}/run/${kind}`, kind, at, body }));

/** A whole life of an action, of which its agent was so sure. */
async function ranWith(confidence: number, actionId: string, at: number, agent = 'cache-agent') {
  const action = { agent: { id: agent, version: `${at}`, owner: 'user:radia' } };
  const body = { ...ruledBody({ action }), proposal: { rationale: { confidence } } };
  await ledger.append(fact(actionId, { at, body }));
  await later(actionId, 'admitted', at + 1);
  const measured = { verdict: { kind: 'healthy' }, measurements: [{ metric: 'error-ratio' }] };
  await later(actionId, 'closed', at + 2, closedBody('succeeded', measured));
}

/** Everything in the table, as it is stored. */
async function stored(url = store.url): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('select * from countersign_actions order by action_id')).rows;
  } finally {
    await client.end();
  }
}

/** A few whole lives, so that every column is written. */
async function someLives(): Promise<void> {
  await ruled('ran', 1, { impact: { riskScore: 42.5 }, action: { params: { keys: ['prices'] } } });
  await later('ran', 'admitted', 2);
  await later('ran', 'verdict', 5);
  await later(
    'ran',
    'closed',
    9,
    closedBody('rolledBack', { settlement: { kind: 'proceed' }, rollback: {} }),
  );
  await later('ran', 'reviewed', 20, { result: { kind: 'disagreed' } });
  await ruled('missed', 2);
  await later('missed', 'admitted', 3);
  await later('missed', 'closed', 9, closedBody('succeeded', { verdict: { kind: 'healthy' } }));
  await later('missed', 'reported', 40, { person: 'grace', found: 'regressed', reason: 'carts were empty' });
  await ruled('waits', 3, { ruling: { tier: 3 } });
  await ruled('denied', 4);
  await later('denied', 'closed', 6, closedBody('deniedByPerson', { settlement: { kind: 'denied' } }));
  await ranWith(0.82, 'sure', 30, 'other-agent');
}

test('what an action was asked to set is found with it, whatever it is', async () => {
  const params = { version: '2.4.0', count: 0.1, hosts: ['a', { b: null }], nul: 'a\u0000b', 'é"\\': true };
  await ruled('set', 1, { action: { params } });
  const { nul: _, ...kept } = params;
  expect((await past.similarTo(FLUSH, 10)).map((action) => action.params)).toEqual([kept]);
});

test('what the ledger says of an action is found with it', async () => {
  await someLives();
  const base = {
    agent: { id: 'cache-agent', version: '1.4.0' },
    ...FLUSH,
    environment: 'production',
    sameness: expect.any(String),
  };
  expect(await past.similarTo(FLUSH, 10)).toEqual([
    {
      ...base,
      agent: { id: 'other-agent', version: '30' },
      actionId: 'sure',
      confidence: 0.82,
      tier: 1,
      risk: 0,
      ruledAt: 30,
      admittedAt: 31,
      closed: { at: 32, outcome: 'succeeded', reason: 'because', foundHealthy: true },
      verdict: 'healthy',
    },
    {
      ...base,
      actionId: 'denied',
      tier: 1,
      risk: 0,
      ruledAt: 4,
      closed: { at: 6, outcome: 'deniedByPerson', reason: 'because', settlement: 'denied' },
    },
    { ...base, actionId: 'waits', tier: 3, risk: 0, ruledAt: 3 },
    {
      ...base,
      actionId: 'missed',
      tier: 1,
      risk: 0,
      ruledAt: 2,
      admittedAt: 3,
      closed: { at: 9, outcome: 'succeeded', reason: 'because' },
      verdict: 'healthy',
      reported: { found: 'regressed', at: 40 },
    },
    {
      ...base,
      actionId: 'ran',
      params: { keys: ['prices'] },
      tier: 1,
      risk: 42.5,
      ruledAt: 1,
      admittedAt: 2,
      review: 'disagreed',
      closed: { at: 9, outcome: 'rolledBack', reason: 'because', settlement: 'proceed', rollbackMs: 4 },
    },
  ]);
});

test('what ran and ended is found with what its watch found and what was reported, since a time', async () => {
  await someLives();
  const watchedActions = createWatchedActions(await store.open());
  const ran = { actionType: 'cache.flush', target: 'catalog', reason: 'because' };
  const all = [
    { ...ran, actionId: 'sure', risk: 0, ranAt: 31, closedAt: 32, outcome: 'succeeded', verdict: 'healthy' },
    {
      ...ran,
      actionId: 'missed',
      risk: 0,
      ranAt: 3,
      closedAt: 9,
      outcome: 'succeeded',
      verdict: 'healthy',
      reported: { found: 'regressed', at: 40 },
    },
    { ...ran, actionId: 'ran', risk: 42.5, ranAt: 2, closedAt: 9, outcome: 'rolledBack', rollbackBeganAt: 5 },
  ];
  const since = async (time: number) =>
    (await watchedActions.since(time)).toSorted(
      (a, b) => b.closedAt - a.closedAt || (a.actionId < b.actionId ? -1 : 1),
    );
  expect(await since(0)).toEqual(all);
  expect(await since(9)).toEqual(all.slice(0, 1));
  await ruled('unverified', 60);
  await later('unverified', 'admitted', 61);
  await later('unverified', 'closed', 62, closedBody('rollbackUnverified'));
  expect(await since(60)).toMatchObject([{ actionId: 'unverified', outcome: 'rollbackUnverified' }]);
});

test('similar is what does the same on the same service, or on one that is as critical', async () => {
  await ruled('same target', 1, { action: { serviceTier: 2 } });
  await ruled('same tier', 2, { action: { target: 'search' } });
  await ruled('other service', 3, { action: { target: 'cart', serviceTier: 2 } });
  await ruled('other type', 4, { action: { type: 'version.deploy' } });
  const ids = async (limit: number) => (await past.similarTo(FLUSH, limit)).map(({ actionId }) => actionId);
  expect(await ids(10)).toEqual(['same tier', 'same target']);
  expect(await ids(1)).toEqual(['same tier']);
});

test('what asks for the same is found as the same, whichever agent asked, and with it what it asked for', async () => {
  const params = { zone: 'b', a: 1e-7, note: '"quoted" \u{1F600}' };
  const agent = { id: 'other-agent', version: '9.0.0', owner: 'user:ada' };
  await ruled('one', 1, { action: { params } });
  await ruled('two', 2, { action: { params: { a: 1e-7, note: params.note, zone: 'b' }, agent } });
  await ruled('three', 3, { action: { params: { ...params, zone: 'c' } } });
  await ruled('odd', 4, { action: { params: { note: 'a\0b' } } });
  const [odd, three, two, one] = await past.similarTo(FLUSH, 10);
  const sameness = samenessOf({ type: 'cache.flush', target: 'catalog', environment: 'production', params });
  expect([one, two]).toMatchObject([{ sameness, params }, { sameness }]);
  expect(three?.sameness).not.toBe(sameness);
  expect(odd?.params).toBeUndefined();
});

test('the record of this very action is counted from the ledger', async () => {
  const params = { keys: ['prices', 'stock'], dryRun: false };
  for (const [n, id] of ['other-agent.x', '~other-agent.y', 'cache-agent.z'].entries()) {
    await ruled(id, 10 * n, { action: { params } });
    await later(id, 'admitted', 10 * n + 1);
    await later(id, 'closed', 10 * n + 2, closedBody('rolledBack'));
  }
  await ruled('cache-agent.other', 50, { action: { params: { ...params, dryRun: true } } });
  await later('cache-agent.other', 'closed', 51, closedBody('succeeded'));
  expect(sameBefore(anAction({ params }), await past.similarTo(FLUSH, 200))).toEqual({
    count: 3,
    outcomes: { rolledBack: 3 },
    since: 2,
    last: { actionId: 'cache-agent.z', outcome: 'rolledBack', at: 22, reason: 'because' },
  });
});

test('the record of an agent is of one action type on services of one tier, in one version or in any', async () => {
  await ruled('first', 1);
  await ruled('newer version', 2, { action: { agent: { id: 'cache-agent', version: '2.0.0' } } });
  await ruled('other agent', 3, { action: { agent: { id: 'other-agent', version: '1.4.0' } } });
  await ruled('other type', 4, { action: { type: 'version.deploy' } });
  await ruled('other tier', 5, { action: { serviceTier: 2 } });
  const ids = async (version?: string) => {
    const found = await past.of({ ...FLUSH, agent: { id: 'cache-agent', version } });
    return found.map(({ actionId }) => actionId);
  };
  expect(await ids()).toEqual(['newer version', 'first']);
  expect(await ids('1.4.0')).toEqual(['first']);
  expect(await ids('3.0.0')).toEqual([]);
});

test('what an agent ran and was how sure of is found newest first, in any version; nothing else is', async () => {
  await ranWith(0.9, 'first', 1);
  await ranWith(0, 'second', 10);
  await ranWith(0.9, 'of another', 20, 'other-agent');
  await ruled('not recorded', 30);
  await later('not recorded', 'admitted', 31);
  await later('not recorded', 'closed', 32, closedBody('succeeded'));
  const proposal = { rationale: { confidence: 0.9 } };
  await ledger.append(fact('not over', { at: 40, body: { ...ruledBody(), proposal } }));
  await later('not over', 'admitted', 41);
  await ledger.append(fact('denied', { at: 50, body: { ...ruledBody(), proposal } }));
  await later('denied', 'closed', 51, closedBody('deniedByPerson'));
  const found = async (limit: number) =>
    (await past.ranBy('cache-agent', limit)).map(({ actionId, confidence }) => [actionId, confidence]);
  expect(await found(10)).toEqual([
    ['second', 0],
    ['first', 0.9],
  ]);
  expect(await found(1)).toEqual([['second', 0]]);
});

test('what was handed in unsigned is in no record and is similar to nothing, however much of it there is', async () => {
  await ruled('own', 1);
  const unsigned = {
    id: 'cache-agent',
    version: '1.4.0',
    owner: 'user:radia',
    unsigned: 'it was handed in unsigned',
  };
  const floods = Array.from({ length: 1_100 }, (_, i) => `~cache-agent.${i}`);
  await Promise.all(floods.map((id) => ruled(id, 2, { action: { agent: unsigned } })));
  const agent = { id: 'cache-agent', version: '1.4.0' };
  for (const found of [
    await past.similarTo(FLUSH, 10),
    await past.of({ agent, actionType: 'cache.flush', serviceTier: 3 }),
  ])
    expect(found.map(({ actionId }) => actionId)).toEqual(['own']);
});

test('the model and the prompt that an agent named are found with what it did', async () => {
  const agent = { id: 'cache-agent', version: '1.4.0', model: 'm-2', promptDigest: 'a'.repeat(64) };
  await ruled('one', 1, { action: { agent } });
  expect(await past.of({ ...FLUSH, agent: { id: 'cache-agent' } })).toMatchObject([{ agent }]);
});

test('all that is appended at once is there, each action as its last entry leaves it', async () => {
  const lives = Array.from({ length: 60 }, (_, n) => `action-${n}`).flatMap((id) => [
    ruled(id, 1),
    later(id, 'admitted', 2),
    later(id, 'closed', 3, closedBody('succeeded')),
  ]);
  await Promise.all(lives);
  const found = await past.similarTo(FLUSH, 100);
  expect(found).toHaveLength(60);
  expect(found.every(({ admittedAt, closed }) => admittedAt === 2 && closed?.outcome === 'succeeded')).toBe(
    true,
  );
});

test('a fact that the ledger refuses changes nothing here either', async () => {
  await ruled('one', 1);
  await expect(ruled('one', 2, { ruling: { tier: 4 } })).rejects.toThrow('with other content');
  await ruled('one', 3);
  expect(await past.similarTo(FLUSH, 10)).toMatchObject([{ tier: 1, ruledAt: 1 }]);
});

test('an entry that nobody can make sense of is recorded, and takes no other with it', async () => {
  await Promise.all([
    ...facts(3).map(ledger.append),
    ruled('fine', 1),
    ledger.append(fact('odd', { body: ruledBody({ action: { target: 'a\0b' } }) })),
  ]);
  expect(await ledger.head()).toMatchObject({ seq: 5 });
  expect(await past.similarTo(FLUSH, 10)).toMatchObject([{ actionId: 'fine' }]);
});

describe('whatever is missing follows from the ledger', () => {
  const FORGET = 'truncate countersign_actions; update countersign_projection set seq = 0';

  test('an empty table is filled by a migration: it is what it was, to the last column', async () => {
    await someLives();
    const before = await stored();
    await execute(store.url, FORGET);
    expect(await stored()).toEqual([]);
    await migrateDatabase(store.url);
    expect(before).toHaveLength(5);
    expect(await stored()).toEqual(before);
  });

  test('more than one page of it, and several that migrate at once', async () => {
    const ids = Array.from({ length: 1_100 }, (_, n) => `action-${n}`);
    await Promise.all(ids.map((id, n) => ruled(id, n)));
    await Promise.all(ids.map((id) => later(id, 'closed', 5_000, closedBody('succeeded'))));
    const before = await stored();
    await execute(store.url, FORGET);
    await Promise.all([1, 2, 3].map(() => migrateDatabase(store.url)));
    expect(await stored()).toEqual(before);
    expect(before).toHaveLength(1_100);
  });

  test('what a worker recorded that does not know the table is there with the next entry', async () => {
    await someLives();
    const before = await stored();
    await execute(store.url, FORGET);
    await ruled('next', 30);
    expect(await stored()).toEqual(expect.arrayContaining(before));
    expect(await stored()).toHaveLength(before.length + 1);
  });

  test('an entry that somebody changed is no fact', async () => {
    await ruled('one', 1);
    await ruled('two', 2);
    await tamper(store.url, `update countersign_ledger set entry = 'gone' where seq = 1`);
    await execute(store.url, FORGET);
    await migrateDatabase(store.url);
    expect(await past.similarTo(FLUSH, 10)).toMatchObject([{ actionId: 'two' }]);
  });
});

test('as the application nobody takes an action out of the record', async () => {
  const database = await store.open();
  await expect(database.pool.query('delete from countersign_actions')).rejects.toThrow('permission denied');
});

test('what ran on a target after a time is found, the earliest first, with what it takes back', async () => {
  for (const [id, at] of [
    ['one', 10],
    ['two', 20],
    ['three', 30],
  ] as const) {
    await ruled(id, at, { action: id === 'three' ? { takesBack: { actionId: 'one' } } : {} });
    await ledger.append(fact(id, { eventId: `${id}/run/admitted`, kind: 'admitted', at }));
  }
  const on = { target: 'catalog', environment: 'production' };
  expect(await past.ranSince(on, 10)).toMatchObject([
    { actionId: 'two', admittedAt: 20 },
    { actionId: 'three', admittedAt: 30, takesBack: 'one' },
  ]);
  expect(await past.ranSince({ ...on, target: 'cart' }, 10)).toEqual([]);
  expect(await past.similarTo(FLUSH, 1)).toMatchObject([{ actionId: 'three', takesBack: 'one' }]);
});
