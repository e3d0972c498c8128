import { exactLine } from '../domain/shared/visible.ts';

/** Rows as columns for a terminal; the first row is the heading. Each row is one line, also if a cell has line breaks. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(exactLine));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
