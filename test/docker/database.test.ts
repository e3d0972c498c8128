import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../../src/adapters/postgres/connection.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { verifyLedger } from '../../src/adapters/postgres/verify.ts';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres.ts';
import { fact } from '../adapters/postgres-support.ts';
import { services, text } from './deployment.ts';

const OWNER = 'COUNTERSIGN_DB_PASSWORD';
const PASSWORDS: Readonly<Record<string, string>> = {
  TEMPORAL_DB_PASSWORD: 'one',
  [OWNER]: 'two',
  COUNTERSIGN_WORKER_DB_PASSWORD: 'three',
  COUNTERSIGN_GATEWAY_DB_PASSWORD: 'four',
  COUNTERSIGN_AUDITOR_DB_PASSWORD: 'five',
};

let postgres: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgres();
  await withConnection(postgres.url, runInit);
});

/** Runs init.sql as psql does in the image: with the environment of its service, and the files that are mounted there. */
async function runInit(client: Client): Promise<void> {
  const { environment = {}, volumes = [] } = services().postgresql ?? {};
  const mounted = new Map(
    volumes.map((volume) => String(volume).split(':').slice(0, 2).reverse() as [string, string]),
  );
  const variables = new Map<string, string>();
  let statement = '';
  for (const line of text('temporal-docker/postgresql/init.sql').split('\n')) {
    const [command, first = '', second = ''] = line.split(' ');
    if (command === '\\getenv') variables.set(first, second in environment ? (PASSWORDS[second] ?? '') : '');
    else if (command === '\\i') await client.query(text(`temporal-docker/${mounted.get(first)}`));
    else if (command !== '\\set') statement += `${line}\n`;
    if (!line.endsWith(';')) continue;
    await client.query(statement.replaceAll(/:'(\w+)'/g, (_, name) => `'${variables.get(name)}'`));
    statement = '';
  }
}

afterAll(() => postgres.stop());

const connected = (username: string, password: string, database: string) =>
  Object.assign(new URL(postgres.url), { username, password, pathname: database }).href;

/** The database that a service is given, on the server of this test. */
function urlOf(name: string): string {
  const written = services()[name]?.environment?.COUNTERSIGN_DATABASE_URL ?? '';
  const url = new URL(written.replace(/\$\{(\w+):[^}]*\}/, (_, password) => PASSWORDS[password] ?? ''));
  return connected(url.username, url.password, url.pathname);
}

test('one service migrates as the owner, and worker and gateway work with logins of their own', async () => {
  await migrateDatabase(urlOf('migrate'));
  const worker = await openDatabase(urlOf('worker'), 'worker');
  await createLedger(worker).append(fact('one'));
  await worker.close();
  const gateway = await openDatabase(urlOf('gateway'), 'gateway');
  expect(await createLedger(gateway).head()).toMatchObject({ seq: 1 });
  await gateway.close();
  const auditor = connected('auditor', 'five', 'countersign');
  expect(await withConnection(auditor, verifyLedger)).toMatchObject({ kind: 'intact', head: { seq: 1 } });
});

test('INVARIANT 9: no process that runs all the time is given the password of the owner', () => {
  const given = Object.entries(services()).flatMap(([name, { environment = {} }]) =>
    JSON.stringify(environment).includes(`\${${OWNER}:`) ? [name] : [],
  );
  // PostgreSQL itself needs it once, to make the role.
  expect(given.sort()).toEqual(['migrate', 'postgresql']);
});

test.each([
  ['temporal', 'one', 'countersign'],
  ['worker', 'three', 'temporal'],
  ['gateway', 'four', 'temporal'],
  ['auditor', 'five', 'temporal_visibility'],
])('%s cannot connect with %s to %s', async (username, password, database) => {
  await expect(withConnection(connected(username, password, database), async () => {})).rejects.toThrow(
    'permission denied for database',
  );
});
