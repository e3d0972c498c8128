import { written } from '../shared/duration-text.ts';

/** The rules for reviews after the run. Without `sample` every action is reviewed; without `escalate` an overdue review ends. */
export interface ReviewRules {
  readonly sample?: ReviewSample | undefined;
  readonly escalate?: ReviewEscalation | undefined;
}

/** How many like actions are all reviewed, and how large a share of the further ones is. */
interface ReviewSample {
  /** Up to this number of actions of one agent and one type that ran without a person's approval, all are reviewed. */
  readonly above: number;
  /** The time within which such actions are counted, in milliseconds. */
  readonly withinMs: number;
  /** The share of the further actions that is reviewed: 0.2 is every fifth, drawn by digest. */
  readonly share: number;
}

/** Who else is told of a review that nobody made, and how long after its due time, in milliseconds. */
export interface ReviewEscalation {
  readonly afterMs: number;
  readonly by: 'mail' | 'page';
}

/**
 * Returns why an action is not reviewed after it ran; undefined when it is. The draw uses the digest of what was ruled on, so every worker
 * draws the same. An agent cannot choose the digest, because the time of the assessment is part of it.
 *
 * @param similarCount how many actions of the same agent and type ran lately without a person's approval, without this one
 * @param digest lower-case hex
 */
export function whyNotReviewed(
  { above, withinMs, share }: ReviewSample,
  similarCount: number,
  digest: string,
): string | undefined {
  if (similarCount < above) return undefined;
  const drawn = Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32;
  if (drawn < share) return undefined;
  return `more than ${above} such actions of this agent ran within ${written(withinMs)}: ${Math.round(share * 100)} of 100 are looked at, and this one was not drawn`;
}
