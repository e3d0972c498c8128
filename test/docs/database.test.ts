import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../../src/adapters/postgres/connection.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createRoles, migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { verifyLedger } from '../../src/adapters/postgres/verify.ts';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres.ts';

let postgres: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const urlOf = (username: string) =>
  Object.assign(new URL(postgres.url), { username, password: 'secret', pathname: 'countersign' }).href;

test.each([['docs/database.md'], ['src/adapters/postgres/roles.sql']])(
  'what %s tells an administrator to run makes a database that each part can use',
  async (file) => {
    const statements = [...(await readFile(file, 'utf8')).matchAll(/^[ -]+((?:create|revoke|grant) .*;)$/gm)];
    expect(statements.length).toBeGreaterThan(5);
    await withConnection(postgres.url, async (client) => {
      await createRoles(client);
      for (const [, statement = ''] of statements) await client.query(statement.replace("'...'", "'secret'"));
    });
    await migrateDatabase(urlOf('countersign'));
    for (const part of ['worker', 'gateway'] as const) {
      const database = await openDatabase(urlOf(`${part}_1`), part);
      await database.close();
    }
    expect(await withConnection(urlOf('auditor_1'), verifyLedger)).toMatchObject({ kind: 'intact' });
    await withConnection(postgres.url, async (client) => {
      await client.query('drop database countersign');
      await client.query('drop role worker_1, gateway_1, auditor_1, countersign');
    });
  },
);
