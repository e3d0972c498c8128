import type { Action } from '../action/action.ts';
import type { LeftBehind } from '../risk/left-behind.ts';
import { type Clause, quoted } from './agent-text.ts';
import type { Finding, Weight } from './finding.ts';

interface TakingBack {
  readonly dataMigration?: boolean | undefined;
  /** What operators declared that the rollback leaves behind in this case. */
  readonly leftBehind?: LeftBehind | undefined;
}

/** Claims that the action can be taken back, where it cannot, or not wholly. */
export function notUndone(action: Action, takingBack: TakingBack, clauses: readonly Clause[]): Finding[] {
  const doubt = doubtOf(action, takingBack);
  if (!doubt) return [];
  return clauses
    .filter(({ place, words }) => place !== 'alternative' && isClaim(words))
    .slice(0, 1)
    .map(({ text }) => ({
      kind: 'notUndone',
      weight: doubt.weight,
      text: `the agent writes ${quoted(text)}, but ${doubt.why}`,
    }));
}

function doubtOf(
  { rollback }: Action,
  { dataMigration, leftBehind }: TakingBack,
): { readonly weight: Weight; readonly why: string } | undefined {
  if (!rollback) return { weight: 3, why: 'the action type has no rollback' };
  if (leftBehind?.kind === 'some')
    return { weight: 3, why: `operators declared what stays: ${leftBehind.what.join('; ')}` };
  return dataMigration ? { weight: 2, why: 'taking it back may lose what was written since' } : undefined;
}

const NEGATIONS = new Set(['not', 'cannot', 'no', 'never', "can't", 'hardly']);
const UNDONE =
  /^(?:rolled back|undone|reverted|reversed|taken back|roll back|undo|revert|reverse|take (?:it |this )?back|go back|rollback)/;
/** Words that make it something that is possible, and not something that happened. */
const POSSIBLE = /^(?:can|could|may|will|we|would|easy|easily|simply|just|to|a|the|is)$/;

const isClaim = (words: readonly string[]): boolean =>
  !words.some((word) => NEGATIONS.has(word)) &&
  words.some((word, at) => {
    if (/^(?:reversible|undoable|revertible)$/.test(word)) return true;
    if (!UNDONE.test(words.slice(at, at + 3).join(' '))) return false;
    const before = words.slice(Math.max(0, at - 4), at);
    return (
      before.some((other) => POSSIBLE.test(other)) &&
      !before.some((other) => /^(?:was|were|had)$/.test(other))
    );
  });
