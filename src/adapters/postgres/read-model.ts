import type { Pool } from 'pg';
import { DRILL_RESULTS } from '../../domain/ledger/drill-result.ts';
import type {
  ActionFilter,
  DecidedAction,
  DueReview,
  ListedAction,
  Page,
  PendingAction,
  ReadModel,
} from '../../gateway/ports/read-model.ts';
import { type Cursor, limitOf, paged, readCursor } from './cursor.ts';
import { createDashboard, readCounts } from './dashboard.ts';
import type { Database } from './database.ts';
import { readDrillsOf } from './drills.ts';
import type { ListRow } from './list-rows.ts';

/** A row with the person's part in it. */
type PartRow = ListRow & {
  readonly at: number;
  readonly verdict: string | null;
  readonly reason: string | null;
};

/**
 * People's lists in PostgreSQL, as current as the ledger: both are written in one transaction. A page is read along an index from
 * where it begins, so it costs the same at any place of a list of any length.
 */
export function createReadModel({ pool }: Pick<Database, 'pool'>): ReadModel {
  const partsOf = async (person: string, part: 'asked' | 'reviews' | 'decided', page: Page) => {
    const newestFirst = part === 'decided';
    const cursor = readCursor(page.after) ?? { at: newestFirst ? Number.MAX_SAFE_INTEGER : -1, actionId: '' };
    const order = newestFirst ? 'desc' : 'asc';
    const rows = await readRows<PartRow>(
      pool,
      `(select l.*, p.at, p.verdict, p.reason
        from (select * from countersign_people
              where person = $1 and part = $2 and (at, action_id) ${newestFirst ? '<' : '>'} ($3, $4)
              order by at ${order}, action_id ${order} limit $5) p
        join countersign_list l using (action_id)
        order by p.at ${order}, p.action_id ${order}) r`,
      [person, part, cursor.at, cursor.actionId, limitOf(page) + 1],
    );
    return { rows, key: (row: PartRow): Cursor => ({ at: row.at, actionId: row.action_id }) };
  };

  return {
    pendingFor: async (person, page) => {
      const { rows, key } = await partsOf(person, 'asked', page);
      return paged(rows, page, key, pendingOf);
    },
    decidedBy: async (person, page) => {
      const { rows, key } = await partsOf(person, 'decided', page);
      return paged(rows, page, key, decidedOf);
    },
    reviewsDue: async (person, page) => {
      const { rows, key } = await partsOf(person, 'reviews', page);
      return paged(rows, page, key, reviewOf);
    },

    actions: async (filter, page) => {
      const cursor = readCursor(page.after) ?? { at: Number.MAX_SAFE_INTEGER, actionId: '' };
      const values: unknown[] = [cursor.at, cursor.actionId, limitOf(page) + 1];
      const conditions = FILTERS.flatMap(([name, column]) => {
        const value = filter[name];
        return value === undefined ? [] : ` and ${column} = $${values.push(value)}`;
      }).join('');
      const rows = await readRows<ListRow>(
        pool,
        `(select * from countersign_list where (opened_at, action_id) < ($1, $2)${conditions}
          order by opened_at desc, action_id desc limit $3) r`,
        values,
      );
      return paged(
        rows,
        page,
        ({ opened_at, action_id }) => ({ at: opened_at, actionId: action_id }),
        actionOf,
      );
    },

    action: async (actionId) => {
      const [row] = await readRows<ListRow>(pool, 'countersign_list r where action_id = $1', [actionId]);
      return row && actionOf(row);
    },

    isDrill: async (actionId) => {
      const { rowCount } = await pool.query(
        'select from countersign_list where action_id = $1 and drill is not null',
        [actionId],
      );
      return rowCount === 1;
    },

    drillOf: async (actionId, person) => {
      const { rows } = await pool.query<{ drill: string }>(
        `select l.drill from countersign_list l join countersign_people p using (action_id)
         where l.action_id = $1 and p.person = $2 and p.part = 'decided' and l.drill is not null`,
        [actionId, person],
      );
      return DRILL_RESULTS.find((result) => result === rows[0]?.drill);
    },

    drillsOf: (person, now) => readDrillsOf(pool, person, now),

    openUnsigned: async () => {
      const { rows } = await pool.query<{ open: string }>(
        `select count(*) as open from countersign_list where action_id like '~%' and status <> 'closed' and drill is null`,
      );
      return Number(rows[0]?.open ?? 0);
    },

    dashboard: createDashboard(pool),
    counts: (now) => readCounts(pool, now),
  };
}

const FILTERS: readonly (readonly [keyof ActionFilter, keyof ListRow])[] = [
  ['status', 'status'],
  ['agent', 'agent_id'],
  ['actionType', 'action_type'],
  ['target', 'target'],
  ['environment', 'environment'],
  ['outcome', 'outcome'],
];

/** Reads rows as JSON, so that numbers arrive as numbers. */
async function readRows<Row>(pool: Pool, from: string, values: unknown[]): Promise<Row[]> {
  const { rows } = await pool.query<{ row: Row }>(`select to_jsonb(r) - 'known' as row from ${from}`, values);
  return rows.map(({ row }) => row);
}

const actionOf = (row: ListRow): ListedAction => ({
  actionId: row.action_id,
  title: row.title,
  actionType: row.action_type,
  target: row.target,
  environment: row.environment,
  agent: row.agent_id,
  tier: row.tier,
  risk: row.risk,
  status: row.status,
  ruledAt: row.ruled_at,
  ...(row.status === 'waiting' && row.deadline !== null ? { deadline: row.deadline } : {}),
  ...(row.outcome === null ? {} : { outcome: row.outcome }),
  ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
  ...(row.drill === null || row.drill === 'open' ? {} : { drill: true as const }),
});

const pendingOf = (row: PartRow): PendingAction => ({
  ...actionOf(row),
  needed: row.needed ?? '',
  group: [row.action_type, row.target, row.environment].join(' / '),
});

const decidedOf = (row: PartRow): DecidedAction => ({
  ...actionOf(row),
  verdict: row.verdict ?? '',
  decidedAt: row.at,
  ...(row.reason === null ? {} : { reason: row.reason }),
});

const reviewOf = (row: PartRow): DueReview => ({
  actionId: row.action_id,
  title: row.title,
  agent: row.agent_id,
  tier: row.tier,
  // A review is opened when the action is over, so there is an outcome.
  outcome: row.outcome ?? 'succeeded',
  dueAt: row.at,
});
