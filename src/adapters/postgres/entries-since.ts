import type { ClientBase, Pool } from 'pg';
import type { EntryKind, ReadEntry } from '../../domain/ledger/ledger.ts';
import { readEntries, readEntryOf } from './rows.ts';

const PAGE = 200;

/**
 * Reads the entries of these kinds from a time on, in the order of the ledger, a page at a time. One that somebody changed comes as unreadable.
 *
 * @param since milliseconds since the epoch
 * @param upTo the place of the last entry to read
 */
export async function* entriesSince(
  client: ClientBase | Pool,
  since: number,
  kinds: readonly EntryKind[],
  upTo = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<ReadEntry> {
  for (let seq = 0; ; ) {
    const rows = await readEntries(
      client,
      `where seq > $1 and seq <= $4 and at >= $2 and kind = any($3::text[]) order by seq limit ${PAGE}`,
      [seq, since, kinds, upTo],
    );
    for (const row of rows) {
      yield readEntryOf(row);
      seq = Number(row.seq);
    }
    if (rows.length < PAGE) return;
  }
}
