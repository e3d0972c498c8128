import type { CopyRecords } from '../../activities/ports/copies.ts';
import type { Database } from './database.ts';

/** Which checkpoint each place has that keeps copies, in PostgreSQL. */
export const createCopyRecords = ({ pool }: Pick<Database, 'pool'>): CopyRecords => ({
  last: async (place) => {
    const { rows } = await pool.query<{ size: string; kept_at: string }>(
      'select size, kept_at from countersign_checkpoint_copies where place = $1',
      [place],
    );
    const [row] = rows;
    return row && { size: Number(row.size), at: Number(row.kept_at) };
  },

  kept: async (place, size, at) => {
    await pool.query(
      `insert into countersign_checkpoint_copies (place, size, kept_at) values ($1, $2, $3)
       on conflict (place) do update set size = $2, kept_at = $3`,
      [place, size, at],
    );
  },
});
