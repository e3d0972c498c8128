import type { ClientBase, Pool } from 'pg';
import { groupsOf, neededFor, partsIn, settledAt } from '../../domain/ledger/inbox-people.ts';
import type { Listed } from '../../domain/ledger/project-inbox.ts';
import { prepared } from './statement.ts';

/** The columns of `countersign_list` besides `known`, derived from it. */
const columnsOf = (item: Listed) => ({
  action_id: item.actionId,
  title: item.title,
  action_type: item.actionType,
  target: item.target,
  environment: item.environment,
  agent_id: item.agent,
  tier: item.tier,
  risk: item.risk,
  status: item.status,
  opened_at: item.openedAt,
  ruled_at: item.ruledAt,
  deadline: item.deadline ?? null,
  needed: neededFor(item) ?? null,
  groups: groupsOf(item),
  settlement: item.settlement ?? null,
  settled_at: settledAt(item) ?? null,
  outcome: item.outcome ?? null,
  closed_at: item.closedAt ?? null,
  review_due_at: item.review?.dueAt ?? null,
  review: item.review?.result ?? null,
  drill: item.drill ?? null,
});

/** A row of `countersign_list` as it is read for people. */
export type ListRow = Omit<ReturnType<typeof columnsOf>, 'groups'>;

/** What lists show, by action id. Actions that were never ruled on are missing. */
export async function readListed(
  client: ClientBase | Pool,
  ids: readonly string[],
): Promise<Map<string, Listed>> {
  const { rows } = await client.query<{ known: Listed }>(
    prepared('select known from countersign_list where action_id = any($1)', [ids]),
  );
  return new Map(rows.map(({ known }) => [known.actionId, known]));
}

/**
 * Writes what lists show of these actions, and each person's part in them where it changed.
 *
 * @param before what lists showed of them; an action that is missing was in no list
 */
export async function saveListed(
  client: ClientBase,
  changedItems: Iterable<Listed>,
  before: ReadonlyMap<string, Listed>,
): Promise<void> {
  const items = [...changedItems];
  const [first] = items;
  if (!first) return;
  const columns = Object.keys({ ...columnsOf(first), known: undefined });
  const changedParts = items.flatMap((item) => {
    const oldItem = before.get(item.actionId);
    const parts = partsIn(item);
    const same = JSON.stringify(parts) === JSON.stringify(oldItem ? partsIn(oldItem) : []);
    return same ? [] : [{ actionId: item.actionId, parts }];
  });
  const partRows = changedParts.flatMap(({ actionId, parts }) =>
    parts.map((part) => ({ ...part, action_id: actionId })),
  );
  await Promise.all([
    client.query(
      prepared(
        `insert into countersign_list
         select * from json_populate_recordset(null::countersign_list, $1)
         on conflict (action_id) do update set
           (${columns.join(', ')}) = (${columns.map((column) => `excluded.${column}`).join(', ')})`,
        [JSON.stringify(items.map((item) => ({ ...columnsOf(item), known: item })))],
      ),
    ),
    changedParts.length > 0 &&
      client.query(
        prepared('delete from countersign_people where action_id = any($1)', [
          changedParts.map(({ actionId }) => actionId),
        ]),
      ),
    partRows.length > 0 &&
      client.query(
        prepared(
          `insert into countersign_people
           select * from json_populate_recordset(null::countersign_people, $1)
           on conflict do nothing`,
          [JSON.stringify(partRows)],
        ),
      ),
  ]);
}
