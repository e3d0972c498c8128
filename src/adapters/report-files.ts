import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportText } from '../briefing/report.ts';
import { pageOfParts } from '../briefing/report-page.ts';
import { reportParts } from '../briefing/report-parts.ts';
import type { Report } from '../domain/reports/report.ts';

/** Writes a report into a folder as text, page and JSON. A reader of the folder sees a file whole or not at all. */
export async function writeReportFiles(report: Report, folder: string): Promise<void> {
  const parts = reportParts(report);
  const contents = {
    txt: `${reportText(parts)}\n`,
    html: pageOfParts(parts),
    json: `${JSON.stringify(report, null, 2)}\n`,
  };
  for (const [ending, content] of Object.entries(contents)) {
    const file = join(folder, `${report.kind}-${report.period.name}.${ending}`);
    const unfinished = `${file}.${process.pid}.part`;
    await writeFile(unfinished, content, { mode: 0o640 });
    await rename(unfinished, file);
  }
}
