import type { ReportLedger, ReportRecords } from '../../activities/ports/reports.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import type { Database } from './database.ts';
import { readEntriesOf } from './entries-of-action.ts';
import { entriesSince } from './entries-since.ts';

interface Row {
  readonly report: string | null;
  readonly filed_at: string | null;
  readonly mailed_at: string | null;
}

/** The reports that were made, in PostgreSQL. */
export const createReportRecords = ({ pool }: Pick<Database, 'pool'>): ReportRecords => ({
  of: async (kind, period) => {
    const { rows } = await pool.query<Row>(
      'select report, filed_at, mailed_at from countersign_reports where kind = $1 and period = $2',
      [kind, period],
    );
    const [row] = rows;
    return (
      row && {
        ...(row.report === null ? {} : { report: JSON.parse(row.report) }),
        ...(row.filed_at === null ? {} : { filedAt: Number(row.filed_at) }),
        ...(row.mailed_at === null ? {} : { mailedAt: Number(row.mailed_at) }),
      }
    );
  },

  keep: async (report, at) => {
    const { kind, period, basis } = report;
    const text = JSON.stringify(report);
    await pool.query(
      `insert into countersign_reports (kind, period, size, digest, report, made_at)
       values ($1, $2, $3, $4, $5, $6) on conflict (kind, period) do nothing`,
      [kind, period.name, basis.size, digestOf(JSON.parse(text)), text, at],
    );
  },

  filed: async (kind, period, at) => {
    await pool.query('update countersign_reports set filed_at = $3 where kind = $1 and period = $2', [
      kind,
      period,
      at,
    ]);
  },

  mailed: async (kind, period, at) => {
    await pool.query(
      'update countersign_reports set mailed_at = $3, report = null where kind = $1 and period = $2',
      [kind, period, at],
    );
  },
});

/** The ledger in PostgreSQL, as reports read it. */
export const createReportLedger = (pool: Parameters<typeof readEntriesOf>[0]): ReportLedger => ({
  entries: (since, size, kinds) => entriesSince(pool, since, kinds, size),
  entriesOf: async (actionId, size) => (await readEntriesOf(pool, actionId)).filter(({ seq }) => seq <= size),
});
