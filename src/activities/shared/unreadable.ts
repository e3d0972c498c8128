import { log } from '@temporalio/activity';

/**
 * Warns operators of unreadable entries. The reader goes on, and what follows is stricter. @param seqs places of the entries in the
 * ledger
 */
export function warnOfUnreadable(subject: string, seqs: readonly number[]): void {
  if (seqs.length > 0) log.warn('entries of the ledger cannot be read', { subject, seqs });
}
