import { table } from './table.ts';
import { oneLine } from './text.ts';

/** A part of a report: sentences, and then rows, of which the first is the heading. */
export interface Part {
  readonly heading: string;
  /** Set where it belongs to the part before it. */
  readonly below?: true | undefined;
  readonly sentences: readonly string[];
  readonly rows?: readonly (readonly string[])[] | undefined;
}

/** The longest sentence or cell, in UTF-16 units. */
export const LONGEST = 2_000;

/** A report as text, for terminals and mails. INVARIANT 12: no text in it hides anything, and a mail program makes no link of it. */
export const reportText = (parts: readonly Part[]): string => parts.map(partText).join('\n\n');

const partText = ({ heading, below, sentences, rows }: Part): string =>
  [
    below ? oneLine(heading, LONGEST) : oneLine(heading, LONGEST).toUpperCase(),
    ...sentences.map((sentence) => oneLine(sentence, LONGEST)),
    ...(rows ? [table(rows.map((cells) => cells.map((cell) => oneLine(cell, LONGEST))))] : []),
  ].join('\n');
