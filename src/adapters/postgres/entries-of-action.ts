import type { ClientBase, Pool } from 'pg';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import { readEntries, readEntryOf } from './rows.ts';

/** How many actions' entries are kept in memory. Each step of an action reads its entries, and so does each ruling those of its agent. */
const MOST_KEPT = 200;

/** The entries about an action from this place on, in their order. */
export async function readEntriesOf(
  client: ClientBase | Pool,
  actionId: string,
  from = 1,
): Promise<ReadEntry[]> {
  const rows = await readEntries(client, 'where action_id = $1 and seq >= $2 order by seq', [actionId, from]);
  return rows.map(readEntryOf);
}

/**
 * Reads the entries about an action, in their order. What was read before is kept, and only what was added since is read again: the ledger
 * only grows, and its entries become visible in their order. The last known entry is read too. Where it is not the same any more, as after
 * a restored backup, and where an erasure was added, everything is read anew.
 */
export function createEntriesOf(pool: Pool): (actionId: string) => Promise<readonly ReadEntry[]> {
  const kept = new Map<string, readonly ReadEntry[]>();

  function keep(actionId: string, entries: readonly ReadEntry[]): void {
    // Deleted first, so that the order of the map is the order of use.
    kept.delete(actionId);
    if (entries.length === 0 || entries.some(({ kind }) => kind === 'unreadable')) return;
    kept.set(actionId, entries);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  return async (actionId) => {
    const known = kept.get(actionId) ?? [];
    const last = known.at(-1);
    if (last) {
      const [same, ...added] = await readEntriesOf(pool, actionId, last.seq);
      const isErased = added.some(({ kind }) => kind === 'erasureOrdered');
      if (same?.hash === last.hash && !isErased) {
        const entries = added.length === 0 ? known : [...known, ...added];
        keep(actionId, entries);
        return entries;
      }
    }
    const entries = await readEntriesOf(pool, actionId);
    keep(actionId, entries);
    return entries;
  };
}
