import { access, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../../src/dev/postgres.ts';
import { createDatabase } from '../support/database.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postgres-test-'));
  // Where the tests run as root, PostgreSQL runs as another user.
  await chmod(folder, 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statement).finally(() => client.end());
  return rows;
}

test('it answers once it is started, and nothing of it is left once it is stopped', async () => {
  const postgres = await startPostgres();
  const [row] = await query(postgres.url, 'show data_directory');
  await access(String(row?.data_directory));
  await postgres.stop();
  expect(() => process.kill(postgres.pid, 0)).toThrow('ESRCH');
  await expect(access(String(row?.data_directory))).rejects.toThrow('ENOENT');
});

test('a wrong password is refused', async () => {
  const postgres = await startPostgres({ directory: join(folder, 'password') });
  const url = new URL(postgres.url);
  url.password = 'guess';
  await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  await postgres.stop();
});

test('a directory keeps its data over a stop and a start', async () => {
  const directory = join(folder, 'kept');
  const first = await startPostgres({ directory });
  await query(first.url, "create table note as select 'kept' as words");
  await first.stop();
  const second = await startPostgres({ directory });
  expect(await query(second.url, 'select words from note')).toEqual([{ words: 'kept' }]);
  await second.stop();
});

test('a directory that was left by a killed server starts again', async () => {
  const directory = join(folder, 'killed');
  const first = await startPostgres({ directory });
  await query(first.url, "create table note as select 'kept' as words");
  process.kill(first.pid, 'SIGKILL');
  await first.stop();
  await access(join(directory, 'data', 'postmaster.pid'));
  const second = await startPostgres({ directory });
  expect(await query(second.url, 'select words from note')).toEqual([{ words: 'kept' }]);
  await second.stop();
});

test('a first start that was interrupted is begun anew', async () => {
  const directory = join(folder, 'interrupted');
  await mkdir(join(directory, 'data.unfinished'), { recursive: true });
  await writeFile(join(directory, 'data.unfinished', 'PG_VERSION'), '18\n');
  const postgres = await startPostgres({ directory });
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
});

test('two servers on one directory are refused, and the first goes on', async () => {
  const directory = join(folder, 'shared');
  const first = await startPostgres({ directory });
  await expect(startPostgres({ directory })).rejects.toThrow(
    /^PostgreSQL did not start: it ended with code 1\. Its last output:\n.*lock file "postmaster\.pid" already exists/s,
  );
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.stop();
});

test('databases of one test run are apart from each other', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
  await query(one.urls.owner, 'create table note (words text)');
  await expect(query(other.urls.owner, 'select words from note')).rejects.toThrow('does not exist');
  await Promise.all([one.drop(), other.drop()]);
  await expect(query(one.urls.owner, 'select 1')).rejects.toThrow('does not exist');
});
