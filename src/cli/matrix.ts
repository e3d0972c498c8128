import { table } from '../briefing/table.ts';
import type { Responsibility } from '../config/index.ts';
import type { MatrixFormat } from './matrix-format.ts';

const HEADINGS = [
  'action type',
  'service',
  'environment',
  'agents',
  'level 0',
  'level 1',
  'level 2',
  'level 3',
  'who approves',
  'who is told',
  'who takes it back',
];

const MODE: Readonly<Record<Responsibility['byLevel'][number], string>> = {
  execute: 'at once',
  executeAfterWindow: 'window',
  executeWithApproval: 'approval',
  recommend: 'recommend',
  deniedByPolicy: 'denied',
  undeliverable: 'nobody could',
};

/** The responsibility matrix as text. @param agents the number of agents in the catalog */
export function matrixText(
  responsibilities: readonly Responsibility[],
  format: MatrixFormat,
  agents: number,
): string {
  const rows = [HEADINGS, ...responsibilities.map((row) => cellsOf(row, agents))];
  switch (format) {
    case 'table':
      return table(rows.map((row, i) => (i === 0 ? row.map((heading) => heading.toUpperCase()) : row)));
    case 'csv':
      return rows.map((row) => row.map(csv).join(',')).join('\n');
    case 'markdown':
      return rows
        .toSpliced(
          1,
          0,
          HEADINGS.map(() => '---'),
        )
        .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
        .join('\n');
  }
}

function cellsOf(row: Responsibility, agents: number): string[] {
  const { automatic, people } = row.rollback;
  return [
    row.actionType,
    row.service,
    row.environment,
    row.agents.length === agents ? 'all' : row.agents.join(', '),
    ...row.byLevel.map((mode) => MODE[mode]),
    row.approve.join('; or ') || '-',
    row.told.join('; ') || '-',
    automatic ? `Countersign, and ${people} if it fails` : `${people}: it has no rollback`,
  ];
}

/** A cell in CSV, as RFC 4180 defines it. */
const csv = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
