import { exactLine } from '../shared/visible.ts';

/** The command that a person with a signing key runs to approve, deny or revoke an action, or to answer a review. */
export const decideCommand = (workflowId: string, word: 'approve' | 'deny' | 'revoke'): string =>
  `countersign decide ${shellWord(exactLine(workflowId.replace(/^action\//, '')))} ${word} --reason "..."`;

const shellWord = (word: string) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
