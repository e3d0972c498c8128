import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import type { ActionType, Installation } from '../../src/domain/installation/installation.ts';
import { createEmptyDatabase, execute, type TestDatabase } from '../support/database.ts';
import { activitiesOf } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

let shop: TestDatabase;

const raise = (database: string, tier: 1 | 3): ActionType => ({
  name: `prices.raise.${database}.${tier}`,
  title: `raise the prices by \${params.by}`,
  parameters: { type: 'object', additionalProperties: false, properties: { by: { type: 'integer' } } },
  tier: { 1: tier, 2: tier, 3: tier, 4: tier },
  severity: { performance: 0, security: 0, dataAccess: 0, serviceDisruption: 1 },
  execute: {
    executor: 'sql',
    database,
    statements: [{ text: 'UPDATE prices SET amount = amount + $1', values: [`\${params.by}`] }],
    mostRows: 100,
    timeoutMs: 5_000,
  },
  rollback: {
    executor: 'sql',
    database,
    statements: [{ text: 'UPDATE prices SET amount = amount - $1', values: [`\${params.by}`] }],
    mostRows: 100,
    timeoutMs: 5_000,
    leaves: [],
  },
});

const withPrices = (): Partial<Installation> => {
  const { actionTypes } = testInstallation().installation;
  const types = [raise('shop', 1), raise('shop', 3), raise('away', 1)];
  return { actionTypes: { ...actionTypes, ...Object.fromEntries(types.map((type) => [type.name, type])) } };
};

/** The addresses are known once the database of the test is there. */
const databases: Record<string, { url: string; effects: string }> = {
  away: { url: 'postgres://nobody@127.0.0.1:1/away', effects: 'countersign_effects' },
};

beforeAll(async () => {
  shop = await createEmptyDatabase();
  databases.shop = { url: shop.urls.owner, effects: 'countersign_effects' };
});
const world = useWorld({
  installation: withPrices,
  connections: (usual) => ({ ...usual, databases }),
});
afterAll(() => shop.drop());

beforeEach(() =>
  execute(
    shop.urls.owner,
    `drop schema public cascade; create schema public;
     create table countersign_effects (key text primary key, fencing_token bigint not null);
     create table prices (sku text primary key, amount int not null);
     insert into prices select 'sku-' || n, n from generate_series(1, 50) n; analyze prices;`,
  ),
);

const asked: ActionHandle[] = [];
afterEach(() => Promise.all(asked.splice(0).map((action) => action.cancel().catch(() => {}))));

const raised = (database: string, tier: 1 | 3, changes: Partial<Proposal> = {}) =>
  proposal({ actionType: `prices.raise.${database}.${tier}`, params: { by: 3 }, ...changes });

async function propose(of: Proposal): Promise<ActionHandle> {
  const action = await world().countersign.propose(of);
  asked.push(action);
  return action;
}

async function outcomeOf(action: ActionHandle) {
  await world().until(action, 'closed');
  return (await action.state()).outcome;
}

async function sum(): Promise<number> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: shop.urls.owner });
  await client.connect();
  try {
    return (await client.query('select sum(amount)::int as sum from prices')).rows[0].sum;
  } finally {
    await client.end();
  }
}
const BEFORE = (50 * 51) / 2;

test('what the system says that an action would do is what people are asked about, and that runs', async () => {
  const action = await propose(raised('shop', 3));
  await world().until(action, 'waiting');
  const { impact } = await action.state();
  expect(impact?.preview).toMatchObject({
    kind: 'previewed',
    preview: { changes: [{ to: 'up to about 100 rows of "public"."prices"' }] },
  });
  expect(await sum()).toBe(BEFORE);
  await world().decide('edsger', 'approve', action);
  expect(await outcomeOf(action)).toMatchObject({ kind: 'succeeded' });
  expect(await sum()).toBe(BEFORE + 150);
  const entries = await world().ledger.entriesOf(action.actionId);
  expect(entries.map(({ kind }) => kind).filter((kind) => /^(previewed|ruled|admitted)$/.test(kind))).toEqual(
    ['previewed', 'ruled', 'previewed', 'admitted'],
  );
  const [mail] = world().mailsOf(action);
  expect(JSON.stringify(mail)).toContain('up to about 100 rows');
});

test('INVARIANT 2: a system that would do something else by now sends it back to people, and what they then see runs', async () => {
  const action = await propose(raised('shop', 3));
  await world().until(action, 'waiting');
  const { ruling: first } = await action.state();
  await execute(shop.urls.owner, 'alter table prices add note text');
  await world().decide('edsger', 'approve', action);

  await world().untilAskedAgain(action);
  const { ruling } = await action.state();
  expect(ruling?.reasons.join('\n')).toMatch(
    /asked again: it would do something else now: columns of "public"/,
  );
  expect(ruling?.digest).not.toBe(first?.digest);
  expect(await sum()).toBe(BEFORE);
  await world().decide('edsger', 'approve', action);
  expect(await outcomeOf(action)).toMatchObject({ kind: 'succeeded' });
  expect(await sum()).toBe(BEFORE + 150);
});

test('at tier 1 it runs at once, with one preview', async () => {
  const action = await propose(raised('shop', 1));
  expect(await outcomeOf(action)).toMatchObject({ kind: 'succeeded' });
  expect(await sum()).toBe(BEFORE + 150);
  expect((await activitiesOf(world(), action)).filter(({ name }) => name === 'preview')).toHaveLength(1);
});

test('INVARIANT 7: where it is not known what it would do, people decide, whatever its tier', async () => {
  const action = await propose(raised('away', 1));
  await world().until(action, 'waiting');
  const { ruling } = await action.state();
  expect(ruling?.tier).toBe(3);
  expect(ruling?.reasons.join('\n')).toMatch(
    /it is not known what it would do, so it needs people: tier 3: the database away cannot be reached/,
  );
});

test('what the system would refuse asks nobody: it is denied in its own words', async () => {
  await execute(shop.urls.owner, 'drop table prices');
  const action = await propose(raised('shop', 3));
  expect(await outcomeOf(action)).toEqual({
    kind: 'deniedByPolicy',
    reason: expect.stringContaining(
      'the system that it would change says that it would refuse it: relation "prices" does not exist (42P01)',
    ),
  });
});

test('an edit is previewed anew: people decide on what the edited action would do', async () => {
  const action = await propose(raised('shop', 3));
  await world().until(action, 'waiting');
  const edit = await world().sign('edsger', 'edit', action, {
    params: { by: 1 },
    reason: 'three is too much',
  });
  await world().countersign.decide(action.workflowId, edit);
  await world().untilAskedAgain(action);
  const { action: edited, impact } = await action.state();
  expect(impact?.preview).toMatchObject({ kind: 'previewed' });
  expect(edited?.params).toEqual({ by: 1 });
  await world().decide('linus', 'approve', action);
  expect(await outcomeOf(action)).toMatchObject({ kind: 'succeeded' });
  expect(await sum()).toBe(BEFORE + 50);
});
