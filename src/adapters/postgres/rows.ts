import type { ClientBase, Pool } from 'pg';
import {
  type ErasedEntry,
  GENESIS_HASH,
  type Head,
  isTime,
  LAST_TIME,
  type LedgerEntry,
  type ReadEntry,
  withoutPayload,
} from '../../domain/ledger/ledger.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import { prepared } from './statement.ts';

/** A row of `countersign_ledger`. PostgreSQL's bigint arrives as text. */
export interface EntryRow {
  readonly seq: string;
  readonly event_id: string;
  readonly action_id: string;
  readonly kind: string;
  readonly at: string;
  readonly previous_hash: string;
  readonly hash: string;
  /** The entry without its payload; one of before decision 38 has its body in here. Both as canonical JSON. */
  readonly entry: string;
  /** Body and salt. Null: it was erased, or the entry is of before decision 38. */
  readonly payload: string | null;
}

const ENTRY_COLUMNS = 'seq, event_id, action_id, kind, at, previous_hash, hash, entry, payload';

/** What is in the tables is not what Countersign wrote there. Every other error says nothing about the ledger. */
export class NotAsWritten extends Error {}

function rowOf(entry: LedgerEntry | ErasedEntry): EntryRow {
  const bare = withoutPayload(entry);
  const row = {
    seq: String(bare.seq),
    event_id: bare.eventId,
    action_id: bare.actionId,
    kind: bare.kind,
    at: String(bare.at),
    previous_hash: bare.previousHash,
    hash: bare.hash,
  };
  if (entry.kind === 'erased') return { ...row, entry: canonicalJson(bare), payload: null };
  const { commitment, body, salt } = entry;
  return commitment === undefined
    ? { ...row, entry: canonicalJson(entry), payload: null }
    : { ...row, entry: canonicalJson(bare), payload: canonicalJson({ body, salt }) };
}

/**
 * The entry that a row holds. The chain covers the entry alone, and the other columns repeat parts of it. A row that differs from
 * what would be written for its entry was changed by somebody.
 *
 * @throws NotAsWritten that names the row and its columns
 */
export function entryOf(row: EntryRow): LedgerEntry | ErasedEntry {
  const changedRow = (how: string) => new NotAsWritten(`row ${row.seq} of the ledger was changed: ${how}`);
  let entry: LedgerEntry | ErasedEntry;
  let expectedRow: EntryRow;
  try {
    entry = written(row);
    expectedRow = rowOf(entry);
  } catch {
    throw changedRow('its entry cannot be read');
  }
  const columns = Object.entries(expectedRow).filter(([column, value]) => Reflect.get(row, column) !== value);
  if (columns.length > 0)
    throw changedRow(`not as written for its entry: ${columns.map(([name]) => name).join(', ')}`);
  if (!isTime(entry.at)) throw changedRow('its time is none that a date can have');
  return entry;
}

function written({ entry: text, payload }: EntryRow): LedgerEntry | ErasedEntry {
  const entry = JSON.parse(text);
  const isPlain = entry.commitment === undefined;
  if (payload === null)
    return isPlain ? entry : { ...entry, kind: 'erased', was: entry.kind, body: { reason: ERASED } };
  const { body, salt } = JSON.parse(payload);
  if (isPlain || body === undefined || salt === undefined)
    throw new Error('a payload is a body with its salt');
  return { ...entry, body, salt };
}

const ERASED = 'what it said was erased';

/** The entry that a row holds, also when it cannot be read: one bad entry must not hide the others. */
export function readEntryOf(row: EntryRow): ReadEntry {
  try {
    return entryOf(row);
  } catch (error) {
    return {
      seq: Number(row.seq),
      eventId: row.event_id,
      actionId: row.action_id,
      kind: 'unreadable',
      at: Math.min(Math.max(0, Number(row.at)), LAST_TIME),
      body: { reason: error instanceof Error ? error.message : String(error) },
      previousHash: row.previous_hash,
      hash: row.hash,
    };
  }
}

/** The place and hash of the last entry, or the place before the first. */
export async function readHead(client: ClientBase | Pool): Promise<Head> {
  const { rows } = await client.query<Pick<EntryRow, 'seq' | 'hash'>>(
    prepared('select seq, hash from countersign_ledger order by seq desc limit 1'),
  );
  const [last] = rows;
  return last ? { seq: Number(last.seq), hash: last.hash } : { seq: 0, hash: GENESIS_HASH };
}

export async function readEntries(
  client: ClientBase | Pool,
  clauses: string,
  values: unknown[],
): Promise<EntryRow[]> {
  const { rows } = await client.query<EntryRow>(
    prepared(`select ${ENTRY_COLUMNS} from countersign_ledger ${clauses}`, values),
  );
  return rows;
}

export async function insertEntries(client: ClientBase, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(rowOf);
  await client.query(
    prepared(
      `insert into countersign_ledger (${ENTRY_COLUMNS})
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
         $9::text[])`,
      [
        rows.map((row) => row.seq),
        rows.map((row) => row.event_id),
        rows.map((row) => row.action_id),
        rows.map((row) => row.kind),
        rows.map((row) => row.at),
        rows.map((row) => row.previous_hash),
        rows.map((row) => row.hash),
        rows.map((row) => row.entry),
        rows.map((row) => row.payload),
      ],
    ),
  );
}
