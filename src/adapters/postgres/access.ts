import type { ClientBase } from 'pg';
import { type Applied, migrationFaults, readApplied } from './migrate.ts';

/** The parts of Countersign that always run with the database, each with its own role, for example `countersign_worker`. */
export type Part = 'worker' | 'gateway';

interface Login {
  readonly login: string;
  readonly superuser: boolean;
  /** Whether the login may read which migrations the database has. Null: the database has none. */
  readonly readsMigrations: boolean | null;
  /** Those of our roles that the login is a member of. */
  readonly roles: readonly string[];
  /** Whether the login owns the ledger. Null: there is no ledger yet. */
  readonly owns: boolean | null;
  readonly changes: boolean | null;
}

/**
 * Everything that keeps a part from working with a database as its login: sentences for an operator.
 *
 * INVARIANT 9: no running part may change what is in the ledger. So this asks what the login could do, also through a role that it
 * may take: an owner can always give itself rights back.
 */
export async function accessFaults(client: ClientBase, part: Part): Promise<string[]> {
  const login = await readLogin(client);
  const readable = login.readsMigrations === true;
  const applied: Applied | undefined =
    readable || login.readsMigrations === null
      ? new Map(readable ? await readApplied(client) : [])
      : undefined;
  const role = roleFaults(login, part);
  if (applied) return [...(await migrationFaults(applied)), ...role];
  // Each part of this version may read the migrations. So either the login lacks its role, or the database is of a version without
  // roles.
  return role.length > 0 ? role : [OLDER];
}

const OLDER = 'it is of an earlier version: run "countersign migrate" as its owner';

function roleFaults({ login, superuser, owns, changes, roles }: Login, part: Part): string[] {
  const ownRole = `countersign_${part}`;
  const remedy = `the ${part} needs a login that is in the role ${ownRole} alone, see docs/database.md`;
  if (superuser) return [`${login} is a superuser, who may change the ledger: ${remedy}`];
  if (owns) return [`${login} may change the ledger, as its owner: ${remedy}`];
  if (changes) return [`${login} may change the ledger: ${remedy}`];
  const otherRoles = roles.filter((role) => role !== ownRole);
  if (otherRoles.length > 0) return [`${login} is in the role ${otherRoles.join(' and in ')}: ${remedy}`];
  return roles.includes(ownRole) ? [] : [`${login} is not in the role ${ownRole}: ${remedy}`];
}

async function readLogin(client: ClientBase): Promise<Login> {
  const { rows } = await client.query<Login>(
    `select session_user as login,
       (select rolsuper from pg_roles where rolname = session_user) as superuser,
       has_table_privilege(session_user, to_regclass('countersign_migrations'), 'select') as "readsMigrations",
       array(
         select rolname::text from pg_roles
         where rolname in ('countersign_worker', 'countersign_gateway', 'countersign_auditor')
           and pg_has_role(session_user, oid, 'member')
         order by 1
       ) as roles,
       ledger.*
     from (select to_regclass('countersign_ledger') as oid) there
     left join lateral (
       select
         pg_has_role(session_user, relowner, 'member') or pg_has_role(session_user, nspowner, 'member') as owns,
         exists (
           select from pg_roles
           where pg_has_role(session_user, pg_roles.oid, 'member') and (
             has_table_privilege(pg_roles.oid, there.oid, 'update, delete, truncate, trigger')
             or has_any_column_privilege(pg_roles.oid, there.oid, 'update')
           )
         ) as changes
       from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where pg_class.oid = there.oid
     ) ledger on true`,
  );
  const [login] = rows;
  if (!login) throw new Error('PostgreSQL does not say who is signed in');
  return login;
}
