import type { Proposal } from '../action/action.ts';
import { beginningOf } from '../shared/beginning.ts';
import { exactLine, visible } from '../shared/visible.ts';

export type Place = 'summary' | 'alternative' | 'evidence' | 'criterion';

/** A part of a sentence that an agent wrote. */
export interface Clause {
  readonly place: Place;
  /** As the agent wrote it. */
  readonly text: string;
  /** In lower case, without hidden characters and without marks between them. */
  readonly words: readonly string[];
  /** Whether it depends on a condition that stands before it. */
  readonly isConditional: boolean;
}

/** Returns all that an agent wrote about its proposal, clause by clause. */
export function clausesOf({ rationale, evidence, successCriteria }: Proposal): Clause[] {
  return [
    ...clausesIn(rationale.summary, 'summary'),
    ...rationale.alternatives.flatMap(({ option, whyNot }) =>
      [option, whyNot].flatMap((text) => clausesIn(text, 'alternative')),
    ),
    ...evidence.flatMap(({ title, detail }) =>
      [title, detail].flatMap((text) => clausesIn(text, 'evidence')),
    ),
    ...successCriteria.flatMap((text) => clausesIn(text, 'criterion')),
  ];
}

const BETWEEN_SENTENCES = /[.!?]+(?=\s|$)|\n/u;
const BETWEEN_CLAUSES =
  /;|,(?!\d)|(?<!\b(?:target|goal|count|value|version|environment|env)):(?=\s)|[()–—]|\s-\s|\b(?=(?:because|but|although|whereas|while|so that|which|if|unless|until)\b)/iu;

/** The most words of a clause. A longer one is no sentence, and would cost time. */
const LONGEST = 80;

export const clausesIn = (text: string, place: Place): Clause[] =>
  text.split(BETWEEN_SENTENCES).flatMap((sentence) => {
    let isConditional = false;
    return sentence.split(BETWEEN_CLAUSES).flatMap((part) => {
      const words = wordsIn(part);
      // "If it fails, we roll back": what follows a condition depends on it.
      isConditional ||= words[0] === 'if' || words[0] === 'unless';
      const pieces = Array.from({ length: Math.ceil(words.length / LONGEST) }, (_, i) =>
        words.slice(i * LONGEST, (i + 1) * LONGEST),
      );
      return pieces.map((piece) => ({ place, text: part.trim(), words: piece, isConditional }));
    });
  });

const WORD = /[\p{L}\p{N}]+(?:(?:[._'’@/+-]|,(?=\d{3}))[\p{L}\p{N}]+)*%?|->|=>|→|=|%/gu;

/** Returns the words of a text. Letters in other forms (NFKC) and hidden characters between them make no other word. */
export const wordsIn = (text: string): string[] =>
  (
    visible(text.normalize('NFKC'), () => '')
      .toLowerCase()
      .match(WORD) ?? []
  ).map((word) => word.replace('’', "'").replace(/'s$/, ''));

/** Returns a word without the ending of its plural. */
export const stem = (word: string): string =>
  word.endsWith('ies') && word.length > 4
    ? `${word.slice(0, -3)}y`
    : /(?:ch|sh|x|ss)es$/.test(word)
      ? word.slice(0, -2)
      : /[^s]s$/.test(word) && word.length > 3
        ? word.slice(0, -1)
        : word;

const QUOTED = 120;

/** INVARIANT 12: returns words of the agent for people to read: on one line, cut, with hidden characters written out. */
export function quoted(text: string): string {
  const line = exactLine(text);
  return `"${line.length <= QUOTED ? line : `${beginningOf(line, QUOTED)}...`}"`;
}
