import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrate, migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { createLogins, urlsFor } from '../../src/dev/database.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres.ts';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../support/database.ts';
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
    openDatabase(url, 'worker', { waitMs: 400 }).then(
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
    const url = await bend(database.urls.worker);
    const error = await refusal(url);
    expect(error?.message).toMatch(message);
    for (const secret of ['hunter2', new URL(database.urls.worker).password]) {
      expect(`${error?.stack} ${JSON.stringify(error)} ${String(error?.cause)}`).not.toContain(secret);
    }
  });

  test('one that accepts connections and never answers', async () => {
    const proxy = await startProxy(database.urls.worker);
    proxy.freeze();
    expect((await refusal(proxy.url))?.message).toMatch(/cannot be reached: .*timeout/);
    await proxy.close();
  });
});

test('a database that is not up yet is waited for', async () => {
  const { urls, drop } = await createDatabase();
  const [port = 0] = await freePorts(1);
  const opening = openDatabase(withParts(urls.worker, { port: String(port) }), 'worker');
  const proxy = await startProxy(urls.worker, port);
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

  const at = (name: string, user: Partial<URL> = {}) => withParts(postgres.url, { pathname: name, ...user });

  test('several may migrate several databases at once, and the roles are made on the way', async () => {
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await execute(postgres.url, `create database ${name}`);
    const applied = await Promise.all(
      [...names, ...names, ...names].map((name) => migrateDatabase(at(name))),
    );
    // Between those who migrate one database, each migration was applied once.
    for (const [i] of names.entries()) {
      const together = [applied[i], applied[i + 4], applied[i + 8]].flatMap((each) => each ?? []);
      expect(together.length).toBe(new Set(together).size);
      expect(together).toContain('008_roles.sql');
    }
    const logins = await createLogins(postgres.url);
    for (const name of names) {
      const database = await openDatabase(urlsFor(at(name), logins).worker, 'worker');
      await createLedger(database).append(fact('one'));
      await database.close();
    }
  });

  test('an owner who may create roles needs no administrator', async () => {
    await execute(postgres.url, `create role deployer login createrole password 'secret'`);
    await execute(postgres.url, 'create database one owner deployer');
    await migrateDatabase(at('one', { username: 'deployer', password: 'secret' }));
    const logins = await createLogins(postgres.url);
    const database = await openDatabase(urlsFor(at('one'), logins).worker, 'worker');
    await createLedger(database).append(fact('one'));
    await database.close();
  });

  test('an owner who may not is told what an administrator has to run, and that is all it needs', async () => {
    await execute(postgres.url, `create role owner login password 'secret'`);
    await execute(postgres.url, 'create database one owner owner');
    const owner = at('one', { username: 'owner', password: 'secret' });
    await expect(migrateDatabase(owner)).rejects.toThrow(
      /roles of Countersign are missing, and owner may not create them: an administrator has to run .*roles\.sql$/,
    );
    const logins = await createLogins(postgres.url);
    await execute(postgres.url, 'grant countersign_app to owner');
    await migrateDatabase(owner);
    const database = await openDatabase(urlsFor(at('one'), logins).worker, 'worker');
    await createLedger(database).append(fact('one'));
    await database.close();
  });
});

test('a database that cannot hold every character is refused', async () => {
  const name = `latin_${process.pid}`;
  const server = inject('postgresUrl');
  await execute(server, `create database ${name} encoding 'LATIN1' template template0`);
  await expect(migrateDatabase(withParts(server, { pathname: name }))).rejects.toThrow(
    /cannot be used: 001_.*\.sql cannot be applied: .* has encoding LATIN1, it must be UTF8/,
  );
  await execute(server, `drop database ${name}`);
});

describe('migrations', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await createEmptyDatabase();
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const file = (name: string, sql: string) => writeFile(join(folder, name), sql);

  async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: database.urls.owner });
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

  test('whoever creates the list of migrations first, the others find it', async () => {
    // Each round is another race between as many as can connect.
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 8 }, apply));
      await withClient((client) => client.query('drop table countersign_migrations'));
    }
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
