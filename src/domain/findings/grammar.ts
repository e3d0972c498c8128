import { stem } from './agent-text.ts';
import type { Subject } from './subject.ts';
import { ARTICLES, CHANGE, HEDGES, MEASURES, PARTICIPLES, PAST, STILL_ED } from './words.ts';

/** Whether a clause tells of the past: what was done is not what the action does. */
export const tellsOfPast = (words: readonly string[]): boolean =>
  words.some(
    (word, i) =>
      PAST.has(word) ||
      (/^[a-z]{3,}ed$/.test(word) &&
        !STILL_ED.has(word) &&
        words[i - 1] !== 'be' &&
        words[i - 1] !== 'being'),
  );

/** Whether a phrase at a place tells of the past: words like "deployed" count before it alone, because after it they may say what is affected. */
export const isPastAt = (words: readonly string[], at: number): boolean =>
  tellsOfPast(words.slice(0, at)) || words.some((word) => PAST.has(word));

/** Whether one of the words makes what follows a wish, a condition or a denial. */
export const isHedged = (words: readonly string[]): boolean => words.some((word) => HEDGES.has(word));

/**
 * Returns the verb that stands at a place and says what the action shall do, or undefined: it is a noun ("the increase"), or tells of
 * the past. "Should be raised" counts as "raise".
 */
export function verbAt(words: readonly string[], at: number, verbs: ReadonlySet<string>): string | undefined {
  const word = words[at] ?? '';
  const before = words[at - 1] ?? '';
  const participle = Object.hasOwn(PARTICIPLES, word) ? PARTICIPLES[word] : undefined;
  if (participle !== undefined && (before === 'be' || before === 'being'))
    return verbs.has(participle) ? participle : undefined;
  if (!verbs.has(word) || ARTICLES.has(before)) return undefined;
  return /^(?:is|are|was|were|been|had|has|have)$/.test(before) && !word.endsWith('ing') ? undefined : word;
}

/** Returns the places of such verbs. */
export const verbsIn = (words: readonly string[], verbs: ReadonlySet<string> = CHANGE): number[] =>
  words.flatMap((_, i) => (verbAt(words, i, verbs) === undefined ? [] : i));

export const isNounOf = ({ nouns }: Subject, word: string | undefined): boolean =>
  word !== undefined && nouns.has(stem(word));

export const namesSubject = (subject: Subject, words: readonly string[]): boolean =>
  words.some((word) => isNounOf(subject, word));

/** Whether the words name something that is measured, and is not the parameter itself. */
export const namesMeasure = (subject: Subject, words: readonly string[]): boolean =>
  words.some((word) => MEASURES.has(word) && !isNounOf(subject, word));
