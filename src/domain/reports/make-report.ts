import type { ReadEntry } from '../ledger/ledger.ts';
import { accounting } from './monthly.ts';
import type { Period, ReportKind } from './period.ts';
import type { Basis, Report } from './report.ts';
import { type AuditReaders, auditing } from './weekly.ts';

/** The part of the ledger that a report is made from. */
export interface ReportSource {
  /** The entries to go by, in the order of the ledger. */
  readonly entries: AsyncIterable<ReadEntry>;
  /** All entries about an action, in their order. */
  readonly entriesOf: (actionId: string) => Promise<readonly ReadEntry[]>;
}

export interface ReportAbout {
  readonly installation: string;
  readonly period: Period;
  readonly basis: Basis;
  /** When it is made: milliseconds since the epoch. */
  readonly now: number;
  /** Whether an environment serves customers. */
  readonly isProduction: (environment: string) => boolean;
}

/** Makes a report. The same part of the ledger gives the same report at any time, unless something was erased since. */
export async function makeReport(
  kind: ReportKind,
  { now, isProduction, ...about }: ReportAbout,
  readers: AuditReaders,
  source: ReportSource,
): Promise<Report> {
  const { period } = about;
  const common = { ...about, isOver: now >= period.until };
  if (kind === 'weekly') {
    const audit = auditing(period, readers);
    await readInto(audit, source);
    return { ...common, kind, audit: audit.audit() };
  }
  const account = accounting(period, readers, isProduction);
  await readInto(account, source);
  return { ...common, kind, account: account.account() };
}

interface Reading {
  add(entry: ReadEntry): void;
  older(): readonly string[];
  complete(entries: readonly ReadEntry[]): void;
}

async function readInto(reading: Reading, { entries, entriesOf }: ReportSource): Promise<void> {
  for await (const entry of entries) reading.add(entry);
  for (const actionId of reading.older()) reading.complete(await entriesOf(actionId));
}
