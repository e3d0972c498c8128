import type { ClientBase } from 'pg';
import type { Dimension, Limit } from '../../domain/admission/limits.ts';
import type { AdmissionRequest } from '../../domain/admission/what-stops.ts';
import type { Projected } from '../../domain/ledger/project-past-action.ts';
import { readActionRows } from './action-rows.ts';

/** An action and the limits that it is under. */
export type Counts = Pick<AdmissionRequest, 'action' | 'limits' | 'at'>;

const COLUMNS: Readonly<Record<Dimension, readonly string[]>> = {
  agent: ['agent_id'],
  actionType: ['action_type'],
  service: ['target', 'environment'],
};

/** The admitted actions that these limits count; there may be more than needed. */
export async function readCounted(client: ClientBase, requests: readonly Counts[]): Promise<Projected[]> {
  const limits = new Map(
    requests.flatMap(({ limits }) => limits.map((limit) => [JSON.stringify(limit), limit] as const)),
  );
  const rowsByLimit = await Promise.all(
    [...limits.values()].map((limit) => countedBy(client, limit, requests)),
  );
  return rowsByLimit.flat();
}

/** Reads what was admitted lately with the same keys as each asking action. It is found by index, however many actions there are. */
function countedBy(client: ClientBase, limit: Limit, requests: readonly Counts[]): Promise<Projected[]> {
  const columns = limit.per.flatMap((dimension) => COLUMNS[dimension]);
  const keys = requests.map(({ action: { agent, type, target, environment } }) => ({
    agent_id: agent.id,
    action_type: type,
    target,
    environment,
  }));
  const since = Math.min(...requests.map(({ at }) => at)) - limit.withinMs;
  // After a reset the asking action may be among them, and does not count.
  const maximum = limit.kind === 'rate' ? limit.atMost + 1 : null;
  return readActionRows(
    client,
    `(select distinct ${columns.join(', ')} from json_populate_recordset(null::countersign_actions, $1)) asking
     cross join lateral (
       select * from countersign_actions counted
       where ${columns.map((column) => `counted.${column} = asking.${column}`).join(' and ')}
         and admitted_at > $2 ${limit.kind === 'rate' ? '' : 'and risk > 0'}
       order by admitted_at desc limit $3
     ) a`,
    [JSON.stringify(keys), since, maximum],
  );
}
