import type { ClientBase, Pool } from 'pg';
import { type ChainCheck, checkChain, GENESIS, type Head } from '../../domain/ledger/ledger.ts';
import { type EntryRow, readEntries, readEntryOf } from './rows.ts';

/** How many rows are checked at a time. A check takes milliseconds, so a small page lets the process's other work go on. */
const PAGE = 10;

/**
 * Checks every row of the ledger after `start`, in order, and that the entry at `start` is still the one with that hash.
 *
 * @param start the head that an earlier check ended with; without it the whole ledger is checked
 * @param afterPage awaited after each page, with the head of the part that is intact so far; an error that it throws ends the check
 */
export async function verifyLedger(
  client: ClientBase | Pool,
  start: Head = GENESIS,
  afterPage: (head: Head) => Promise<void> = async () => undefined,
): Promise<ChainCheck> {
  if (start.seq > 0) {
    const [row] = await readEntries(client, 'where seq = $1', [start.seq]);
    const problem = whyNotKept(row, start);
    if (problem !== undefined) return { kind: 'broken', seq: start.seq, reason: problem };
  }
  for (let head = start; ; ) {
    const rows = await readEntries(client, 'where seq > $1 order by seq limit $2', [head.seq, PAGE]);
    const check = checkChain(rows.map(readEntryOf), head);
    if (check.kind === 'broken' || rows.length < PAGE) return check;
    head = check.head;
    await afterPage(head);
  }
}

/** Why the kept head no longer fits. A chain alone cannot show that its tail was cut or that it was all rewritten; a kept head can. */
function whyNotKept(row: EntryRow | undefined, { seq, hash }: Head): string | undefined {
  if (!row) return 'the entry that was kept is gone: the ledger was cut, or is another one';
  const check = checkChain([readEntryOf(row)], { seq: seq - 1, hash: row.previous_hash });
  if (check.kind === 'broken') return check.reason;
  return check.head.hash === hash ? undefined : 'it has another hash than the one that was kept';
}
