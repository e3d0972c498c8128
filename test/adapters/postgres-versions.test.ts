import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrate, migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { checkChain } from '../../src/domain/ledger/ledger.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { everything, execute, fact } from './postgres-support.ts';

/** A database as the version before the roles left it: with its migrations alone. */
async function ofEarlierVersion(url: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  const own = fileURLToPath(new URL('../../src/adapters/postgres/migrations', import.meta.url));
  await cp(own, folder, { recursive: true, filter: (path) => !/(00[89]|0[1-9]\d)_/.test(path) });
  const client = new Client({ connectionString: url });
  await client.connect();
  await migrate(client, pathToFileURL(`${folder}/`)).finally(() => client.end());
  await rm(folder, { recursive: true });
}

describe('what a worker is refused before it works with a database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyDatabase();
  });
  afterEach(() => database.drop());

  const openedAs = (url: string) => openDatabase(url, 'worker', { waitMs: 400 });
  const MIGRATE = 'run "countersign migrate" as its owner';

  test('an empty one, with the command that makes it ready', async () => {
    await expect(openedAs(database.urls.worker)).rejects.toThrow(
      new RegExp(`cannot be used: it lacks 001_.*, 008_roles\\.sql.*: ${MIGRATE}$`),
    );
  });

  test('one of an earlier version, with the same command', async () => {
    await ofEarlierVersion(database.urls.owner);
    await expect(openedAs(database.urls.worker)).rejects.toThrow(`earlier version: ${MIGRATE}`);
    await migrateDatabase(database.urls.owner);
    const opened = await openedAs(database.urls.worker);
    await opened.close();
  });

  test('one of an earlier version as its owner, as that version was used: both at once', async () => {
    await ofEarlierVersion(database.urls.owner);
    await expect(openedAs(database.urls.owner)).rejects.toThrow(
      new RegExp(
        `it lacks 008_roles.sql.*: ${MIGRATE}; postgres is a superuser.*in the role countersign_worker alone`,
      ),
    );
  });

  test('one of which a migration was changed', async () => {
    await migrateDatabase(database.urls.owner);
    await execute(
      database.urls.owner,
      `update countersign_migrations set sha256 = 'x' where name like '003_%'`,
    );
    await expect(openedAs(database.urls.worker)).rejects.toThrow('changed since: 003_holds.sql');
    await expect(migrateDatabase(database.urls.owner)).rejects.toThrow('changed since: 003_holds.sql');
  });

  test('one of a later version is worked with: what it has more is for others', async () => {
    await migrateDatabase(database.urls.owner);
    await execute(database.urls.owner, `insert into countersign_migrations values ('999_later.sql', 'x')`);
    const opened = await openedAs(database.urls.worker);
    await opened.close();
  });

  test('the owner’s work: who is not the owner is told to be', async () => {
    await migrateDatabase(database.urls.owner);
    await expect(migrateDatabase(database.urls.worker)).rejects.toThrow(
      'dev_worker may not change it: run "countersign migrate" with the login of its owner (permission denied',
    );
  });

  test('nothing of it was migrated by trying', async () => {
    await expect(openedAs(database.urls.worker)).rejects.toThrow();
    await expect(execute(database.urls.owner, 'table countersign_migrations')).rejects.toThrow('not exist');
  });
});

describe('a database of the version before the roles', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    await ofEarlierVersion(database.urls.owner);
  });
  afterAll(() => database.drop());

  test('keeps its ledger, and the role of before can do nothing in it any more', async () => {
    const { owner, worker } = database.urls;
    await execute(
      owner,
      `set role countersign_app;
       insert into countersign_leases (target, holder, fencing_token, acquired_at) values ('production/cart', 'two', 3, 6)`,
    );
    await migrateDatabase(owner);
    for (const statement of [
      'table countersign_ledger',
      'table countersign_totp',
      'table countersign_leases',
      'update countersign_projection set seq = 0',
      'delete from countersign_people',
    ]) {
      await expect(execute(owner, `set role countersign_app; ${statement}`)).rejects.toThrow(
        'permission denied',
      );
    }
    const opened = await openDatabase(worker, 'worker');
    const ledger = createLedger(opened);
    await ledger.append(fact('one'));
    expect(checkChain(await everything(ledger))).toMatchObject({ kind: 'intact', head: { seq: 1 } });
    const { rows } = await opened.pool.query('select target from countersign_leases');
    expect(rows).toEqual([{ target: 'production/cart' }]);
    await opened.close();
  });
});
