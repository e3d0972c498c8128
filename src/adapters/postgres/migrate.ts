import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Client } from 'pg';

/** Any number no other advisory lock of the database uses. */
const MIGRATION_LOCK = 4_839_201_701;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/**
 * Applies the `.sql` files of a folder that the database does not have yet, in the order of their names, each in one
 * transaction. Several processes may do so at once. The lock it takes is given back when the client ends.
 *
 * @throws Error when a file that was applied has changed since, or one cannot be applied
 */
export async function migrate(client: Client, directory: URL): Promise<void> {
  const migrations = await readMigrations(directory);
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  await client.query(`
    create table if not exists countersign_migrations (
      name text primary key,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from countersign_migrations',
  );
  const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
  const changed = migrations.filter(({ name, sha256 }) => (applied.get(name) ?? sha256) !== sha256);
  if (changed.length > 0) {
    const names = changed.map(({ name }) => name).join(', ');
    throw new Error(
      `applied to this database and changed since: ${names}; restore the file and add a new one`,
    );
  }
  for (const migration of migrations) {
    if (!applied.has(migration.name)) await apply(client, migration);
  }
}

async function readMigrations(directory: URL): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function apply(client: Client, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into countersign_migrations (name, sha256) values ($1, $2)', [name, sha256]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`${name} cannot be applied: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
