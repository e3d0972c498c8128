import type { ClientBase } from 'pg';
import {
  type Attention,
  LONGEST_OPEN_MS,
  RECOMMENDED_MS,
  type Request,
} from '../../domain/attention/request-limits.ts';
import type { Projected } from '../../domain/ledger/project-past-action.ts';
import { readActionRows } from './action-rows.ts';

/** A request for people's attention, and the limits that it is checked against. */
export interface RequestKeys {
  readonly request: Request;
  readonly attention: Attention;
}

/** The open actions of those agents, their recent recommendations, and recent denials of the same action. All by index. */
export async function readRequests(
  client: ClientBase,
  requests: readonly RequestKeys[],
): Promise<Projected[]> {
  const capped = requests.filter(({ attention }) => attention.openPerAgent !== undefined);
  const barred = requests.flatMap(({ request, attention: { repeatAfterDenialMs } }) =>
    repeatAfterDenialMs === undefined ? [] : { ...request, since: request.at - repeatAfterDenialMs },
  );
  const rowLists = await Promise.all([
    capped.length === 0
      ? []
      : readActionRows(
          client,
          `countersign_actions a where agent_id = any($1) and closed_at is null
             and attention -> 'asks' = 'true' and ruled_at > $2`,
          [
            capped.map(({ request }) => request.agent),
            Math.min(...capped.map(({ request }) => request.at)) - LONGEST_OPEN_MS,
          ],
        ),
    capped.length === 0
      ? []
      : readActionRows(
          client,
          `countersign_actions a where agent_id = any($1) and ruled_at > $2
             and attention -> 'recommends' = 'true'`,
          [
            capped.map(({ request }) => request.agent),
            Math.min(...capped.map(({ request }) => request.at)) - RECOMMENDED_MS,
          ],
        ),
    barred.length === 0
      ? []
      : readActionRows(
          client,
          `countersign_actions a where attention ->> 'sameness' = any($1) and closed_at > $2
             and attention -> 'denial' is not null`,
          [barred.map(({ sameness }) => sameness), Math.min(...barred.map(({ since }) => since))],
        ),
  ]);
  return rowLists.flat();
}
