import type { ClientBase } from 'pg';
import type { EntryKind } from '../../domain/ledger/ledger.ts';

/** How many entries the ledger has of each kind. */
export async function countKinds(client: ClientBase): Promise<Partial<Record<EntryKind, number>>> {
  const { rows } = await client.query<{ kind: EntryKind; count: string }>(
    'select kind, count(*) as count from countersign_ledger group by kind',
  );
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]));
}
