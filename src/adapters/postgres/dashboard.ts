import type { Pool } from 'pg';
import { standingIn, standingSubject } from '../../contract/standing.ts';
import { type Advice, adviceOn } from '../../domain/advice/advice.ts';
import { heldLevel } from '../../domain/autonomy/held-level.ts';
import { changesIn, type StandingFact } from '../../domain/autonomy/standing.ts';
import { grouped } from '../../domain/shared/grouped.ts';
import type {
  Dashboard,
  DayCounts,
  FindingUse,
  TimeToApprove,
  WatchUse,
} from '../../gateway/ports/read-model.ts';
import { readDrills } from './drills.ts';
import { readEndedActions } from './ended-actions.ts';
import { readEntries, readEntryOf } from './rows.ts';

const DAY_MS = 86_400_000;
const DAYS = 28;
/** The most rows of each list. For more, people query the database. */
const MOST = 50;

/** How long advice is kept, in milliseconds: it looks at thousands of actions, and each open dashboard asks again with each change. */
const ADVICE_MS = 60_000;

/** Returns what reads the dashboard at a time, in milliseconds since the epoch. */
export function createDashboard(pool: Pool): (now: number) => Promise<Dashboard> {
  let kept: { readonly at: number; readonly advice: Promise<Advice[]> } | undefined;

  async function adviceAt(now: number): Promise<Advice[]> {
    if (kept && now >= kept.at && now - kept.at < ADVICE_MS) return kept.advice;
    const advice = readEndedActions(pool, beginOf(now)).then(adviceOn);
    kept = { at: now, advice };
    try {
      return await advice;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  }

  return (now) => readDashboard(pool, now, adviceAt(now));
}

/** What operators look at, for 28 days: today in UTC and the 27 days before. */
async function readDashboard(pool: Pool, now: number, pendingAdvice: Promise<Advice[]>): Promise<Dashboard> {
  const since = beginOf(now);
  const [counts, byTier, byGroup, days, load, standing, findings, watches, drills, advice] =
    await Promise.all([
      readCounts(pool, now),
      timesToApprove(pool, `'tier ' || tier`, 'countersign_list', since),
      timesToApprove(pool, 'asked', 'countersign_list cross join unnest(groups) asked', since),
      readDays(pool, since, now),
      readLoad(pool, since),
      readStanding(pool),
      readFindings(pool, since),
      readWatches(pool, since),
      readDrills(pool, now),
      pendingAdvice,
    ]);
  return {
    at: now,
    ...counts,
    timeToApprove: { byTier, byGroup },
    days,
    standing,
    load,
    advice,
    findings,
    watches,
    ...(drills ? { drills } : {}),
  };
}

/** The begin of the first of the 28 days, in milliseconds since the epoch. */
const beginOf = (now: number) => (Math.floor(now / DAY_MS) - DAYS + 1) * DAY_MS;

const rowsOf = async <Row>(pool: Pool, text: string, values: unknown[]): Promise<Row[]> => {
  const { rows } = await pool.query<{ row: Row }>(`select row_to_json(r) as row from (${text}) r`, values);
  return rows.map(({ row }) => row);
};

const readFindings = (pool: Pool, since: number) =>
  rowsOf<FindingUse>(
    pool,
    `select kind, count(*) as shown,
       count(*) filter (where followed) as followed,
       count(*) filter (where approved_past) as "approvedPast"
     from countersign_finding_uses
     where opened_at >= $1 group by kind order by count(*) desc, kind limit ${MOST}`,
    [since],
  );

/** What of these counts as found: a person who reports a rollback as wrong says that there was nothing to find. */
const FOUND = `(where verdict = 'regressed' and reported is distinct from 'rollbackWrong')`;

const readWatches = (pool: Pool, since: number) =>
  rowsOf<WatchUse>(
    pool,
    `select action_type as "actionType", count(verdict) as watched,
       count(*) filter ${FOUND} as found,
       percentile_disc(0.5) within group (order by rollback_began_at - admitted_at) filter ${FOUND} as "medianDetectionMs",
       count(*) filter (where reported = 'rollbackWrong') as "falseRollbacks",
       count(*) filter (where reported = 'regressed') as missed
     from countersign_watched
     where closed_at >= $1 group by 1 order by count(*) desc, 1 limit ${MOST}`,
    [since],
  );

export async function readCounts(pool: Pool, now: number) {
  interface Counts {
    readonly pending: number;
    readonly overdue: number;
    readonly decided: number;
    readonly denied: number;
  }
  const [row] = await rowsOf<Counts>(
    pool,
    `select
       (select count(*) from countersign_list where status = 'waiting' and drill is null) as pending,
       (select count(*) from countersign_list
        where review_due_at between $2 and $1 and (review is null or review = 'overdue')) as overdue,
       (select count(*) from countersign_list
        where closed_at >= $2 and settlement in ('approved', 'denied')) as decided,
       (select count(*) from countersign_list where closed_at >= $2 and settlement = 'denied') as denied`,
    [now, beginOf(now)],
  );
  const { pending = 0, overdue = 0, decided = 0, denied = 0 } = row ?? {};
  return { pending, overdue, denialRate: decided === 0 ? 0 : denied / decided };
}

/** The time from the ruling to the approval that settled it, for closed actions. */
const timesToApprove = (pool: Pool, column: string, from: string, since: number) =>
  rowsOf<TimeToApprove>(
    pool,
    `select ${column} as of, count(*) as count,
       percentile_cont(0.5) within group (order by settled_at - ruled_at) as p50,
       percentile_cont(0.95) within group (order by settled_at - ruled_at) as p95
     from ${from} where closed_at >= $1 and settlement = 'approved' and settled_at is not null
     group by 1 order by 1 limit ${MOST}`,
    [since],
  );

/** The counts of every day, also of days on which nothing happened. */
const readDays = (pool: Pool, since: number, now: number) =>
  rowsOf<DayCounts>(
    pool,
    `with opened as (
       select opened_at / ${DAY_MS} as day, count(*) as proposed
       from countersign_list where opened_at >= $1 and drill is null group by 1),
     closed as (
       select closed_at / ${DAY_MS} as day,
         count(*) filter (where outcome = 'deniedByPerson') as denied,
         count(*) filter (where settlement = 'proceed') as proceeded,
         count(*) filter (where outcome = 'deniedByPolicy') as by_policy,
         count(*) filter (where outcome in ('rolledBack', 'rollbackFailed', 'rollbackUnverified')) as rolled_back
       from countersign_list where closed_at >= $1 group by 1)
     select to_char(to_timestamp(day * ${DAY_MS / 1_000}) at time zone 'UTC', 'YYYY-MM-DD') as day,
       coalesce(proposed, 0) as proposed, coalesce(denied, 0) as denied, coalesce(proceeded, 0) as "autoProceeded",
       coalesce(by_policy, 0) as "policyDenied", coalesce(rolled_back, 0) as "rolledBack"
     from generate_series($1::bigint / ${DAY_MS}, $2::bigint / ${DAY_MS}) as day
     left join opened using (day) left join closed using (day) order by 1`,
    [since, now],
  );

const readLoad = (pool: Pool, since: number) =>
  rowsOf<Dashboard['load'][number]>(
    pool,
    `select person, count(*) filter (where part = 'asked') as pending,
       count(*) filter (where part = 'decided') as decided
     from countersign_people p where (part = 'asked' or (part = 'decided' and at >= $1))
       and not exists (select from countersign_list l where l.action_id = p.action_id and l.drill is not null)
     group by person order by 2 desc, 3 desc, 1 limit ${MOST}`,
    [since],
  );

/** The level of each agent's newest build, by action type. Where it differs by service tier, the lowest one. */
async function readStanding(pool: Pool): Promise<Dashboard['standing']> {
  const rows = await readEntries(pool, `where action_id like '${standingSubject('%')}' order by seq`, []);
  return grouped(rows.map(readEntryOf), ({ actionId }) => actionId)
    .flatMap((entries) => levelsIn(standingIn(entries)))
    .sort((a, b) => (a.agent + a.actionType < b.agent + b.actionType ? -1 : 1))
    .slice(0, MOST);
}

/** The levels of one agent. @param facts the standing facts of that agent */
function levelsIn(facts: readonly StandingFact[]): Dashboard['standing'] {
  const keys = changesIn(facts).map(({ key }) => key);
  const newestBuilds = new Map(keys.map((key) => [key.actionType, key.agent]));
  const lowestStandings = new Map<string, Dashboard['standing'][number]>();
  for (const key of keys) {
    const { actionType } = key;
    if (JSON.stringify(newestBuilds.get(actionType)) !== JSON.stringify(key.agent)) continue;
    const level = heldLevel(facts, key)?.level;
    if (level === undefined || level > (lowestStandings.get(actionType)?.level ?? level)) continue;
    lowestStandings.set(actionType, { agent: key.agent.id, actionType, level });
  }
  return [...lowestStandings.values()];
}
