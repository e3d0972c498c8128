import type { Looks } from '../../gateway/ports/looks.ts';
import type { Database } from './database.ts';

/** How people looked at what they were asked, in PostgreSQL. */
export const createLooks = ({ pool }: Pick<Database, 'pool'>): Looks => ({
  opened: async (actionId, person, at, found) => {
    await pool.query(
      `insert into countersign_looks as l (action_id, person, opened_at, found) values ($1, $2, $3, $4)
       on conflict (action_id, person) do update set found = array(select distinct unnest(l.found || excluded.found))
       where not l.found @> excluded.found`,
      [actionId, person, at, found],
    );
  },

  followed: async (actionId, person, kind) => {
    await pool.query(
      `update countersign_looks set followed = followed || $3::text
       where action_id = $1 and person = $2 and $3 = any(found) and not $3 = any(followed)`,
      [actionId, person, kind],
    );
  },

  approvedPast: async (actionId, person, kinds) => {
    await pool.query('update countersign_looks set approved_past = $3 where action_id = $1 and person = $2', [
      actionId,
      person,
      kinds,
    ]);
  },

  isUnanswered: async (actionId, person) => {
    const { rows } = await pool.query(
      'select from countersign_looks where action_id = $1 and person = $2 and what_decided is null',
      [actionId, person],
    );
    return rows.length > 0;
  },

  decided: async (actionId, person, what) => {
    await pool.query('update countersign_looks set what_decided = $3 where action_id = $1 and person = $2', [
      actionId,
      person,
      what,
    ]);
  },

  sweep: async (openedBefore) => {
    await pool.query('delete from countersign_looks where opened_at < $1', [openedBefore]);
  },
});
