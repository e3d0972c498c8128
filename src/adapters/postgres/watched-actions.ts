import type { Pool } from 'pg';
import type { WatchedActions } from '../../activities/ports/watched-actions.ts';
import type { WatchedAction } from '../../domain/learning/accuracy.ts';
import type { Database } from './database.ts';

const MOST = 10_000;

/** A row of `countersign_watched`, as PostgreSQL writes it in JSON: numbers arrive as numbers. */
interface Row {
  readonly action_id: string;
  readonly action_type: string;
  readonly target: string;
  readonly risk: number;
  readonly admitted_at: number;
  readonly closed_at: number;
  readonly outcome: WatchedAction['outcome'];
  readonly reason: string | null;
  readonly verdict: NonNullable<WatchedAction['verdict']> | null;
  readonly rollback_began_at: number | null;
  readonly reported: NonNullable<WatchedAction['reported']>['found'] | null;
  readonly reported_at: number | null;
}

/** The actions that ran and ended lately, in PostgreSQL. */
export const createWatchedActions = ({ pool }: Pick<Database, 'pool'>): WatchedActions => ({
  since: (since) => readWatchedActions(pool, since),
});

/** @param since milliseconds since the epoch */
export async function readWatchedActions(pool: Pool, since: number): Promise<WatchedAction[]> {
  const { rows } = await pool.query<{ row: Row }>(
    `select row_to_json(w) as row from countersign_watched w
     where closed_at > $1 order by closed_at desc limit ${MOST}`,
    [since],
  );
  return rows.map(({ row }) => ({
    actionId: row.action_id,
    actionType: row.action_type,
    target: row.target,
    risk: row.risk,
    ranAt: row.admitted_at,
    closedAt: row.closed_at,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    verdict: row.verdict ?? undefined,
    rollbackBeganAt: row.rollback_began_at ?? undefined,
    ...(row.reported === null || row.reported_at === null
      ? {}
      : { reported: { found: row.reported, at: row.reported_at } }),
  }));
}
