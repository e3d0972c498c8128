import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Client, type ClientBase, DatabaseError } from 'pg';
import { withConnection } from './connection.ts';
import { fillProjection } from './transaction.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
const ROLES = new URL('./roles.sql', import.meta.url);

/**
 * SQLSTATEs for a table that exists: by its name, by the type of its rows, or by the index of names. `if not exists` does not prevent
 * the latter two when several processes create the table at once.
 */
const EXISTS = new Set(['42P07', '42710', '23505']);
const MAY_NOT = '42501';

/** The migrations that a database has: the hash of each, by its name. */
export type Applied = ReadonlyMap<string, string>;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/**
 * Brings an empty database, or one of an earlier version, to this version, and the projections up to the end of the ledger. Several
 * processes may do this at once, and repeatedly.
 *
 * @param url of the owner of the tables, or of the login that will own them
 * @returns the names of the migrations that were missing
 * @throws DatabaseUnusable
 */
export const migrateDatabase = (url: string): Promise<string[]> =>
  withConnection(url, async (client) => {
    await requireRoles(client);
    try {
      const applied = await migrate(client, MIGRATIONS);
      await fillProjection(client);
      return applied;
    } catch (cause) {
      throw mayNot(cause) ? notAsOwner(client, cause) : cause;
    }
  });

/**
 * Applies the `.sql` files of a folder that the database does not have yet, in the order of their names, each in one transaction.
 * Several processes may do this at once.
 *
 * @returns the names of the applied files
 * @throws Error when an applied file has changed since, or a file cannot be applied
 */
export async function migrate(client: Client, directory: URL): Promise<string[]> {
  const migrations = await readMigrations(directory);
  await client
    .query(
      `create table if not exists countersign_migrations (
         name text primary key,
         sha256 text not null,
         applied_at timestamptz not null default now()
       )`,
    )
    .catch(unlessThere);
  const names: string[] = [];
  for (;;) {
    const name = await applyNext(client, migrations);
    if (name === undefined) return names;
    names.push(name);
  }
}

/** What keeps this version from working with a database that has these migrations: sentences for an operator. */
export async function migrationFaults(applied: Applied): Promise<string[]> {
  const migrations = await readMigrations(MIGRATIONS);
  const missingNames = migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
  const changedNames = changedIn(migrations, applied);
  return [
    ...(missingNames.length > 0
      ? [`it lacks ${missingNames.join(', ')}: run "countersign migrate" as its owner`]
      : []),
    ...(changedNames.length > 0 ? [changedText(changedNames)] : []),
  ];
}

export async function readApplied(client: ClientBase): Promise<Applied> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from countersign_migrations',
  );
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

const changedIn = (migrations: readonly Migration[], applied: Applied): string[] =>
  migrations.filter(({ name, sha256 }) => (applied.get(name) ?? sha256) !== sha256).map(({ name }) => name);

const changedText = (names: readonly string[]) =>
  `applied to this database and changed since: ${names.join(', ')}; restore the file and add a new one`;

async function readMigrations(directory: URL): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Applies one migration in one transaction and returns its name. Undefined when the database has all of them. */
async function applyNext(client: Client, migrations: readonly Migration[]): Promise<string | undefined> {
  await client.query('begin isolation level read committed');
  try {
    // Only a login that may change the table may lock it, so nobody else can block a migration.
    await client.query('lock table countersign_migrations in share row exclusive mode');
    const applied = await readApplied(client);
    const changedNames = changedIn(migrations, applied);
    if (changedNames.length > 0) throw new Error(changedText(changedNames));
    const next = migrations.find(({ name }) => !applied.has(name));
    if (next) await apply(client, next);
    await client.query('commit');
    return next?.name;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function apply(client: Client, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query(sql);
    await client.query('insert into countersign_migrations (name, sha256) values ($1, $2)', [name, sha256]);
  } catch (cause) {
    throw new Error(`${name} cannot be applied: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** Creates the roles where they are missing, from the same file that an administrator runs. */
async function requireRoles(client: Client): Promise<void> {
  const { rows } = await client.query(
    `select from unnest(array['countersign_worker', 'countersign_gateway', 'countersign_auditor']) role
     where role not in (select rolname from pg_roles)`,
  );
  if (rows.length > 0) await createRoles(client);
}

/** Creates the roles of the parts of Countersign, once for the whole cluster. @throws Error for a login that may not create roles */
export async function createRoles(client: Client): Promise<void> {
  await client.query(await readFile(ROLES, 'utf8')).catch((cause: Error) => {
    if (!mayNot(cause)) throw cause;
    throw new Error(
      `the roles of Countersign are missing, and ${client.user} may not create them: an administrator has to run ${fileURLToPath(ROLES)}`,
      { cause },
    );
  });
}

function mayNot(error: unknown): error is Error {
  if (error instanceof DatabaseError) return error.code === MAY_NOT;
  return error instanceof Error && mayNot(error.cause);
}

const notAsOwner = ({ user }: Client, cause: Error) =>
  new Error(
    `${user} may not change it: run "countersign migrate" with the login of its owner (${cause.message})`,
    { cause },
  );

function unlessThere(error: Error): void {
  if (!(error instanceof DatabaseError && EXISTS.has(error.code ?? ''))) throw error;
}
