import type { Unfinished } from '../../activities/sweep.ts';
import type { Running } from '../../activities/watch/nudge.ts';
import type { Database } from './database.ts';

/** The actions and reviews that the lists say are not over, in PostgreSQL. */
export function createUnfinished({ pool }: Pick<Database, 'pool'>): Unfinished {
  const ids = async (where: string, values: unknown[]) => {
    const { rows } = await pool.query<{ action_id: string }>(
      `select action_id from countersign_list where ${where} order by opened_at, action_id`,
      values,
    );
    return rows.map(({ action_id }) => action_id);
  };
  return {
    claim: async (now, everyMs) => {
      const { rowCount } = await pool.query(
        'update countersign_sweeps set swept_at = $1 where swept_at <= $2',
        [now, now - everyMs],
      );
      return rowCount === 1;
    },
    actions: (before) => ids(`status <> 'closed' and ruled_at < $1 and drill is null`, [before]),
    reviews: (now) =>
      ids('review_due_at is not null and review is null and (closed_at + review_due_at) / 2 <= $1', [now]),
  };
}

/** The actions that have their target now, in PostgreSQL. */
export const createRunning = ({ pool }: Pick<Database, 'pool'>): Running => ({
  ofTypes: async (actionTypes) => {
    const { rows } = await pool.query<{ action_id: string }>(
      `select a.action_id from countersign_leases l join countersign_actions a on a.action_id = l.holder
       where a.action_type = any($1) order by a.action_id`,
      [actionTypes],
    );
    return rows.map(({ action_id }) => action_id);
  },
});
