import { writeFile } from 'node:fs/promises';
import { withConnection } from '../../adapters/postgres/connection.ts';
import { countKinds } from '../../adapters/postgres/kind-counts.ts';
import { createReportLedger } from '../../adapters/postgres/reports.ts';
import { readHead } from '../../adapters/postgres/rows.ts';
import { readCheckpoint } from '../../adapters/postgres/tree.ts';
import { type Part, reportText } from '../../briefing/report.ts';
import { pageOfParts } from '../../briefing/report-page.ts';
import { reportParts, shortParts } from '../../briefing/report-parts.ts';
import { REPORT_READERS } from '../../contract/report-readers.ts';
import { isTimeZone } from '../../domain/calendar/local-time.ts';
import { parseCheckpoint } from '../../domain/ledger/tree/checkpoint.ts';
import { REQUIREMENTS } from '../../domain/reports/compliance.ts';
import { LOOKED_BACK_MS, REPORTED_KINDS } from '../../domain/reports/following.ts';
import { makeReport } from '../../domain/reports/make-report.ts';
import { lastPeriod, type Period, periodNamed, type ReportKind } from '../../domain/reports/period.ts';
import { basisOf, type Report } from '../../domain/reports/report.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { complianceParts } from '../compliance-parts.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

export interface ComplianceOptions {
  readonly html?: string;
}

export interface MadeOptions extends ComplianceOptions {
  readonly period?: string;
  readonly timeZone: string;
  readonly size?: number;
  readonly notProduction?: readonly string[];
}

/** Makes a report from the ledger and prints it. It sends nothing, and changes nothing. */
export async function makeFromLedger(
  command: CliCommand,
  kind: ReportKind,
  { period: name, timeZone, size, notProduction = [], html }: MadeOptions,
): Promise<void> {
  if (!isTimeZone(timeZone))
    throw new CommandError(
      `--time-zone ${timeZone}: must be a time zone of the IANA database, such as Europe/Berlin`,
    );
  const now = Date.now();
  const period = name === undefined ? lastPeriod(kind, now, timeZone) : periodNamed(kind, name, timeZone);
  if (!period)
    throw new CommandError(
      `--period ${name}: must be a ${kind === 'weekly' ? 'week such as 2026-W48' : 'month such as 2026-11'}`,
    );
  const isProduction = (environment: string) => !notProduction.includes(environment);
  const report = await fromLedger(databaseUrl(command.io.env), { kind, period, size, now, isProduction });
  if (html !== undefined) await writeFile(html, pageOfParts(reportParts(report)));
  print(command, report, () => reportText(shortParts(report)));
}

interface Wanted {
  readonly kind: ReportKind;
  readonly period: Period;
  readonly size: number | undefined;
  readonly now: number;
  readonly isProduction: (environment: string) => boolean;
}

const fromLedger = (url: string, { kind, period, size, now, isProduction }: Wanted): Promise<Report> =>
  withConnection(url, async (client) => {
    const checkpoint = await readCheckpoint(client, size);
    const upTo = size ?? checkpoint?.size ?? (await readHead(client)).seq;
    // The root is that of exactly these entries, or none is told.
    const basis = basisOf(upTo, checkpoint?.size === upTo ? checkpoint.note : undefined);
    const read = checkpoint && parseCheckpoint(checkpoint.note);
    const installation = read?.kind === 'checkpoint' ? read.checkpoint.origin : 'this ledger';
    const ledger = createReportLedger(client);
    return makeReport(kind, { installation, period, basis, now, isProduction }, REPORT_READERS, {
      entries: ledger.entries(period.from - LOOKED_BACK_MS, upTo, REPORTED_KINDS),
      entriesOf: (actionId) => ledger.entriesOf(actionId, upTo),
    });
  });

/** Prints what meets which requirement, with what the ledger has of it where one is named. */
export async function complianceReport(command: CliCommand, { html }: ComplianceOptions): Promise<void> {
  const url = command.io.env.COUNTERSIGN_DATABASE_URL;
  const counts = url === undefined || url === '' ? undefined : await withConnection(url, countKinds);
  const parts: readonly Part[] = complianceParts(counts);
  if (html !== undefined) await writeFile(html, pageOfParts(parts));
  const withCounts = REQUIREMENTS.map(({ entries, ...requirement }) => ({
    ...requirement,
    ledger: counts ? Object.fromEntries(entries.map((kind) => [kind, counts[kind] ?? 0])) : null,
  }));
  print(command, withCounts, () => reportText(parts));
}
