import { exactLine } from '../briefing/text.ts';
import type { Part } from './simulation-report.ts';
import { table } from './table.ts';

/** A part of a report for a terminal. */
export const partText = ({ heading, sentences, rows }: Part): string =>
  [heading.toUpperCase(), ...sentences.map(exactLine), ...(rows ? [table(rows)] : [])].join('\n');
