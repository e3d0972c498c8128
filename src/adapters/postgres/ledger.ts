import type { ClientBase, Pool } from 'pg';
import type { Ledger } from '../../activities/ports/ledger.ts';
import type { Head, ReadEntry } from '../../domain/ledger/ledger.ts';
import { withConnection } from './connection.ts';
import type { Database } from './database.ts';
import { createEntriesOf, readEntriesOf } from './entries-of-action.ts';
import { readEntries, readEntryOf, readHead } from './rows.ts';

const PAGE = 200;

export interface PostgresLedger extends Ledger {
  /**
   * Entries in their order, from the one with this `seq`, at most `limit` of them; read page by page. With checkChain this finds
   * every entry that was changed, removed, inserted or moved.
   */
  all(from?: number, limit?: number): AsyncGenerator<ReadEntry, void>;
  /** The place and hash of the last entry; place 0 when there is none. */
  head(): Promise<Head>;
}

/**
 * The ledger in PostgreSQL. Facts that are appended at the same time share one transaction. `append` throws `FactRefused` for a
 * fact that is not JSON, and for a known eventId with other content.
 */
export function createLedger({ pool, write }: Database): PostgresLedger {
  const entriesOf = createEntriesOf(pool);
  return {
    append: (fact) => write({ fact, decide: () => ({ result: undefined, append: true }) }),

    entriesOf,

    all: (from, limit) => readAll(pool, from, limit),

    head: () => readHead(pool),
  };
}

/** Reads entries in their order, page by page, from the one with this `seq`, at most `limit` of them. */
export async function* readAll(
  client: ClientBase | Pool,
  from = 1,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<ReadEntry, void> {
  let next = from;
  let remaining = limit;
  while (remaining > 0) {
    const size = Math.min(PAGE, remaining);
    const rows = await readEntries(client, 'where seq >= $1 order by seq limit $2', [next, size]);
    for (const row of rows) yield readEntryOf(row);
    if (rows.length < size) return;
    next = Number(rows.at(-1)?.seq) + 1;
    remaining -= size;
  }
}

/** All entries about an action, in their order, read with a connection of its own. */
export const readLedger = (url: string, actionId: string): Promise<ReadEntry[]> =>
  withConnection(url, (client) => readEntriesOf(client, actionId));

/** The changes of the rules, the newest first, read with a connection of its own. @param limit how many at most */
export const readRulesChanges = (url: string, limit: number): Promise<ReadEntry[]> =>
  withConnection(url, async (client) => {
    const rows = await readEntries(client, "where kind = 'rulesChanged' order by seq desc limit $1", [limit]);
    return rows.map(readEntryOf);
  });
