import type { EntryKind, ReadEntry } from '../../domain/ledger/ledger.ts';
import type { ReportKind } from '../../domain/reports/period.ts';
import type { Report } from '../../domain/reports/report.ts';
import type { ReportSettings } from '../../domain/reports/settings.ts';
import type { SendResult } from './channels.ts';

/** A report that was made, and how far it came. Times in milliseconds since the epoch. */
export interface KeptReport {
  /** Absent: it was sent, and what it said is kept no longer. */
  readonly report?: Report | undefined;
  readonly filedAt?: number | undefined;
  readonly mailedAt?: number | undefined;
}

/** The reports that were made: one for each kind and period, for ever. All methods throw when the store is unreachable. */
export interface ReportRecords {
  of(kind: ReportKind, period: string): Promise<KeptReport | undefined>;
  /** Keeps a report, unless one of its kind and period is kept already. */
  keep(report: Report, at: number): Promise<void>;
  filed(kind: ReportKind, period: string, at: number): Promise<void>;
  /** From then on only that it was sent is kept: what is erased from the ledger must not live on here. */
  mailed(kind: ReportKind, period: string, at: number): Promise<void>;
}

/** The ledger, as reports read it. */
export interface ReportLedger {
  /**
   * Entries of these kinds, in the order of the ledger, page by page.
   *
   * @param since milliseconds since the epoch
   * @param size how many entries the ledger has: those after them are left out
   */
  entries(since: number, size: number, kinds: readonly EntryKind[]): AsyncIterable<ReadEntry>;
  /** All entries about an action among the first `size`. */
  entriesOf(actionId: string, size: number): Promise<readonly ReadEntry[]>;
}

/** What reports are made of and how they reach people. */
export interface ReportParts {
  readonly settings: ReportSettings;
  readonly records: ReportRecords;
  readonly ledger: ReportLedger;
  /** The same report is the same mail, however often it is sent. Never throws. */
  readonly mail: (report: Report, people: readonly string[]) => Promise<SendResult>;
  /** Writes the files of a report into a folder. Throws where it cannot. */
  readonly file: (report: Report, folder: string) => Promise<void>;
}
