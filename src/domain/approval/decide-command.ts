import { exactLine } from '../shared/visible.ts';

/** What a person with a key of their own runs to say something of an action, or of a review. */
export const decideCommand = (workflowId: string, word: 'approve' | 'deny' | 'revoke'): string =>
  `countersign decide ${shellWord(exactLine(workflowId.replace(/^action\//, '')))} ${word} --reason "..."`;

const shellWord = (word: string) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
