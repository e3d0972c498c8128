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
  const withOpenLimit = requests.filter(({ attention }) => attention.openPerAgent !== undefined);
  const withDenialLimit = requests.flatMap(({ request, attention: { repeatAfterDenialMs } }) =>
    repeatAfterDenialMs === undefined ? [] : { ...request, since: request.at - repeatAfterDenialMs },
  );
  const rowLists = await Promise.all([
    withOpenLimit.length === 0
      ? []
      : readActionRows(
          client,
          `countersign_actions a where agent_id = any($1) and closed_at is null
             and attention -> 'asks' = 'true' and ruled_at > $2`,
          [
            withOpenLimit.map(({ request }) => request.agent),
            Math.min(...withOpenLimit.map(({ request }) => request.at)) - LONGEST_OPEN_MS,
          ],
        ),
    withOpenLimit.length === 0
      ? []
      : readActionRows(
          client,
          `countersign_actions a where agent_id = any($1) and ruled_at > $2
             and attention -> 'recommends' = 'true'`,
          [
            withOpenLimit.map(({ request }) => request.agent),
            Math.min(...withOpenLimit.map(({ request }) => request.at)) - RECOMMENDED_MS,
          ],
        ),
    withDenialLimit.length === 0
      ? []
      : readActionRows(
          client,
          `countersign_actions a where attention ->> 'sameness' = any($1) and closed_at > $2
             and attention -> 'denial' is not null`,
          [
            withDenialLimit.map(({ sameness }) => sameness),
            Math.min(...withDenialLimit.map(({ since }) => since)),
          ],
        ),
  ]);
  return rowLists.flat();
}
