import type { ClientBase, Pool } from 'pg';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { type Projected, project } from '../../domain/projection.ts';
import { entryOf, readEntries } from './rows.ts';

/** So many entries are read at a time where the projection is behind the ledger. */
const PAGE = 1_000;

/** A row of `countersign_actions`, as PostgreSQL writes it in JSON: its numbers are numbers. */
interface ActionRow {
  readonly action_id: string;
  readonly agent_id: string;
  readonly agent_version: string;
  readonly model: string | null;
  readonly prompt_digest: string | null;
  readonly action_type: string;
  readonly target: string;
  readonly environment: string;
  readonly service_tier: Projected['serviceTier'];
  readonly tier: Projected['tier'];
  readonly risk: number;
  readonly ruled_at: number;
  readonly admitted_at: number | null;
  readonly rollback_began_at: number | null;
  readonly closed_at: number | null;
  readonly outcome: NonNullable<Projected['closed']>['outcome'] | null;
  readonly settlement: NonNullable<Projected['closed']>['settlement'] | null;
  readonly rollback_ms: number | null;
  readonly review: NonNullable<Projected['review']> | null;
}

const rowOf = (action: Projected): ActionRow => ({
  action_id: action.actionId,
  agent_id: action.agent.id,
  agent_version: action.agent.version,
  model: action.agent.model ?? null,
  prompt_digest: action.agent.promptDigest ?? null,
  action_type: action.actionType,
  target: action.target,
  environment: action.environment,
  service_tier: action.serviceTier,
  tier: action.tier,
  risk: action.risk,
  ruled_at: action.ruledAt,
  admitted_at: action.admittedAt ?? null,
  rollback_began_at: action.rollbackBeganAt ?? null,
  closed_at: action.closed?.at ?? null,
  outcome: action.closed?.outcome ?? null,
  settlement: action.closed?.settlement ?? null,
  rollback_ms: action.closed?.rollbackMs ?? null,
  review: action.review ?? null,
});

const actionOf = (row: ActionRow): Projected => ({
  actionId: row.action_id,
  agent: {
    id: row.agent_id,
    version: row.agent_version,
    ...(row.model === null ? {} : { model: row.model }),
    ...(row.prompt_digest === null ? {} : { promptDigest: row.prompt_digest }),
  },
  actionType: row.action_type,
  target: row.target,
  environment: row.environment,
  serviceTier: row.service_tier,
  tier: row.tier,
  risk: row.risk,
  ruledAt: row.ruled_at,
  ...(row.admitted_at === null ? {} : { admittedAt: row.admitted_at }),
  ...(row.rollback_began_at === null ? {} : { rollbackBeganAt: row.rollback_began_at }),
  ...(row.closed_at === null || row.outcome === null
    ? {}
    : {
        closed: {
          at: row.closed_at,
          outcome: row.outcome,
          ...(row.settlement === null ? {} : { settlement: row.settlement }),
          ...(row.rollback_ms === null ? {} : { rollbackMs: row.rollback_ms }),
        },
      }),
  ...(row.review === null ? {} : { review: row.review }),
});

/** @param from where they are read, as `a`, in which order */
export async function readActions(
  client: ClientBase | Pool,
  from: string,
  values: unknown[],
): Promise<Projected[]> {
  const { rows } = await client.query<{ row: ActionRow }>(
    `select row_to_json(a) as row from ${from}`,
    values,
  );
  return rows.map(({ row }) => actionOf(row));
}

/** By id; those that were never ruled on are missing. */
export async function readActionsById(
  client: ClientBase,
  ids: readonly string[],
): Promise<Map<string, Projected>> {
  const actions = await readActions(client, 'countersign_actions a where action_id = any($1)', [ids]);
  return new Map(actions.map((action) => [action.actionId, action]));
}

/** Writes these actions, and that the projection has come as far as the entry `seq` of the ledger. */
export async function saveActions(
  client: ClientBase,
  actions: Iterable<Projected>,
  seq: number,
): Promise<void> {
  const rows = [...actions].map(rowOf);
  const [first] = rows;
  const columns = Object.keys(first ?? {});
  await Promise.all([
    client.query('update countersign_projection set seq = $1', [seq]),
    first &&
      client.query(
        `insert into countersign_actions
         select * from json_populate_recordset(null::countersign_actions, $1)
         on conflict (action_id) do update set
           (${columns.join(', ')}) = (${columns.map((column) => `excluded.${column}`).join(', ')})`,
        [JSON.stringify(rows)],
      ),
  ]);
}

/** The place of the last entry that is in the projection. */
export async function readProjected(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ seq: string }>('select seq from countersign_projection');
  return Number(rows[0]?.seq ?? 0);
}

/**
 * Projects the next page of the ledger: what was recorded before there was a projection, or by a worker that does not
 * write it. Only for whoever holds the lock of the chain.
 *
 * @returns how far the projection is then
 */
export async function projectPage(client: ClientBase, projected: number): Promise<number> {
  const rows = await readEntries(client, 'where seq > $1 order by seq limit $2', [projected, PAGE]);
  const actions = await readActionsById(client, [...new Set(rows.map((row) => row.action_id))]);
  for (const row of rows) {
    const entry = readable(() => entryOf(row));
    const action = entry && project(actions.get(entry.actionId), entry);
    if (action) actions.set(action.actionId, action);
  }
  const last = Number(rows.at(-1)?.seq ?? projected);
  await saveActions(client, actions.values(), last);
  return last;
}

/** What somebody changed is no fact; that it was changed is for whoever checks the chain. */
function readable(read: () => LedgerEntry): LedgerEntry | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
