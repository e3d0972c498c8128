import type { ClientBase, Pool } from 'pg';

/**
 * A secret that a migration made and that all workers share.
 *
 * @param name `seal`: what tickets are sealed with; `log`: the Ed25519 key that checkpoints are signed
 * with; `context`: what the contexts of agents are encrypted with
 */
export async function readSecret(
  client: ClientBase | Pool,
  name: 'seal' | 'log' | 'context',
): Promise<Uint8Array> {
  const { rows } = await client.query<{ secret: Buffer }>(
    'select secret from countersign_secrets where name = $1',
    [name],
  );
  const [row] = rows;
  if (!row)
    throw new Error(`the database has no secret "${name}": run the migrations again, or restore the table`);
  return new Uint8Array(row.secret);
}
