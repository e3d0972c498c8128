import type { ClientBase, Pool } from 'pg';
import { type ChainCheck, checkChain, GENESIS, type Head } from '../../domain/ledger/ledger.ts';
import { type EntryRow, readEntries, readEntryOf } from './rows.ts';

/** Checking one takes milliseconds: so few, that a process which does other work too is not kept from it for long. */
const PAGE = 10;

/**
 * Checks every row of the ledger after `start`, in their order, and that the entry at `start` is still the one that was kept.
 *
 * @param start the head that an earlier check ended with; without it the whole ledger is checked
 * @param afterPage is awaited after some rows, with the head of what is found intact so far; what it throws ends the check
 */
export async function verifyLedger(
  client: ClientBase | Pool,
  start: Head = GENESIS,
  afterPage: (head: Head) => Promise<void> = async () => undefined,
): Promise<ChainCheck> {
  if (start.seq > 0) {
    const [row] = await readEntries(client, 'where seq = $1', [start.seq]);
    const broken = whyNotKept(row, start);
    if (broken !== undefined) return { kind: 'broken', seq: start.seq, reason: broken };
  }
  for (let head = start; ; ) {
    const rows = await readEntries(client, 'where seq > $1 order by seq limit $2', [head.seq, PAGE]);
    const check = checkChain(rows.map(readEntryOf), head);
    if (check.kind === 'broken' || rows.length < PAGE) return check;
    head = check.head;
    await afterPage(head);
  }
}

/** A chain by itself cannot show that its tail was cut or that all of it was written anew: a head that was kept can. */
function whyNotKept(row: EntryRow | undefined, { seq, hash }: Head): string | undefined {
  if (!row) return 'the entry that was kept is gone: the ledger was cut, or is another one';
  const check = checkChain([readEntryOf(row)], { seq: seq - 1, hash: row.previous_hash });
  if (check.kind === 'broken') return check.reason;
  return check.head.hash === hash ? undefined : 'it has another hash than the one that was kept';
}
