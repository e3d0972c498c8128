import type { ClientBase, Pool } from 'pg';
import { groupsOf, neededFor, partsIn, settledAt } from '../../domain/ledger/inbox-people.ts';
import type { Listed } from '../../domain/ledger/project-inbox.ts';

/** The columns of `countersign_list` besides `known`, derived from it. */
const columnsOf = (listed: Listed) => ({
  action_id: listed.actionId,
  title: listed.title,
  action_type: listed.actionType,
  target: listed.target,
  environment: listed.environment,
  agent_id: listed.agent,
  tier: listed.tier,
  risk: listed.risk,
  status: listed.status,
  opened_at: listed.openedAt,
  ruled_at: listed.ruledAt,
  deadline: listed.deadline ?? null,
  needed: neededFor(listed) ?? null,
  groups: groupsOf(listed),
  settlement: listed.settlement ?? null,
  settled_at: settledAt(listed) ?? null,
  outcome: listed.outcome ?? null,
  closed_at: listed.closedAt ?? null,
  review_due_at: listed.review?.dueAt ?? null,
  review: listed.review?.result ?? null,
});

/** A row of `countersign_list` as it is read for people. */
export type ListRow = Omit<ReturnType<typeof columnsOf>, 'groups'>;

/** What lists show, by action id. Actions that were never ruled on are missing. */
export async function readListed(
  client: ClientBase | Pool,
  ids: readonly string[],
): Promise<Map<string, Listed>> {
  const { rows } = await client.query<{ known: Listed }>(
    'select known from countersign_list where action_id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ known }) => [known.actionId, known]));
}

/** Writes what lists show of these actions, and each person's part in them. */
export async function saveListed(client: ClientBase, changed: Iterable<Listed>): Promise<void> {
  const all = [...changed];
  const [first] = all;
  if (!first) return;
  const columns = Object.keys({ ...columnsOf(first), known: undefined });
  const parts = all.flatMap((listed) =>
    partsIn(listed).map((part) => ({ ...part, action_id: listed.actionId })),
  );
  await Promise.all([
    client.query(
      `insert into countersign_list
       select * from json_populate_recordset(null::countersign_list, $1)
       on conflict (action_id) do update set
         (${columns.join(', ')}) = (${columns.map((column) => `excluded.${column}`).join(', ')})`,
      [JSON.stringify(all.map((listed) => ({ ...columnsOf(listed), known: listed })))],
    ),
    client.query('delete from countersign_people where action_id = any($1)', [
      all.map(({ actionId }) => actionId),
    ]),
    parts.length > 0 &&
      client.query(
        `insert into countersign_people
         select * from json_populate_recordset(null::countersign_people, $1)
         on conflict do nothing`,
        [JSON.stringify(parts)],
      ),
  ]);
}
