import type { Pool } from 'pg';
import type { EndedActions } from '../../activities/ports/ended-actions.ts';
import type { EndedAction } from '../../domain/advice/advice.ts';
import type { Database } from './database.ts';

const MOST = 10_000;

/** A row of `countersign_ended`, as PostgreSQL writes it in JSON: numbers arrive as numbers. */
interface Row {
  readonly action_id: string;
  readonly agent_id: string;
  readonly action_type: string;
  readonly target: string;
  readonly environment: string;
  readonly ruled_at: number;
  readonly ran: boolean;
  readonly asked: boolean;
  readonly outcome: EndedAction['outcome'];
  readonly settlement: EndedAction['settlement'] | null;
  readonly review: EndedAction['review'] | null;
  readonly reported: EndedAction['reported'] | null;
  readonly size_change: number | null;
  readonly decisions: EndedAction['decisions'];
  readonly opened: EndedAction['openedAt'];
}

/** The actions that ended lately, with how people looked at them, in PostgreSQL. */
export const createEndedActions = ({ pool }: Pick<Database, 'pool'>): EndedActions => ({
  since: (since) => readEndedActions(pool, since),
});

/** @param since milliseconds since the epoch */
export async function readEndedActions(pool: Pool, since: number): Promise<EndedAction[]> {
  const { rows } = await pool.query<{ row: Row }>(
    `select row_to_json(e) as row from countersign_ended e
     where closed_at > $1 order by closed_at desc limit ${MOST}`,
    [since],
  );
  return rows.map(({ row }) => ({
    actionId: row.action_id,
    agent: row.agent_id,
    actionType: row.action_type,
    target: row.target,
    environment: row.environment,
    ruledAt: row.ruled_at,
    asked: row.asked,
    ran: row.ran,
    outcome: row.outcome,
    settlement: row.settlement ?? undefined,
    review: row.review ?? undefined,
    reported: row.reported ?? undefined,
    sizeChange: row.size_change ?? undefined,
    decisions: row.decisions,
    openedAt: row.opened,
  }));
}
