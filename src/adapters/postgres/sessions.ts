import type { Session, Sessions } from '../../gateway/ports/sessions.ts';
import type { Database } from './database.ts';

interface Row {
  readonly id_hash: string;
  readonly person: string;
  readonly signed_by: string;
  readonly signed_in_at: string;
  readonly proved_at: string | null;
  readonly seen_at: string;
}

const DAY_MS = 24 * 3_600_000;
const LIVE = 'seen_at > $2 and signed_in_at > $3';

/** Sessions of the gateway in PostgreSQL. */
export function createSessions({ pool }: Pick<Database, 'pool'>): Sessions {
  return {
    begin: async ({ idHash, person, by, signedInAt, provedAt, seenAt }) => {
      await pool.query(
        `insert into countersign_sessions (id_hash, person, signed_by, signed_in_at, proved_at, seen_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [idHash, person, by, signedInAt, provedAt ?? null, seenAt],
      );
    },

    look: async (idHash, { idleFrom, bornFrom }) => {
      const { rows } = await pool.query<Row>(
        `select * from countersign_sessions where id_hash = $1 and ${LIVE}`,
        [idHash, idleFrom, bornFrom],
      );
      return rows.map(sessionOf)[0];
    },

    touch: async (idHash, now) => {
      await pool.query('update countersign_sessions set seen_at = $2 where id_hash = $1 and seen_at < $2', [
        idHash,
        now,
      ]);
    },

    end: async (idHash) => {
      await pool.query('delete from countersign_sessions where id_hash = $1', [idHash]);
    },

    endOthers: async (person, idHash) => {
      await pool.query('delete from countersign_sessions where person = $1 and id_hash <> $2', [
        person,
        idHash,
      ]);
    },

    sweep: async ({ idleFrom, bornFrom, now }) => {
      await pool.query('delete from countersign_sessions where seen_at <= $1 or signed_in_at <= $2', [
        idleFrom,
        bornFrom,
      ]);
      await pool.query('delete from countersign_challenges where expires_at <= $1', [now]);
      // Wrong codes are kept while they count against the person, and while their session could try more.
      await pool.query(
        `delete from countersign_wrong_codes tried where last_at <= $1
           and not exists (select from countersign_sessions where id_hash = tried.session)`,
        [now - DAY_MS],
      );
    },
  };
}

function sessionOf(row: Row): Session {
  return {
    idHash: row.id_hash,
    person: row.person,
    by: row.signed_by === 'oidc' ? 'oidc' : 'development',
    signedInAt: Number(row.signed_in_at),
    seenAt: Number(row.seen_at),
    ...(row.proved_at === null ? {} : { provedAt: Number(row.proved_at) }),
  };
}
