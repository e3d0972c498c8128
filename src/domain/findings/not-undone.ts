import type { Action } from '../action/action.ts';
import { type Clause, quoted } from './agent-text.ts';
import type { Finding } from './finding.ts';

/** Claims that the action can be taken back, where it cannot, or not wholly. */
export function notUndone(
  { rollback }: Action,
  { dataMigration }: { readonly dataMigration?: boolean | undefined },
  clauses: readonly Clause[],
): Finding[] {
  if (rollback && !dataMigration) return [];
  const why = rollback ? 'taking it back may lose what was written since' : 'the action type has no rollback';
  return clauses
    .filter(({ place, words }) => place !== 'alternative' && isClaim(words))
    .slice(0, 1)
    .map(({ text }) => ({
      kind: 'notUndone',
      weight: rollback ? 2 : 3,
      text: `the agent writes ${quoted(text)}, but ${why}`,
    }));
}

const isClaim = (words: readonly string[]): boolean =>
  !words.some((word) => ['not', 'cannot', 'no', 'never', "can't", 'hardly'].includes(word)) &&
  / (?:(?:can|could|may|will) (?:always |easily |quickly |safely )?be (?:easily |quickly |safely |fully )?(?:rolled back|undone|reverted|reversed|taken back)|(?:is|are) (?:fully |easily |completely )?(?:reversible|undone)|easy to (?:undo|revert|reverse|roll back)|we can (?:always )?(?:roll back|revert|undo)) /.test(
    ` ${words.join(' ')} `,
  );
