import type { ReadEntry } from '../ledger/ledger.ts';
import { lastOnRecord } from '../record/on-record.ts';
import { reportsIn, reportText } from '../record/report.ts';
import { takeBacksIn } from '../record/take-back.ts';

/** What a recorded action turned out to be. `because` is a sentence without the final period. */
export interface Truth {
  readonly is: 'good' | 'bad';
  readonly kind: string;
  readonly because: string;
}

/**
 * Returns what an action that people were asked about turned out to be, by how it ended. Undefined where that is not known: it never ran and
 * nobody denied it, or people disagree about it.
 *
 * @param entries all entries about the action, in their order
 */
export function truthOf(actionId: string, entries: readonly ReadEntry[]): Truth | undefined {
  const record = lastOnRecord(actionId, entries);
  const { outcome } = record?.closed ?? {};
  if (!record || !outcome) return undefined;
  const [report] = reportsIn(entries);
  if (report)
    return report.found === 'regressed'
      ? { is: 'bad', kind: 'it made things worse', because: reportText(report) }
      : undefined;
  const { reason: because } = outcome;
  switch (outcome.kind) {
    case 'deniedByPerson':
      return { is: 'bad', kind: 'people denied it', because };
    case 'revoked':
      return { is: 'bad', kind: 'people revoked it', because };
    case 'rolledBack':
    case 'rollbackFailed':
    case 'rollbackUnverified':
      return { is: 'bad', kind: 'it had to be taken back', because };
    case 'succeeded':
      return record.settled?.settlement.kind === 'approved' && takeBacksIn(entries).length === 0
        ? { is: 'good', kind: 'it went well', because: `people approved it, and ${because}` }
        : undefined;
    default:
      return undefined;
  }
}
