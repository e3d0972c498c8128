import type { ClientBase, Pool } from 'pg';
import type { AttentionFacts } from '../../domain/attention/request-facts.ts';
import type { Projected } from '../../domain/ledger/project-past-action.ts';
import { prepared } from './statement.ts';

/** A row of `countersign_actions`, as PostgreSQL writes it in JSON: numbers arrive as numbers. */
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
  readonly reason: string | null;
  readonly settlement: NonNullable<Projected['closed']>['settlement'] | null;
  readonly rollback_ms: number | null;
  readonly found_healthy: boolean | null;
  readonly review: NonNullable<Projected['review']> | null;
  readonly attention: AttentionFacts | null;
  readonly params: NonNullable<Projected['params']> | null;
  readonly confidence: number | null;
  readonly takes_back: string | null;
  readonly verdict: NonNullable<Projected['verdict']> | null;
  readonly reported: NonNullable<Projected['reported']>['found'] | null;
  readonly reported_at: number | null;
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
  reason: action.closed?.reason ?? null,
  settlement: action.closed?.settlement ?? null,
  rollback_ms: action.closed?.rollbackMs ?? null,
  found_healthy: action.closed?.foundHealthy ?? null,
  review: action.review ?? null,
  attention: action.attention ?? null,
  params: action.params ?? null,
  confidence: action.confidence ?? null,
  takes_back: action.takesBack ?? null,
  verdict: action.verdict ?? null,
  reported: action.reported?.found ?? null,
  reported_at: action.reported?.at ?? null,
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
  ...(row.params === null ? {} : { params: row.params }),
  ...(row.confidence === null ? {} : { confidence: row.confidence }),
  ...(row.takes_back === null ? {} : { takesBack: row.takes_back }),
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
          ...(row.reason === null ? {} : { reason: row.reason }),
          ...(row.settlement === null ? {} : { settlement: row.settlement }),
          ...(row.rollback_ms === null ? {} : { rollbackMs: row.rollback_ms }),
          ...(row.found_healthy === true ? { foundHealthy: true } : {}),
        },
      }),
  ...(row.review === null ? {} : { review: row.review }),
  ...(row.verdict === null ? {} : { verdict: row.verdict }),
  ...(row.reported === null || row.reported_at === null
    ? {}
    : { reported: { found: row.reported, at: row.reported_at } }),
  ...(row.attention === null ? {} : { attention: row.attention }),
});

/** Selects the actions that are proved to be from their agent, or for which this was not recorded when they were ruled on. */
export const SIGNED = `coalesce(attention -> 'unsigned', 'false') = 'false'`;

/** The actions of a query. @param from the rest of the query after `from`, with the table as `a`, and its order */
export async function readActionRows(
  client: ClientBase | Pool,
  from: string,
  values: unknown[],
): Promise<Projected[]> {
  const { rows } = await client.query<{ row: ActionRow }>(
    prepared(`select row_to_json(a) as row from ${from}`, values),
  );
  return rows.map(({ row }) => actionOf(row));
}

/** The actions, by id. Those that were never ruled on are missing. */
export async function readActionsById(
  client: ClientBase,
  ids: readonly string[],
): Promise<Map<string, Projected>> {
  const actions = await readActionRows(client, 'countersign_actions a where action_id = any($1)', [ids]);
  return new Map(actions.map((action) => [action.actionId, action]));
}

/** Writes these actions to the projection. */
export async function saveActions(client: ClientBase, actions: Iterable<Projected>): Promise<void> {
  const rows = [...actions].map(rowOf);
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  await client.query(
    prepared(
      `insert into countersign_actions
       select * from json_populate_recordset(null::countersign_actions, $1)
       on conflict (action_id) do update set
         (${columns.join(', ')}) = (${columns.map((column) => `excluded.${column}`).join(', ')})`,
      [JSON.stringify(rows)],
    ),
  );
}
