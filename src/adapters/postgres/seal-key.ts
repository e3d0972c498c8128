import type { Database } from './database.ts';

/** The key that tickets are sealed with. The migration made it; all workers share it. */
export async function readSealKey({ pool }: Pick<Database, 'pool'>): Promise<Uint8Array> {
  const { rows } = await pool.query<{ secret: Buffer }>(
    `select secret from countersign_secrets where name = 'seal'`,
  );
  const [row] = rows;
  if (!row)
    throw new Error('the database has no secret "seal": run the migrations again, or restore the table');
  return new Uint8Array(row.secret);
}
