import type { FactorChange, FactorChanges } from '../factor-notices.ts';
import type { Database } from './database.ts';

interface Row {
  readonly id: string;
  readonly person: string;
  readonly change: FactorChange['change'];
  readonly name: string | null;
  readonly at: string;
}

/** The changes of people's second factors, in PostgreSQL. */
export function createFactorChanges({ pool }: Pick<Database, 'pool'>): FactorChanges {
  return {
    untold: async (since, limit) => {
      const { rows } = await pool.query<Row>(
        `select c.* from countersign_factor_changes c left join countersign_factor_mails m on m.change_id = c.id
         where m.change_id is null and c.at > $1 order by c.id limit $2`,
        [since, limit],
      );
      return rows.map(({ id, person, change, name, at }) => ({
        id,
        person,
        change,
        at: Number(at),
        ...(name === null ? {} : { name }),
      }));
    },

    tell: async ({ id }, at, send) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        // A second worker waits here, and then finds the change told.
        const { rowCount } = await client.query(
          `insert into countersign_factor_mails (change_id, told_at, result) values ($1, $2, 'mailed')
           on conflict do nothing`,
          [id, at],
        );
        const wasSent = rowCount === 1 && (await send());
        await client.query(wasSent ? 'commit' : 'rollback');
        return wasSent;
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
  };
}
