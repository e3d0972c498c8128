import type { AttentionRecords } from '../../activities/ports/attention-records.ts';
import type { RuledBefore } from '../../domain/attention/anomaly-rules.ts';
import { type NotAsked, whyNotAsked } from '../../domain/attention/request-limits.ts';
import type { Projected } from '../../domain/ledger/project-past-action.ts';
import { readActionRows, SIGNED } from './action-rows.ts';
import type { Database } from './database.ts';
import type { WriteDecision } from './transaction.ts';

const MOST_SEEN = 2_000;

/** What the ledger says of people's attention, in PostgreSQL. */
export function createAttentionRecords({ pool, write }: Pick<Database, 'pool' | 'write'>): AttentionRecords {
  return {
    permit: (request, attention, ruling) =>
      write({
        fact: ruling,
        request: { request, attention },
        decide: ({ recorded, requests }): WriteDecision<NotAsked | undefined> => {
          // A recorded ruling has its place already: an earlier attempt got it but was not reported.
          const why = recorded ? undefined : whyNotAsked(attention, request, requests.flatMap(otherOf));
          return { result: why, append: why === undefined };
        },
      }),

    asksSince: async (since) => {
      const { rows } = await pool.query<{ person: string; asks: string }>(
        `select person, count(*) as asks
         from countersign_actions, jsonb_array_elements_text(attention -> 'asked') person
         where ruled_at > $1 group by person`,
        [since],
      );
      return new Map(rows.map(({ person, asks }) => [person, Number(asks)]));
    },

    seenSince: async (since, agent, people) => {
      const actions = await readActionRows(
        pool,
        `countersign_actions a where ruled_at > $1 and ${SIGNED}
           and (agent_id = $2 or attention -> 'decisions' @> any($3::jsonb[]))
         order by ruled_at desc limit ${MOST_SEEN}`,
        [since, agent, people.map((person) => JSON.stringify([{ person }]))],
      );
      return actions.flatMap(seenOf);
    },

    alarmsOn: async (agent) => {
      const { rows } = await pool.query<{ id: string; placed_at: string; lifted_at: string | null }>(
        `select id, placed_at, lifted_at from countersign_holds where autonomous_only and scope ->> 'agent' = $1`,
        [agent],
      );
      return rows.map(({ id, placed_at, lifted_at }) => ({
        holdId: id,
        at: Number(placed_at),
        stands: lifted_at === null,
      }));
    },

    ranAlone: async ({ agent, actionType, since, but }) => {
      const { rows } = await pool.query<{ ran: string }>(
        `select count(*) as ran from countersign_actions
         where agent_id = $1 and action_type = $2 and admitted_at > $3 and action_id <> $4
           and settlement is distinct from 'approved' and (closed_at is not null or tier = 1)`,
        [agent, actionType, since, but],
      );
      return Number(rows[0]?.ran ?? 0);
    },
  };
}

const otherOf = ({ actionId, agent, ruledAt, closed, attention }: Projected) =>
  attention ? [{ ...attention, actionId, agent: agent.id, ruledAt, closedAt: closed?.at }] : [];

const seenOf = ({
  actionId,
  agent,
  actionType,
  target,
  risk,
  ruledAt,
  attention,
}: Projected): RuledBefore[] =>
  attention
    ? [
        {
          actionId,
          agent: agent.id,
          actionType,
          target,
          risk,
          ruledAt,
          entitled: attention.entitled,
          sizeChange: attention.sizeChange,
          decisions: attention.decisions ?? [],
        },
      ]
    : [];
