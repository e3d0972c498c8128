import type { Database } from './database.ts';

/** What tickets are sealed with: made by the migration, the same for all workers. */
export async function readSealKey({ pool }: Pick<Database, 'pool'>): Promise<Uint8Array> {
  const { rows } = await pool.query<{ secret: Buffer }>(
    `select secret from countersign_secrets where name = 'seal'`,
  );
  const [row] = rows;
  if (!row)
    throw new Error('the database has no secret "seal": run the migrations again, or restore the table');
  return new Uint8Array(row.secret);
}
