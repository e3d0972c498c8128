import type { ClientBase, Pool } from 'pg';
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

/** The most later actions on a target that are read. */
const MOST_LATER = 1_000;

/** What was admitted on a target after a time, the earliest first. */
export async function readSince(
  client: ClientBase | Pool,
  { target, environment }: Pick<Projected, 'target' | 'environment'>,
  admittedAfter: number,
): Promise<Admitted[]> {
  const rows = await readActionRows(
    client,
    `countersign_actions a where target = $1 and environment = $2 and admitted_at > $3
     order by admitted_at limit $4`,
    [target, environment, admittedAfter, MOST_LATER],
  );
  return admittedAmong(rows);
}

export type Admitted = Projected & { readonly admittedAt: number };

export const admittedAmong = (actions: Iterable<Projected>): Admitted[] =>
  [...actions].flatMap(({ admittedAt, ...action }) =>
    admittedAt === undefined ? [] : { ...action, admittedAt },
  );

/** The admitted actions that these limits count, and those since the ones that are taken back; there may be more than needed. */
export async function readCounted(client: ClientBase, requests: readonly Counts[]): Promise<Projected[]> {
  const limits = new Map(
    requests.flatMap(({ limits }) => limits.map((limit) => [JSON.stringify(limit), limit] as const)),
  );
  const rowsByLimit = await Promise.all(
    [...limits.values()].map((limit) => countedBy(client, limit, requests)),
  );
  const since = await Promise.all(
    requests.map(({ action }) =>
      action.takesBack ? readSince(client, action, action.takesBack.admittedAt) : [],
    ),
  );
  return [...rowsByLimit, ...since].flat();
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
