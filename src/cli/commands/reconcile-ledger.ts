import { exactLine } from '../../briefing/text.ts';
import type { ReconciledAction, ReconcileReport } from '../../domain/record/reconciliation.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';

const DAY_MS = 24 * 3_600_000;

/** Has a worker hold ledger, Temporal and the governed systems against each other. */
export async function reconcileLedger(
  command: CliCommand,
  actionId: string | undefined,
  days: number,
): Promise<void> {
  const report = await connected(command, async (countersign) => {
    // It may take long. Without a worker, this says so at once.
    await answered(countersign, () => countersign.holds());
    return countersign.reconcile(actionId === undefined ? { withinMs: days * DAY_MS } : { actionId });
  });
  print(command, report, () => reportText(report));
  if (report.differs > 0) command.io.exitCode = 1;
}

const reportText = ({ agrees, differs, unknown, actions }: ReconcileReport): string =>
  [`${agrees} agree, ${differs} differ, ${unknown} cannot be told.`, ...actions.map(actionText)].join('\n');

function actionText(action: ReconciledAction): string {
  const { actionId, completed, kind } = action;
  const entries = completed === 1 ? '1 entry was missing' : `${completed} entries were missing`;
  const completion = completed === 0 ? [] : [`${entries}, and now stand in the ledger as they were sealed`];
  const reasons = kind === 'agrees' ? [] : action.reasons;
  return exactLine(`${WORDS[kind]}  ${actionId}: ${[...reasons, ...completion].join('; ')}`);
}

const WORDS = { agrees: 'agrees ', differs: 'DIFFERS', unknown: 'unknown' } as const;
