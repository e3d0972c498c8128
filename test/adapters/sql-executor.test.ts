import { createServer, type Server } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Effect } from '../../src/activities/ports/executor.ts';
import { createSqlExecutor } from '../../src/adapters/sql/sql-executor.ts';
import type { SqlPlan } from '../../src/domain/action/action.ts';
import type { Preview } from '../../src/domain/action/preview.ts';
import { createEmptyDatabase, execute, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let shop: Client;

beforeAll(async () => {
  database = await createEmptyDatabase();
  shop = new Client({ connectionString: database.urls.owner });
  await shop.connect();
});
afterAll(async () => {
  await shop.end();
  await database.drop();
});

beforeEach(() =>
  execute(
    database.urls.owner,
    `drop schema public cascade; create schema public;
     create table countersign_effects (key text primary key, fencing_token bigint not null, at timestamptz not null default now());
     create table prices (sku text primary key, amount numeric not null);
     insert into prices select 'sku-' || n, n from generate_series(1, 1000) n;
     analyze prices;`,
  ),
);

const connection = () => ({ url: database.urls.owner, effects: 'countersign_effects' });
const executor = (url = connection().url) => createSqlExecutor({ shop: { ...connection(), url } });

const statement = (text: string, ...values: (string | number)[]) => ({ text, values });
const plan = (changes: Partial<SqlPlan> = {}): SqlPlan => ({
  executor: 'sql',
  database: 'shop',
  statements: [statement('UPDATE prices SET amount = $1 WHERE sku = $2', 5, 'sku-7')],
  mostRows: 10,
  timeoutMs: 10_000,
  ...changes,
});
const all = plan({ statements: [statement('UPDATE prices SET amount = amount + $1', 1)] });

const effect = (of: SqlPlan, changes: Partial<Effect> = {}): Effect => ({
  plan: of,
  actionId: 'agent.a',
  idempotencyKey: 'agent.a',
  fencingToken: 2,
  ...changes,
});
const run = (of: SqlPlan, changes: Partial<Effect> = {}) => executor().run(effect(of, changes));

async function previewed(of: SqlPlan): Promise<Preview> {
  const answer = await executor().preview?.(of);
  if (answer?.kind !== 'previewed') throw new Error(JSON.stringify(answer));
  return answer.preview;
}

const one = async (text: string) => Object.values((await shop.query(text)).rows[0] ?? {})[0];
const amountOf = (sku: string) => one(`select amount::int from prices where sku = '${sku}'`);

describe('the preview', () => {
  test('says what the planner expects, and which tables are touched', async () => {
    const { summary, changes, boundTo } = await previewed(all);
    expect(changes).toEqual([
      { what: 'UPDATE prices SET amount = amount + $1', to: 'up to about 1000 rows of "public"."prices"' },
    ]);
    expect(Object.keys(boundTo)).toEqual(['columns of "public"."prices"']);
    expect(summary).toBe(
      "1 statement in one transaction on shop, up to about 1000 rows by the planner's estimate; more than 10 rows undo all of it",
    );
    expect(await amountOf('sku-7')).toBe(7);
  });

  test('stays the same while only a few rows come and go', async () => {
    const before = await previewed(all);
    await execute(database.urls.owner, `delete from prices where amount < 20; analyze prices`);
    expect(await previewed(all)).toEqual(before);
  });

  test('differs once a column is another one', async () => {
    const before = await previewed(all);
    await execute(database.urls.owner, 'alter table prices alter column amount type double precision');
    expect((await previewed(all)).boundTo).not.toEqual(before.boundTo);
  });

  test('says of a statement that the planner does not know that nobody can say', async () => {
    const { changes } = await previewed(
      plan({ statements: [statement('ALTER TABLE prices ADD note text')] }),
    );
    expect(changes).toEqual([
      {
        what: 'ALTER TABLE prices ADD note text',
        to: 'the planner gives no estimate of such a statement',
      },
    ]);
  });

  test.each([
    ['UPDATE price SET amount = 1', 'relation "price" does not exist (42P01)'],
    ['UPDATE prices SET amount = ', 'syntax error at end of input (42601)'],
    [
      'DELETE FROM prices; DELETE FROM prices',
      'cannot insert multiple commands into a prepared statement (42601)',
    ],
  ])('is a refusal where the database would refuse it: %s', async (text, reason) => {
    expect(await executor().preview?.(plan({ statements: [statement(text)] }))).toEqual({
      kind: 'refused',
      reason,
    });
    expect(await one('select count(*)::int from prices')).toBe(1_000);
  });

  test('is not known while the database is away', async () => {
    const answer = await executor('postgres://nobody:secret@127.0.0.1:1/shop').preview?.(plan());
    expect(answer).toMatchObject({ kind: 'unknown' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

describe('the effect', () => {
  test('is one transaction, with a row in the table of effects', async () => {
    const two = plan({
      statements: [
        statement('UPDATE prices SET amount = $1 WHERE sku = $2', 5, 'sku-7'),
        statement('DELETE FROM prices WHERE sku = $1', 'sku-8'),
      ],
    });
    expect(await run(two)).toEqual({ kind: 'done', summary: 'committed: 1 row, 1 row' });
    expect([await amountOf('sku-7'), await amountOf('sku-8')]).toEqual([5, undefined]);
    expect(await one('select key from countersign_effects')).toBe('agent.a');
    expect(await executor().verify?.(effect(two))).toMatchObject({ kind: 'verified' });
  });

  test('is nothing where it touches more rows than it may', async () => {
    expect(await run(all)).toEqual({
      kind: 'refused',
      reason: 'it would touch 1000 rows, and 10 are allowed; nothing was kept',
    });
    expect(await amountOf('sku-7')).toBe(7);
    expect(await one('select count(*)::int from countersign_effects')).toBe(0);
  });

  test('is nothing where a later statement fails', async () => {
    const broken = plan({
      statements: [
        statement('UPDATE prices SET amount = 5 WHERE sku = $1', 'sku-7'),
        statement('SELECT 1 / 0'),
      ],
    });
    expect(await run(broken)).toEqual({
      kind: 'refused',
      reason: 'division by zero (22012); nothing was kept',
    });
    expect(await amountOf('sku-7')).toBe(7);
  });

  test('INVARIANT 8: comes once, however often it is sent', async () => {
    const more = plan({
      statements: [statement('UPDATE prices SET amount = amount + 1 WHERE sku = $1', 'sku-7')],
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => run(more)));
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(5);
    expect(await amountOf('sku-7')).toBe(8);
  });

  test('is nothing where it would do something else than people saw', async () => {
    const preview = await previewed(all);
    await execute(database.urls.owner, 'alter table prices add note text');
    const allowed = { ...all, mostRows: 2_000 };
    expect(await run(allowed, { preview })).toEqual({
      kind: 'refused',
      reason: 'it would do something else now than people saw; nothing was kept',
    });
    expect(await run(allowed, { preview: await previewed(allowed) })).toMatchObject({ kind: 'done' });
  });

  test('a value never becomes a part of the statement', async () => {
    const hostile = `x'; DELETE FROM prices; --`;
    await run(
      plan({ statements: [statement('UPDATE prices SET sku = $1 WHERE sku = $2', hostile, 'sku-7')] }),
    );
    expect(await one('select count(*)::int from prices')).toBe(1_000);
    expect(await one('select sku from prices where amount = 7')).toBe(hostile);
  });

  test('does not wait for a lock longer than its time', async () => {
    await shop.query('begin');
    await shop.query('lock table prices');
    onTestFinished(() => shop.query('rollback').then(() => {}));
    expect(await run(plan({ timeoutMs: 300 }))).toMatchObject({ kind: 'refused' });
  });

  test('is refused where countersign.yaml names no such database', async () => {
    expect(await run(plan({ database: 'toString' }))).toEqual({
      kind: 'refused',
      reason: 'countersign.yaml names no database toString; nothing was kept',
    });
  });

  test('is not known where the commit is not answered, and the look-up tells', async () => {
    const network = await cuttingAtCommit(new URL(database.urls.owner));
    const url = new URL(database.urls.owner);
    url.host = `127.0.0.1:${network.port}`;
    const answer = await executor(url.href).run(effect(plan()));
    expect(answer).toMatchObject({ kind: 'unknown' });
    expect(await executor().lookUp?.(effect(plan()))).toEqual({
      found: 'present',
      summary: 'its transaction is in the table of effects',
    });
    expect(await executor().lookUp?.(effect(plan(), { idempotencyKey: 'agent.b' }))).toMatchObject({
      found: 'absent',
    });
    expect(await run(plan())).toEqual({ kind: 'done', summary: 'it was committed before' });
  });
});

/** A network that lets a commit through, and not its answer. */
async function cuttingAtCommit(to: URL): Promise<{ readonly port: number }> {
  const { connect } = await import('node:net');
  const server: Server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    let cut = false;
    near.on('data', (bytes) => {
      if (bytes.includes('commit')) cut = true;
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (cut) near.destroy();
      else near.write(bytes);
    });
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port };
}
