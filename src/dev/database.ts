import { randomBytes } from 'node:crypto';
import { withConnection } from '../adapters/postgres/connection.ts';
import { createRoles, migrateDatabase } from '../adapters/postgres/migrate.ts';

/** Those who each have a login of their own, and what it may do is in `adapters/postgres/roles.sql`. */
const PARTS = ['worker', 'gateway', 'auditor'] as const;
type PartWithLogin = (typeof PARTS)[number];

/** Passwords of `dev_worker` and the others. */
export type Logins = Readonly<Record<PartWithLogin, string>>;

/** One connection URL for each part, and one for whoever migrates. */
export type DatabaseUrls = Readonly<Record<PartWithLogin | 'owner', string>>;

/**
 * Makes a database on a PostgreSQL of this machine ready.
 *
 * @param owner its URL, of the superuser
 * @param given the logins that this PostgreSQL has; new ones without it
 */
export async function prepareDatabase(owner: string, given?: Logins): Promise<DatabaseUrls> {
  const logins = given ?? (await createLogins(owner));
  await migrateDatabase(owner);
  return urlsFor(owner, logins);
}

/** Gives each part a login on a whole PostgreSQL, with another password each time. @param superuser a connection URL */
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

/** @param owner URL of a database on the PostgreSQL that has these logins */
export const urlsFor = (owner: string, logins: Logins): DatabaseUrls => ({
  owner,
  worker: signedInAs(owner, 'dev_worker', logins.worker),
  gateway: signedInAs(owner, 'dev_gateway', logins.gateway),
  auditor: signedInAs(owner, 'dev_auditor', logins.auditor),
});

const signedInAs = (url: string, username: string, password: string) =>
  Object.assign(new URL(url), { username, password }).href;

const password = () => randomBytes(24).toString('base64url');
