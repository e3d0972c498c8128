import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createFactors } from '../../src/adapters/postgres/factors.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { migrateDatabase } from '../../src/adapters/postgres/migrate.ts';
import { type DatabaseUrls, prepareDatabase } from '../../src/dev/database.ts';
import { startPostgres } from '../../src/dev/postgres.ts';
import { createDatabase } from '../support/database.ts';
import { execute, fact } from './postgres-support.ts';

const MODES = [
  'access share',
  'row share',
  'row exclusive',
  'share update exclusive',
  'share',
  'share row exclusive',
  'exclusive',
  'access exclusive',
];
const ROWS = ['for key share', 'for share', 'for no key update', 'for update'];

/** Whatever locks somebody can take with this login, held until they are told to stop. Gives how many of which kind. */
async function holdEveryLock(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relname like 'countersign%'`,
  );
  await client.query('begin');
  const held = { advisory: 0, table: 0, row: 0 };
  const take = async (kind: keyof typeof held, statement: string) => {
    await client.query('savepoint before');
    await client.query(statement).then(
      () => {
        held[kind] += 1;
      },
      () => client.query('rollback to before'),
    );
  };
  for (const { name } of rows) {
    for (const mode of MODES) await take('table', `lock table ${name} in ${mode} mode nowait`);
    for (const strength of ROWS) await take('row', `select from ${name} ${strength} nowait`);
  }
  // The numbers that earlier versions locked, and others.
  for (const key of [4_839_201_701, 4_839_201_702, 0, 1]) {
    await take('advisory', `select pg_advisory_lock(${key}), pg_advisory_xact_lock(${key})`);
  }
  for (const person of ['ada', 'grace'])
    await take('advisory', `select pg_advisory_lock(4839, hashtext('${person}'))`);
  return { held, stop: () => client.end() };
}

/** A fact is recorded, soon. */
async function factIsRecorded({ worker }: DatabaseUrls): Promise<void> {
  const database = await openDatabase(`${worker}?statement_timeout=2000`, 'worker');
  const ledger = createLedger(database);
  const { seq } = await ledger.head();
  await ledger.append(fact(`after-${seq}`));
  expect(await ledger.head()).toMatchObject({ seq: seq + 1 });
  await database.close();
}

describe('INVARIANT 9: who takes every lock that their login lets them take', () => {
  let urls: DatabaseUrls;
  let stop: () => Promise<void>;

  async function takenBy(part: 'auditor' | 'gateway') {
    const database = await createDatabase();
    urls = database.urls;
    await factIsRecorded(urls);
    const locks = await holdEveryLock(urls[part]);
    stop = async () => {
      await locks.stop();
      await database.drop();
    };
    return locks.held;
  }

  afterEach(() => stop());

  test('as an auditor keeps no fact out of the ledger, no migration from its work, and nobody from a factor', async () => {
    // What an auditor may read: the ledger, its checkpoints, cosignatures and tiles, the texts of the rules, contexts and reports.
    expect(await takenBy('auditor')).toEqual({ advisory: 6, table: 7, row: 0 });
    await factIsRecorded(urls);

    const gateway = await openDatabase(`${urls.gateway}?statement_timeout=2000`, 'gateway');
    const totp = { secret: 's', lastStep: 1, failures: 0, lockedUntil: 0 };
    expect(await createFactors(gateway).proposeTotp('ada', totp, [])).toBe(true);
    await gateway.close();

    // As if the database lacked its last one.
    await execute(urls.owner, `delete from countersign_migrations where name like '008_%'`);
    expect(await migrateDatabase(`${urls.owner}?statement_timeout=2000`)).toEqual(['008_roles.sql']);
  });

  test('as a gateway keeps no fact out of the ledger', async () => {
    const { table } = await takenBy('gateway');
    // Those of its own tables, which no other part needs.
    expect(table).toBeGreaterThan(8);
    await factIsRecorded(urls);
  });
});

test('INVARIANT 9: an auditor who fills the queue of notifications keeps no fact out of the ledger', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'queue-'));
  const small = await startPostgres({ directory });
  await execute(small.url, 'alter system set max_notify_queue_pages = 64');
  await small.stop();
  const postgres = await startPostgres({ directory });
  onTestFinished(async () => {
    await postgres.stop();
    await rm(directory, { recursive: true });
  });
  const urls = await prepareDatabase(postgres.url);
  const listening = new Client({ connectionString: urls.auditor });
  listening.on('error', () => undefined);
  await listening.connect();
  await listening.query('listen anything');
  // While it lasts, nothing that comes after it can be thrown away.
  await listening.query('begin; select');
  const fill = async () => {
    for (;;)
      await execute(
        urls.auditor,
        `select pg_notify('anything', n || repeat('x', 7000)) from generate_series(1, 20) n`,
      );
  };
  await expect(fill()).rejects.toThrow('too many notifications');

  await factIsRecorded(urls);
  await listening.end();
});
