import type { ReportParts } from '../../activities/ports/reports.ts';
import { reportText } from '../../briefing/report.ts';
import { pageOfParts } from '../../briefing/report-page.ts';
import { reportParts, reportSummary, reportTitle, shortParts } from '../../briefing/report-parts.ts';
import { createMailer, type MailerOptions } from './smtp.ts';

/** The largest page that a mail carries, in characters: mail servers refuse large ones. */
const LONGEST_PAGE = 4_000_000;

/** Mails reports: the text, and the page with all of it. INVARIANT 12: no word of an agent is in the subject. */
export function createReportMail(options: MailerOptions): ReportParts['mail'] {
  const mailer = createMailer(options);
  return (report, people) => {
    const { kind, installation, period } = report;
    const page = pageOfParts(reportParts(report));
    const isAttached = page.length <= LONGEST_PAGE;
    const whereItIs = isAttached
      ? 'The page with all of it is attached. Your browser prints it, also to PDF.'
      : `The page is too large for a mail: countersign report ${kind} --period ${period.name} --html FILE`;
    return mailer(people, `reports/${installation}/${kind}/${period.name}`, () => ({
      subject: `${reportTitle(report)}: ${reportSummary(report)}`,
      text: `${reportText(shortParts(report))}\n\n${whereItIs}\n`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      ...(isAttached
        ? {
            attachments: [
              {
                filename: `${kind}-${period.name}.html`,
                content: page,
                contentType: 'text/html; charset=utf-8',
              },
            ],
          }
        : {}),
    }));
  };
}
