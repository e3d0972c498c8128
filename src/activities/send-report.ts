import { REPORT_READERS } from '../contract/report-readers.ts';
import { membersOf } from '../domain/installation/directory.ts';
import type { Installation } from '../domain/installation/installation.ts';
import { LOOKED_BACK_MS, REPORTED_KINDS } from '../domain/reports/following.ts';
import { makeReport } from '../domain/reports/make-report.ts';
import { lastPeriod, type Period, type ReportKind } from '../domain/reports/period.ts';
import { type Basis, basisOf, type Report } from '../domain/reports/report.ts';
import { delivered } from './notify.ts';
import type { Checkpoints } from './ports/checkpoints.ts';
import type { ReportParts } from './ports/reports.ts';
import { failure } from './shared/failure.ts';

export interface ReportDeps {
  readonly installation: Installation;
  readonly checkpoints: Checkpoints;
  readonly now: () => number;
  /** Absent: the installation sends no reports. */
  readonly reports?: ReportParts | undefined;
}

export function createSendReport({ installation, checkpoints, now, reports }: ReportDeps) {
  /** What the ledger is now, signed as far as it can be. A broken ledger is reported on all the same, and the report says so first. */
  async function basisNow(): Promise<Basis> {
    let result = await checkpoints.sign(installation.name, now());
    while (result.kind === 'signed' && !result.isWhole)
      result = await checkpoints.sign(installation.name, now());
    const newest = await checkpoints.newest();
    const basis = basisOf(newest?.size ?? 0, newest?.note);
    return result.kind === 'refused' ? { ...basis, objection: result.reason } : basis;
  }

  async function made({ ledger }: ReportParts, kind: ReportKind, period: Period): Promise<Report> {
    const basis = await basisNow();
    const about = {
      installation: installation.name,
      period,
      basis,
      now: now(),
      isProduction: (environment: string) => !installation.notProduction.includes(environment),
    };
    return makeReport(kind, about, REPORT_READERS, {
      entries: ledger.entries(period.from - LOOKED_BACK_MS, basis.size, REPORTED_KINDS),
      entriesOf: (actionId) => ledger.entriesOf(actionId, basis.size),
    });
  }

  return {
    /**
     * Sends the report about the last period that is over, once. INVARIANT 13: whoever asks for it only says which kind; what it is about, whom it
     * goes to and what it says follow from the clock, the installation and the ledger. It is kept before it is sent, so an attempt after a lost
     * worker sends the same again, under the same Message-ID.
     *
     * @returns what was done, for whoever reads the workflow
     */
    sendReport: async (kind: ReportKind): Promise<string> => {
      if (!reports?.settings[kind])
        throw failure('NotConfigured', `countersign.yaml has no reports.${kind}: nobody gets this report`);
      const { settings, records, mail, file } = reports;
      const period = lastPeriod(kind, now(), settings.timeZone);
      const before = await records.of(kind, period.name);
      if (!before) await records.keep(await made(reports, kind, period), now());
      const kept = before ?? (await records.of(kind, period.name));
      const report = kept?.report;
      if (!report) return `${period.name} was sent before`;
      if (settings.folder !== undefined && kept.filedAt === undefined) {
        await file(report, settings.folder);
        await records.filed(kind, period.name, now());
      }
      const people = [...new Set(settings.to.flatMap((ref) => membersOf(installation, ref)))];
      const { detail } = delivered(await mail(report, people));
      await records.mailed(kind, period.name, now());
      return `${period.name}: ${detail}`;
    },
  };
}
