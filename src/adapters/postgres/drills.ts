import type { Pool } from 'pg';
import type { DrillRecords } from '../../activities/ports/drills.ts';
import type { DrillCounts } from '../../gateway/ports/read-model.ts';
import type { Database } from './database.ts';

/** The time that the dashboard counts, in milliseconds: 28 days. */
const COUNTED_MS = 28 * 86_400_000;
/** With fewer people, what all of them caught would tell what one of them did. */
const FEWEST_PEOPLE = 3;

/** What the ledger says of drills, in PostgreSQL. */
export const createDrillRecords = ({ pool }: Pick<Database, 'pool'>): DrillRecords => ({
  drilled: async (since) => {
    const { rows } = await pool.query<Record<'requests' | 'drills' | 'open' | 'ever', string>>(
      `select
         (select count(*) from countersign_list where drill is null and needed is not null and opened_at >= $1) as requests,
         (select count(*) from countersign_list where drill is not null and opened_at >= $1) as drills,
         (select count(*) from countersign_list where drill = 'open') as open,
         (select count(*) from countersign_list where drill is not null) as ever`,
      [since],
    );
    const { requests = 0, drills = 0, open = 0, ever = 0 } = rows[0] ?? {};
    return { requests: Number(requests), drills: Number(drills), open: Number(open), ever: Number(ever) };
  },
  overdue: async (before) => {
    const { rows } = await pool.query<{ action_id: string }>(
      `select action_id from countersign_list where drill = 'open' and deadline < $1 order by action_id`,
      [before],
    );
    return rows.map(({ action_id }) => action_id);
  },
});

/** How drills ended, of all people together. Undefined: too few people answered one. */
export async function readDrills(pool: Pool, now: number): Promise<DrillCounts | undefined> {
  const { people, ...counts } = await countDrills(pool, now, 'true', []);
  return people < FEWEST_PEOPLE ? undefined : counts;
}

/** How the drills ended that this person answered. */
export async function readDrillsOf(pool: Pool, person: string, now: number): Promise<DrillCounts> {
  const { people: _, ...counts } = await countDrills(pool, now, 'p.person = $2', [person]);
  return counts;
}

async function countDrills(pool: Pool, now: number, of: string, values: readonly unknown[]) {
  const { rows } = await pool.query<Record<keyof DrillCounts | 'people', string>>(
    `select count(*) filter (where drill = 'caught') as caught, count(*) filter (where drill = 'missed') as missed,
       count(*) filter (where drill = 'lookedCloser') as "lookedCloser", count(distinct p.person) as people
     from countersign_list l join countersign_people p using (action_id)
     where l.drill is not null and p.part = 'decided' and l.opened_at >= $1 and ${of}`,
    [now - COUNTED_MS, ...values],
  );
  const { caught = 0, missed = 0, lookedCloser = 0, people = 0 } = rows[0] ?? {};
  return {
    caught: Number(caught),
    missed: Number(missed),
    lookedCloser: Number(lookedCloser),
    people: Number(people),
  };
}
