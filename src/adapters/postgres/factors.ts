import type { Pool, PoolClient } from 'pg';
import type { Factors, Passkey, Totp } from '../../gateway/ports/factors.ts';
import type { Database } from './database.ts';

interface PasskeyRow {
  readonly credential_id: string;
  readonly person: string;
  readonly public_key: Buffer;
  readonly counter: string;
  readonly transports: readonly string[];
  readonly name: string;
  readonly added_at: string;
  readonly used_at: string | null;
}

interface TotpRow {
  readonly secret: string;
  readonly confirmed_at: string | null;
  readonly last_step: string;
}

interface TriesRow {
  readonly failures: number;
  readonly locked_until: string;
  readonly proved: boolean;
}

/** How long wrong codes count. */
const DAY_MS = 24 * 3_600_000;

/** Passkeys, challenges and authenticator apps in PostgreSQL. */
export function createFactors({ pool }: Pick<Database, 'pool'>): Factors {
  return {
    passkeysOf: async (person) => {
      const { rows } = await pool.query<PasskeyRow>(
        'select * from countersign_passkeys where person = $1 order by added_at',
        [person],
      );
      return rows.map(passkeyOf);
    },

    addPasskey: async ({ credentialId, person, publicKey, counter, transports, name, addedAt }) => {
      await inTransaction(pool, async (client) => {
        await lockFactors(client);
        await client.query(
          `with forgotten as (delete from countersign_totp where person = $2 and confirmed_at is null),
             noted as (
               insert into countersign_factor_changes (person, change, name, at) values ($2, 'passkeyAdded', $6, $7)
             )
           insert into countersign_passkeys (credential_id, person, public_key, counter, transports, name, added_at)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [credentialId, person, Buffer.from(publicKey), counter, transports, name, addedAt],
        );
      });
    },

    usePasskey: async ({ credentialId, counter: lastCounter }, counter, at) => {
      const { rowCount } = await pool.query(
        'update countersign_passkeys set counter = $3, used_at = $4 where credential_id = $1 and counter = $2',
        [credentialId, lastCounter, counter, at],
      );
      return rowCount === 1;
    },

    removePasskey: async (person, credentialId, at) => {
      const { rowCount } = await pool.query(
        `with removed as (
           delete from countersign_passkeys where person = $1 and credential_id = $2 returning name
         )
         insert into countersign_factor_changes (person, change, name, at)
         select $1, 'passkeyRemoved', name, $3 from removed`,
        [person, credentialId, at],
      );
      return rowCount === 1;
    },

    keepChallenge: async ({ challenge, person, session, about, expiresAt }) => {
      await pool.query(
        'insert into countersign_challenges (challenge, person, session, about, expires_at) values ($1, $2, $3, $4, $5)',
        [challenge, person, session, about, expiresAt],
      );
    },

    takeChallenge: async ({ challenge, person, session, about }, now) => {
      const { rows } = await pool.query<{ good: boolean }>(
        `delete from countersign_challenges where challenge = $1
         returning person = $2 and session = $3 and about = $4 and expires_at > $5 as good`,
        [challenge, person, session, about, now],
      );
      return rows[0]?.good === true;
    },

    totpOf: async (person) => {
      const { rows } = await pool.query<TotpRow>('select * from countersign_totp where person = $1', [
        person,
      ]);
      return rows.map((row) => totpOf(row))[0];
    },

    proposeTotp: (person, { secret, lastStep }, passkeys) =>
      inTransaction(pool, async (client) => {
        await lockFactors(client);
        const { rowCount } = await client.query(
          `insert into countersign_totp (person, secret, confirmed_at, last_step)
           select $1, $2, null, $3
           where not exists (
             select from countersign_passkeys where person = $1 and not credential_id = any($4::text[])
           )
           on conflict (person) do update set secret = $2, last_step = $3
           where countersign_totp.confirmed_at is null`,
          [person, secret, lastStep, passkeys.map(({ credentialId }) => credentialId)],
        );
        return rowCount === 1;
      }),

    removeTotp: async (person, at) => {
      const { rowCount } = await pool.query(
        `with removed as (delete from countersign_totp where person = $1 returning confirmed_at),
           noted as (
             insert into countersign_factor_changes (person, change, at)
             select $1, 'totpRemoved', $2 from removed where confirmed_at is not null
           )
         select from removed`,
        [person, at],
      );
      return rowCount === 1;
    },

    changeTotp: (person, session, now, change) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<TotpRow>(
          'select * from countersign_totp where person = $1 for update',
          [person],
        );
        const [row] = rows;
        const totpBefore = row && { ...totpOf(row), ...(await triesOf(client, person, session, now)) };
        const { result, totp } = change(totpBefore);
        if (totp) await writeTotp(client, { person, session, now }, totp);
        if (totp?.confirmedAt !== undefined && totpBefore?.confirmedAt === undefined)
          await client.query(
            `insert into countersign_factor_changes (person, change, at) values ($1, 'totpAdded', $2)`,
            [person, now],
          );
        return result;
      }),
  };
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level read committed');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/**
 * Locks the adding of factors until the transaction ends, so that factors are added one after the other. Then each statement sees
 * what the one before has added; under read committed alone, two at the same moment would not see each other. Only a login that may
 * write here can take this lock, and people who only prove themselves do not wait for it.
 */
async function lockFactors(client: PoolClient): Promise<void> {
  await client.query('lock table countersign_totp in share update exclusive mode');
}

/** The tries so far, by this session and by the others. The caller has locked the row of the app. */
async function triesOf(
  client: PoolClient,
  person: string,
  session: string,
  now: number,
): Promise<Pick<Totp, 'failures' | 'lockedUntil' | 'proved' | 'others'>> {
  const { rows } = await client.query<TriesRow>(
    'select failures, locked_until, proved from countersign_wrong_codes where person = $1 and session = $2',
    [person, session],
  );
  const otherTries = await client.query<{ failures: string; last: string | null }>(
    `select coalesce(sum(failures), 0) as failures, max(last_at) as last from countersign_wrong_codes
     where person = $1 and session <> $2 and not proved and last_at > $3`,
    [person, session, now - DAY_MS],
  );
  const [ownTries] = rows;
  const [otherSum] = otherTries.rows;
  return {
    failures: ownTries?.failures ?? 0,
    lockedUntil: Number(ownTries?.locked_until ?? 0),
    proved: ownTries?.proved ?? false,
    others: { failures: Number(otherSum?.failures ?? 0), until: Number(otherSum?.last ?? 0) + DAY_MS },
  };
}

async function writeTotp(
  client: PoolClient,
  { person, session, now }: { readonly person: string; readonly session: string; readonly now: number },
  { confirmedAt, lastStep, failures, lockedUntil, proved = false }: Totp,
): Promise<void> {
  await client.query('update countersign_totp set confirmed_at = $2, last_step = $3 where person = $1', [
    person,
    confirmedAt ?? null,
    lastStep,
  ]);
  await client.query(
    `insert into countersign_wrong_codes (person, session, failures, locked_until, proved, last_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (person, session) do update set failures = $3, locked_until = $4, proved = $5, last_at = $6`,
    [person, session, failures, lockedUntil, proved, now],
  );
}

const passkeyOf = (row: PasskeyRow): Passkey => ({
  credentialId: row.credential_id,
  person: row.person,
  publicKey: new Uint8Array(row.public_key),
  counter: Number(row.counter),
  transports: row.transports,
  name: row.name,
  addedAt: Number(row.added_at),
  ...(row.used_at === null ? {} : { usedAt: Number(row.used_at) }),
});

const totpOf = (row: TotpRow): Totp => ({
  secret: row.secret,
  lastStep: Number(row.last_step),
  failures: 0,
  lockedUntil: 0,
  ...(row.confirmed_at === null ? {} : { confirmedAt: Number(row.confirmed_at) }),
});
