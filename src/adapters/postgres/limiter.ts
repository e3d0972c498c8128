import type { Limiter } from '../../gateway/ports/limiter.ts';
import type { Database } from './database.ts';

/** The limits that all gateways count together, in PostgreSQL. */
export function createLimiter({ pool }: Pick<Database, 'pool'>): Limiter {
  return {
    take: async (subject, { atMost, withinMs }, now) => {
      // A refused try is not counted, so that trying does not make the wait longer.
      const { rows } = await pool.query<{ began_at: string; taken: boolean }>(
        `with taken as (
           insert into countersign_counts as counts (subject, began_at, count) values ($1, $2, 1)
           on conflict (subject) do update set
             began_at = case when counts.began_at <= $2 - $4 then $2 else counts.began_at end,
             count = case when counts.began_at <= $2 - $4 then 1 else counts.count + 1 end
           where counts.began_at <= $2 - $4 or counts.count < $3
           returning began_at
         )
         select began_at, true as taken from taken
         union all
         select began_at, false from countersign_counts where subject = $1 and not exists (select from taken)`,
        [subject, now, atMost, withinMs],
      );
      const [row] = rows;
      return row && !row.taken ? Number(row.began_at) + withinMs : undefined;
    },

    sweep: async (beganBefore) => {
      await pool.query('delete from countersign_counts where began_at < $1', [beganBefore]);
    },
  };
}
