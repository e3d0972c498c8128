import type { HandedIn } from '../../activities/ports/handed-in.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import type { Database } from './database.ts';

/** The most statements that one person may hand in about one workflow: every possible statement, several times. */
const MOST_EACH = 40;
/** The most statements that are read about one workflow: more than people sign, and few enough not to delay a step. */
const MOST = 500;

/** What people handed in, in PostgreSQL. */
export function createHandedIn({ pool }: Pick<Database, 'pool'>): HandedIn {
  return {
    of: async (workflowId) => {
      const { rows } = await pool.query<{ jws: string }>(
        `select jws from countersign_handed_in where workflow_id = $1 order by handed_in_at, id limit ${MOST}`,
        [workflowId],
      );
      return rows.map(({ jws }) => jws);
    },

    keep: async ({ workflowId, person, jws }, at) => {
      const id = digestOf(jws);
      const { rows } = await pool.query<{ known: boolean }>(
        `with kept as (
           insert into countersign_handed_in (id, workflow_id, person, jws, handed_in_at)
           select $1, $2, $3, $4, $5
           where (select count(*) from countersign_handed_in where workflow_id = $2 and person = $3) < ${MOST_EACH}
           on conflict (id) do nothing
           returning id
         )
         select exists (select from kept) or exists (select from countersign_handed_in where id = $1) as known`,
        [id, workflowId, person, jws, at],
      );
      return rows[0]?.known ? 'kept' : 'full';
    },
  };
}
