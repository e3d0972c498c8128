import type { ReportKind } from '../domain/reports/period.ts';
import { sendReport } from './activities.ts';

/** Sends the report of this kind about the last period. A Temporal Schedule starts it; its result says what was done. */
export const reportLedger = (kind: ReportKind): Promise<string> => sendReport(kind);
