/** One statement of a message. Its text is safe to read, but not escaped for any markup. */
export interface Block {
  readonly label?: string;
  readonly text: string;
  /** Whether the lines stay as they are: JSON, a command. */
  readonly verbatim?: true;
  /** The address of the page of another action. */
  readonly link?: string | undefined;
  /** Whether the text was too long to be shown whole. */
  readonly partial?: boolean;
}

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

const LABEL_WIDTH = 16;

/** Blocks as plain lines, for text mails and pages. */
export const linesOf = (blocks: readonly Block[]): string[] =>
  blocks.flatMap(({ label, text, verbatim, link }) => {
    const textWithLink = link === undefined ? text : `${text} ${link}`;
    const lines = textWithLink.split('\n');
    if (label === undefined) return lines.map((line) => `  ${line}`);
    if (verbatim || lines.length > 1) return [`  ${label}`, ...lines.map((line) => `      ${line}`)];
    return [`  ${`${label}  `.padEnd(LABEL_WIDTH)}${textWithLink}`];
  });
