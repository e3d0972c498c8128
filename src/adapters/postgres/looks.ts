import type { Looks } from '../../gateway/ports/looks.ts';
import type { Database } from './database.ts';

/** How people looked at what they were asked, in PostgreSQL. */
export const createLooks = ({ pool }: Pick<Database, 'pool'>): Looks => ({
  opened: async (actionId, person, at) => {
    await pool.query(
      `insert into countersign_looks (action_id, person, opened_at) values ($1, $2, $3) on conflict do nothing`,
      [actionId, person, at],
    );
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
