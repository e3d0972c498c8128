import type { LogAlarms } from '../../activities/ports/checkpoints.ts';
import type { Database } from './database.ts';

/** The alarms of the log that on-call was paged about, in PostgreSQL. */
export const createLogAlarms = ({ pool }: Pick<Database, 'pool'>): LogAlarms => ({
  open: async () => {
    const { rows } = await pool.query<{ alarm: string }>('select alarm from countersign_log_alarms');
    return rows.map(({ alarm }) => alarm);
  },

  paged: async (alarm, at) => {
    await pool.query(
      'insert into countersign_log_alarms (alarm, paged_at) values ($1, $2) on conflict do nothing',
      [alarm, at],
    );
  },

  over: async (alarm) => {
    await pool.query('delete from countersign_log_alarms where alarm = $1', [alarm]);
  },
});
