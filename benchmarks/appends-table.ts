import type { AppendsReport } from './appends.ts';
import { fixed, row, shareOf } from './columns.ts';

/** The report for people. */
export function renderAppends({ count, factsPerAction, rows }: AppendsReport): string {
  return [
    `appends to the ledger, ${count} in each row: the ${factsPerAction} facts of a tier-1 action, again and again`,
    '',
    row(['writers', '', 'appends/s', 'actions/s', 'p50 ms', 'p99 ms', 'CPU ms: pg', 'writers', 'others']),
    ...rows.map(({ processes, writers, perSecond, p50, p99, cpu, foreignCpu }) =>
      row([
        `${writers} in ${processes} ${processes === 1 ? 'process' : 'processes'}`,
        '',
        fixed(perSecond),
        fixed(perSecond / factsPerAction, 1),
        fixed(p50, 1),
        fixed(p99, 1),
        fixed(cpu.postgres, 2),
        fixed(cpu.writers, 2),
        shareOf(foreignCpu),
      ]),
    ),
  ].join('\n');
}
