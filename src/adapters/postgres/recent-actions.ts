import type { RecentActions } from '../../activities/reconcile-ledger.ts';
import type { Database } from './database.ts';
import { readEntriesOf } from './entries-of-action.ts';

/** As many ids as a payload of Temporal takes with room to spare. */
const MOST = 10_000;

/** The actions that have not ended, or ended lately, in PostgreSQL: the newest 10,000. */
export const createRecentActions = ({ pool }: Pick<Database, 'pool'>): RecentActions => ({
  since: async (since) => {
    const { rows } = await pool.query<{ action_id: string }>(
      `select action_id from countersign_list where (status <> 'closed' or closed_at > $1) and drill is null
       order by opened_at desc, action_id limit ${MOST}`,
      [since],
    );
    return rows.map(({ action_id }) => action_id);
  },
  entriesOf: (actionId) => readEntriesOf(pool, actionId),
});
