import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startProxy } from './postgres-proxy.ts';
import { execute, fact } from './postgres-support.ts';

/** The URL with some of its parts replaced. */
const withParts = (url: string, parts: Partial<URL>) => Object.assign(new URL(url), parts).href;

describe('a database that cannot be used is an error that names it, and never the password', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  const refusal = (url: string) =>
    openDatabase(url, { waitMs: 400 }).then(
      () => undefined,
      (error: Error) => error,
    );

  test.each<[string, (url: string) => string | Promise<string>, RegExp]>([
    [
      'nobody listens',
      async (url) => withParts(url, { port: String((await freePorts(1))[0]) }),
      /database "test_\w+" on 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/,
    ],
    [
      'no such host',
      (url) => withParts(url, { hostname: 'nowhere.invalid' }),
      /database "test_\w+" on nowhere\.invalid:\d+ cannot be reached: .*/,
    ],
    [
      'no such database',
      (url) => withParts(url, { pathname: 'absent' }),
      /database "absent" on .* cannot be reached: database "absent" does not exist/,
    ],
    [
      'a wrong password',
      (url) => withParts(url, { password: 'hunter2' }),
      /cannot be reached: password authentication failed/,
    ],
    ['a URL of another kind', (url) => url.replace('postgresql', 'mysql'), /starts with postgresql:/],
    ['a URL that is none', () => 'postgresql://user:hunter2@host:port/database', /form postgresql:/],
  ])('%s', async (_, bend, message) => {
    const url = await bend(database.url);
    const error = await refusal(url);
    expect(error?.message).toMatch(message);
    for (const secret of ['hunter2', new URL(database.url).password]) {
      expect(`${error?.stack} ${JSON.stringify(error)} ${String(error?.cause)}`).not.toContain(secret);
    }
  });

  test('one that accepts connections and never answers', async () => {
    const proxy = await startProxy(database.url);
    proxy.freeze();
    expect((await refusal(proxy.url))?.message).toMatch(/cannot be reached: .*timeout/);
    await proxy.close();
  });
});

test('a database that is not up yet is waited for', async () => {
  const { url, drop } = await createDatabase();
  const [port = 0] = await freePorts(1);
  const opening = openDatabase(withParts(url, { port: String(port) }));
  const proxy = await startProxy(url, port);
  const database = await opening;
  expect(await database.check()).toEqual([]);
  await database.close();
  await proxy.close();
  await drop();
});

describe('on a PostgreSQL that is new to Countersign', () => {
  let postgres: PostgresServer;
  beforeEach(async () => {
    postgres = await startPostgres();
  });
  afterEach(() => postgres.stop());

  const openAll = (names: string[], user: Partial<URL> = {}) =>
    Promise.all(names.map((name) => openDatabase(withParts(postgres.url, { pathname: name, ...user }))));

  test('several workers may open several databases at once', async () => {
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await execute(postgres.url, `create database ${name}`);
    const opened = await openAll([...names, ...names, ...names]);
    for (const [i, database] of opened.entries()) await createLedger(database).append(fact(`action-${i}`));
    for (const database of opened) expect(await createLedger(database).head()).toMatchObject({ seq: 3 });
    await Promise.all(opened.map((database) => database.close()));
  });

  test('the owner of a database needs no more than the right to create roles, or the use of one', async () => {
    const [deployer, stranger] = ['deployer', 'stranger'].map((username) => ({
      username,
      password: 'secret',
    }));
    await execute(postgres.url, `create role deployer login createrole password 'secret'`);
    await execute(postgres.url, `create role stranger login password 'secret'`);
    for (const name of ['one', 'two']) await execute(postgres.url, `create database ${name} owner deployer`);
    await execute(postgres.url, 'create database three owner stranger');

    await expect(openAll(['three'], stranger)).rejects.toThrow(
      /stranger may not use the role countersign_app; .* run: /,
    );
    const opened = await openAll(['one', 'two', 'one', 'two'], deployer);
    await expect(openAll(['three'], stranger)).rejects.toThrow('grant countersign_app to stranger');
    await execute(postgres.url, 'grant countersign_app to stranger');
    opened.push(...(await openAll(['three'], stranger)));

    for (const database of opened) {
      await createLedger(database).append(fact('one'));
      await expect(database.pool.query('delete from countersign_ledger')).rejects.toThrow(
        'permission denied',
      );
      await database.close();
    }
  });
});

test('a database that cannot hold every character is refused', async () => {
  const name = `latin_${process.pid}`;
  const server = inject('postgresUrl');
  await execute(server, `create database ${name} encoding 'LATIN1' template template0`);
  await expect(openDatabase(withParts(server, { pathname: name }))).rejects.toThrow(
    /cannot be used: 001_.*\.sql cannot be applied: .* has encoding LATIN1, it must be UTF8/,
  );
  await execute(server, `drop database ${name}`);
});

describe('migrations', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const file = (name: string, sql: string) => writeFile(join(folder, name), sql);

  async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return use(client).finally(() => client.end());
  }

  const apply = () => withClient((client) => migrate(client, pathToFileURL(`${folder}/`)));

  const steps = () =>
    withClient(async (client) =>
      (await client.query<{ name: string }>('select name from steps')).rows.map(({ name }) => name),
    );

  test('each is applied once, in the order of the names, also when several start at once', async () => {
    await file('002_b.sql', `insert into steps values ('b')`);
    await file('001_a.sql', `create table steps (name text); insert into steps values ('a')`);
    await file('notes.txt', 'this is no SQL');
    await Promise.all([apply(), apply(), apply(), apply()]);
    await file('003_c.sql', `insert into steps values ('c')`);
    await apply();
    expect(await steps()).toEqual(['a', 'b', 'c']);
  });

  test('a file that was applied and has changed since is refused, and none after it is applied', async () => {
    await file('001_a.sql', 'create table steps (name text)');
    await apply();
    await file('001_a.sql', 'create table steps (name text) -- and more');
    await file('002_b.sql', `insert into steps values ('b')`);
    await expect(apply()).rejects.toThrow(/changed since: 001_a\.sql/);
    expect(await steps()).toEqual([]);
  });

  test('of a file that fails nothing stays, and it is applied once it is right', async () => {
    await file('001_a.sql', 'create table steps (name text)');
    await file('002_b.sql', `insert into steps values ('b'); select 1 / 0`);
    await expect(apply()).rejects.toThrow('002_b.sql cannot be applied: division by zero');
    expect(await steps()).toEqual([]);

    await file('002_b.sql', `insert into steps values ('b')`);
    await apply();
    expect(await steps()).toEqual(['b']);
  });
});
