import type { PastActions } from '../../activities/ports/past-actions.ts';
import type { PastAction } from '../../domain/ledger/past-action.ts';
import { readActionRows, SIGNED } from './action-rows.ts';
import { readSince } from './counted-rows.ts';
import type { Database } from './database.ts';

/** The most past actions of an agent that are needed to judge it. */
const MOST = 1_000;

/** Past actions in PostgreSQL, as current as the ledger: both are written in one transaction. */
export function createPastActions({ pool }: Pick<Database, 'pool'>): PastActions {
  // Actions that may not be from their agent belong to no record. They are left out in the query, so that they take no place in the
  // limit.
  const readNewest = async (where: string, values: unknown[], limit: number): Promise<PastAction[]> => {
    const order = `order by ruled_at desc, action_id limit $${values.length + 1}`;
    const actions = await readActionRows(
      pool,
      `countersign_actions a where ${where} and ${SIGNED} ${order}`,
      [...values, limit],
    );
    return actions.map(({ rollbackBeganAt: _, attention, ...action }) =>
      attention ? { ...action, sameness: attention.sameness } : action,
    );
  };
  return {
    similarTo: ({ actionType, target, serviceTier }, limit) =>
      readNewest(
        'action_type = $1 and (target = $2 or service_tier = $3)',
        [actionType, target, serviceTier],
        limit,
      ),

    of: ({ agent, actionType, serviceTier }) =>
      readNewest(
        'agent_id = $1 and action_type = $2 and service_tier = $3 and ($4::text is null or agent_version = $4)',
        [agent.id, actionType, serviceTier, agent.version ?? null],
        MOST,
      ),

    ranSince: (on, admittedAfter) => readSince(pool, on, admittedAfter),

    ranBy: (agentId, limit) =>
      readNewest(
        'agent_id = $1 and admitted_at is not null and closed_at is not null and confidence is not null',
        [agentId],
        limit,
      ),
  };
}
