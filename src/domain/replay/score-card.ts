import type { Coverage, Unread } from '../simulation/effects.ts';
import { ANSWER_CLASSES, type AnswerClass, ENDS, type End, type ReplayedCase } from './compare.ts';

/** How a build did in the situations of the past. */
export interface ScoreCard {
  /** How many situations there were, how many the build was asked about, and why not about the others. */
  readonly coverage: {
    readonly situations: number;
    readonly asked: number;
    readonly notReplayable: Coverage['notReplayable'];
  };
  /** How many situations, by what the build did and by how the action of then ended. */
  readonly counts: Readonly<Record<AnswerClass, Readonly<Record<End, number>>>>;
  /** How many of its proposals that differ, by what the rules of today say about them. */
  readonly today: Readonly<Record<string, number>>;
}

/** Counts how a build did. @param unasked the situations that it could not be asked about */
export function scoreCardOf(
  cases: readonly ReplayedCase[],
  unasked: readonly Pick<Unread, 'why'>[],
): ScoreCard {
  return {
    coverage: {
      situations: cases.length + unasked.length,
      asked: cases.length,
      notReplayable: counted(unasked.map(({ why }) => why)).map(([why, count]) => ({ why, count })),
    },
    counts: tabled(ANSWER_CLASSES, (answer) =>
      tabled(ENDS, (end) => cases.filter((each) => each.class === answer && each.end === end).length),
    ),
    today: Object.fromEntries(counted(cases.flatMap(({ today }) => today?.mode ?? []))),
  };
}

const tabled = <Key extends string, T>(keys: readonly Key[], of: (key: Key) => T) =>
  Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<Key, T>;

/** Each text with how often it is there, the most frequent first. */
function counted(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
}

export const total = (ends: Readonly<Record<End, number>>): number =>
  ENDS.reduce((sum, end) => sum + ends[end], 0);

/** In how many situations a build was wrong: it repeated what people denied or what went wrong, or gave no answer that can be used. */
export const wrongIn = ({ counts: { same, wrong } }: ScoreCard): number =>
  same.denied + same.wentWrong + total(wrong);

/** What a build comes to, beside what was done then. */
export type ReplayVerdict = 'worse' | 'notKnown' | 'notWorse';

/**
 * Judges a build. Worse: it repeats what people denied or what went wrong, refrains from what ended well, or cannot be used. INVARIANT 7: what
 * could not be asked, and a proposal that nobody ever tried, is never "not worse". Neither is nothing at all.
 */
export function verdictOn(card: ScoreCard): ReplayVerdict {
  const { coverage, counts } = card;
  const { otherParameters, otherAction, nothing } = counts;
  if (wrongIn(card) + nothing.well > 0) return 'worse';
  const untried = total(otherParameters) + total(otherAction) + nothing.neither;
  return coverage.asked > 0 && coverage.notReplayable.length === 0 && untried === 0 ? 'notWorse' : 'notKnown';
}
