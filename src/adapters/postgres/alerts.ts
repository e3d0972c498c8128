import type { Alerts } from '../../activities/ports/alerts.ts';
import type { Alert } from '../../domain/analysis/alerts.ts';
import type { AlertStore, ReceivedAlert } from '../../gateway/ports/alerts.ts';
import type { Database } from './database.ts';

/** A row of `countersign_alerts`, as PostgreSQL reads it from JSON. */
const rowOf = ({ startsAt, endedAt, receivedAt, summary, ...same }: ReceivedAlert) => ({
  ...same,
  summary: summary ?? null,
  starts_at: startsAt,
  ended_at: endedAt ?? null,
  received_at: receivedAt,
});

/** Where a gateway keeps alerts. It can add to them and no more. */
export const createAlertStore = ({ pool }: Pick<Database, 'pool'>): AlertStore => ({
  keep: async (alerts) => {
    if (alerts.length === 0) return 0;
    const { rowCount } = await pool.query(
      `insert into countersign_alerts select * from json_populate_recordset(null::countersign_alerts, $1)
       on conflict do nothing`,
      [JSON.stringify(alerts.map(rowOf))],
    );
    return rowCount ?? 0;
  },
});

interface AlertRow {
  readonly receiver: string;
  readonly fingerprint: string;
  readonly labels: Alert['labels'];
  readonly summary: string | null;
  readonly starts_at: string;
  readonly received_at: string;
  readonly ended_at: string | null;
}

/** The most alerts that are read for one watch. The earliest one that ends it is enough. */
const MOST = 500;

/** The alerts that gateways kept, for workers. */
export const createAlerts = ({
  pool,
}: Pick<Database, 'pool'>): Alerts & {
  /** Forgets alerts that came before then. @param receivedBefore milliseconds since the epoch */
  forget(receivedBefore: number): Promise<void>;
} => ({
  about: async ({ service, environment }, since) => {
    // An alert and its end are two rows. We heard of it when the first of them came.
    const { rows } = await pool.query<AlertRow>(
      `select receiver, fingerprint, starts_at, (array_agg(labels order by received_at))[1] as labels,
         (array_agg(summary order by received_at))[1] as summary, min(received_at) as received_at, max(ended_at) as ended_at
       from countersign_alerts where service = $1 and environment = $2 and starts_at > $3
       group by receiver, fingerprint, starts_at having min(received_at) > $3
       order by starts_at, receiver, fingerprint limit ${MOST}`,
      [service, environment, since],
    );
    return rows.map(({ receiver, fingerprint, labels, summary, ...times }) => ({
      receiver,
      fingerprint,
      service,
      environment,
      labels,
      ...(summary === null ? {} : { summary }),
      startsAt: Number(times.starts_at),
      receivedAt: Number(times.received_at),
      ...(times.ended_at === null ? {} : { endedAt: Number(times.ended_at) }),
    }));
  },

  forget: async (receivedBefore) => {
    await pool.query('delete from countersign_alerts where received_at < $1', [receivedBefore]);
  },
});
