import type { ClientBase } from 'pg';
import { isReadable } from '../../domain/ledger/ledger.ts';
import { type Listed, list, listErased } from '../../domain/ledger/project-inbox.ts';
import { type Projected, project } from '../../domain/ledger/project-past-action.ts';
import { readActionsById, saveActions } from './action-rows.ts';
import { readListed, saveListed } from './list-rows.ts';
import { readEntries, readEntryOf } from './rows.ts';
import { prepared } from './statement.ts';

/** How many entries are read at a time where a projection is behind the ledger. */
const PAGE = 1_000;

/** The place of the last entry in each projection: `actions` for the rules, `lists` for people. */
export interface Cursors {
  readonly actions: number;
  readonly lists: number;
}

export const isBehind = ({ actions, lists }: Cursors, seq: number) => Math.min(actions, lists) < seq;

/**
 * Locks the chain until the transaction ends: only the holder of this row's lock writes. Only a login that may write can take it;
 * an advisory lock could be held by anybody who may connect.
 *
 * @throws Error where the row is missing, and so could not be locked
 */
export async function lockPlaces(client: ClientBase): Promise<Cursors> {
  const { rows } = await client.query<{ seq: string; listed_seq: string }>(
    prepared('select seq, listed_seq from countersign_projection for update'),
  );
  const [row] = rows;
  if (!row) throw new Error('countersign_projection has no row: without it nobody can write to the ledger');
  return { actions: Number(row.seq), lists: Number(row.listed_seq) };
}

export interface Projections {
  readonly actions: Iterable<Projected>;
  readonly lists: Iterable<Listed>;
  /** What lists showed of these actions before. */
  readonly listsBefore: ReadonlyMap<string, Listed>;
}

export async function saveProjections(
  client: ClientBase,
  { actions, lists, listsBefore }: Projections,
  places: Cursors,
): Promise<void> {
  await Promise.all([
    client.query(
      prepared('update countersign_projection set seq = $1, listed_seq = $2', [places.actions, places.lists]),
    ),
    saveActions(client, actions),
    saveListed(client, lists, listsBefore),
  ]);
}

/**
 * Projects the next page of the ledger: what was recorded before there was a projection, or by a worker that does not write it. The
 * caller must have locked the chain.
 *
 * @returns how far the projections are then
 */
export async function projectPage(client: ClientBase, from: Cursors): Promise<Cursors> {
  const rows = await readEntries(client, 'where seq > $1 order by seq limit $2', [
    Math.min(from.actions, from.lists),
    PAGE,
  ]);
  const ids = [...new Set(rows.map((row) => row.action_id))];
  const actions = await readActionsById(client, ids);
  const lists = await readListed(client, ids);
  const listsBefore = new Map(lists);
  for (const row of rows) {
    const entry = readEntryOf(row);
    const listed = lists.get(entry.actionId);
    if (entry.kind === 'erased' && listed && entry.seq > from.lists)
      lists.set(listed.actionId, listErased(listed, entry));
    // What is not known is no other fact and is skipped here; the check of the chain reports a changed entry.
    if (!isReadable(entry)) continue;
    // An entry that is already in a projection is not applied again: that would restore an older state.
    const action = entry.seq > from.actions && project(actions.get(entry.actionId), entry);
    if (action) actions.set(action.actionId, action);
    const item = entry.seq > from.lists && list(lists.get(entry.actionId), entry);
    if (item) lists.set(item.actionId, item);
  }
  const last = Number(rows.at(-1)?.seq ?? 0);
  const to = { actions: Math.max(from.actions, last), lists: Math.max(from.lists, last) };
  await saveProjections(client, { actions: actions.values(), lists: lists.values(), listsBefore }, to);
  return to;
}
