import { written } from '../shared/duration-text.ts';

/** What is absent is not done: every action is looked at, and an overdue review ends. */
export interface ReviewRules {
  readonly sample?: ReviewSample | undefined;
  readonly escalate?: ReviewEscalation | undefined;
}

/** From how many alike on not every action is looked at afterwards, and how many are then. */
interface ReviewSample {
  /** So many actions of one agent and one type that ran without a person's approval are all looked at. */
  readonly above: number;
  /** Within this time, in milliseconds. */
  readonly withinMs: number;
  /** Of those beyond: 0.2 is every fifth, drawn by digest. */
  readonly share: number;
}

/** Who else is told of a review that nobody makes, so long after it was due, in milliseconds. */
export interface ReviewEscalation {
  readonly afterMs: number;
  readonly by: 'mail' | 'page';
}

/**
 * Why an action is not looked at afterwards; undefined where it is. Drawn by the digest of what was ruled on, so that every
 * worker draws the same; an agent cannot choose it, as the moment of the assessment is part of it.
 *
 * @param alike how many actions of the same agent and type ran lately without a person's approval, this one not counted
 * @param digest lower-case hex
 */
export function whyNotReviewed(
  { above, withinMs, share }: ReviewSample,
  alike: number,
  digest: string,
): string | undefined {
  if (alike < above) return undefined;
  const drawn = Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32;
  if (drawn < share) return undefined;
  return `more than ${above} such actions of this agent ran within ${written(withinMs)}: ${Math.round(share * 100)} of 100 are looked at, and this one was not drawn`;
}
