import { randomBytes } from 'node:crypto';
import { withConnection } from '../adapters/postgres/connection.ts';
import { createRoles, migrateDatabase } from '../adapters/postgres/migrate.ts';

/** The parts that each have their own login. `adapters/postgres/roles.sql` says what a login may do. */
const PARTS = ['worker', 'gateway', 'auditor'] as const;
type PartWithLogin = (typeof PARTS)[number];

/** The passwords of `dev_worker` and the other logins. */
export type Logins = Readonly<Record<PartWithLogin, string>>;

/** One connection URL for each part, and one for the owner, who migrates. */
export type DatabaseUrls = Readonly<Record<PartWithLogin | 'owner', string>>;

/**
 * Prepares a database on a PostgreSQL of this machine.
 *
 * @param owner the URL of its superuser
 * @param givenLogins the logins that this PostgreSQL has; without it new ones are made
 */
export async function prepareDatabase(owner: string, givenLogins?: Logins): Promise<DatabaseUrls> {
  const logins = givenLogins ?? (await createLogins(owner));
  await migrateDatabase(owner);
  return urlsFor(owner, logins);
}

/** Creates a login for each part on a whole PostgreSQL, with a new password each time. @param superuser a connection URL */
export function createLogins(superuser: string): Promise<Logins> {
  return withConnection(superuser, async (client) => {
    await createRoles(client);
    const logins = { worker: password(), gateway: password(), auditor: password() };
    for (const part of PARTS) {
      await client.query(
        `do $$ begin
           if not exists (select from pg_roles where rolname = 'dev_${part}') then
             create role dev_${part} login in role countersign_${part};
           end if;
         end $$;
         alter role dev_${part} password '${logins[part]}'`,
      );
    }
    return logins;
  });
}

/** The connection URLs of all parts. @param owner URL of a database on the PostgreSQL that has these logins */
export const urlsFor = (owner: string, logins: Logins): DatabaseUrls => ({
  owner,
  worker: signedInAs(owner, 'dev_worker', logins.worker),
  gateway: signedInAs(owner, 'dev_gateway', logins.gateway),
  auditor: signedInAs(owner, 'dev_auditor', logins.auditor),
});

const signedInAs = (url: string, username: string, password: string) =>
  Object.assign(new URL(url), { username, password }).href;

const password = () => randomBytes(24).toString('base64url');
