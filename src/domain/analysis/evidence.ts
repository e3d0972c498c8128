/**
 * Evidence from events: an e-process for "there are more bad events than is tolerated", and one for "there are fewer".
 *
 * An e-process may be looked at after every reading. If the effect is at the limit or below, the chance that the evidence for "more" ever
 * reaches 1/alpha is alpha at most, however often one looks and however long the watch is made (Ville's inequality). Each is a mean of
 * likelihood ratios over fixed factors, so it is exactly a supermartingale: a prior with a density would have to be integrated.
 *
 * Sources: Turner and Gruenwald, "Safe anytime-valid inference for two-by-two tables" (arXiv 2302.11401); Lindon and Malek,
 * "Anytime-valid inference for multinomial count data" (arXiv 2011.03567); decision 32.
 */

/** The events of one stretch of time after the action, beside those of its pair before it. */
export interface EventPair {
  /** Bad events after the action. */
  readonly bad: number;
  /** All events after the action; for a count of bad events alone, the length of the stretch in minutes. */
  readonly of: number;
  /** Bad events before the action. */
  readonly badBefore: number;
  /** All events before the action, or the length of that stretch in minutes. 0: nothing is known of it. */
  readonly ofBefore: number;
}

/** What is tolerated after the action: the greater of the two. */
export interface EventTolerance {
  /** So many times the share (or rate) of bad events before. At least 1. */
  readonly ratio: number;
  /** A share (or a rate a minute) of bad events that nobody minds. 0: each one matters. */
  readonly negligible: number;
}

export interface Evidence {
  /** The natural logarithm of the evidence that there are more bad events than tolerated. */
  readonly worse: number;
  /** The natural logarithm of the evidence that there are fewer. */
  readonly notWorse: number;
}

/** The factors by which the true effect may lie beyond the limit: 32, from 1.05 to 50, in even steps of their logarithm. */
const FACTORS: readonly number[] = Array.from({ length: 32 }, (_, i) => 1.05 * (50 / 1.05) ** (i / 31));

/**
 * Weighs the events seen so far. The order of the pairs does not matter. More bad events never weaken `worse` and never strengthen
 * `notWorse`.
 *
 * The tolerated limit is the greater of two, so `worse` is the weaker of the evidence against each, and `notWorse` is the mean of both.
 */
export function evidenceOf(pairs: readonly EventPair[], { ratio, negligible }: EventTolerance): Evidence {
  const moreThanBefore = moreThan(pairs, ratio);
  const lessThanBefore = moreThan(pairs.map(swapped), 1 / ratio);
  if (negligible === 0) return { worse: moreThanBefore, notWorse: lessThanBefore };
  return {
    worse: Math.min(
      moreThanBefore,
      againstShare(pairs, negligible, (factor) => factor),
    ),
    notWorse: logMean([lessThanBefore, againstShare(pairs, negligible, (factor) => 1 / factor)]),
  };
}

/**
 * The evidence that the rate after is more than so many times the one before. For each factor it is the likelihood ratio of all pairs: the
 * rate is `factor` times the limit, against at the limit. Given how many bad events there are in both stretches of a pair, those after the
 * action are a share that depends on the ratio of the rates alone. For shares of a total it is a lower bound, because the binomial
 * distribution is narrower.
 */
function moreThan(pairs: readonly EventPair[], ratio: number): number {
  return logMean(
    FACTORS.map((factor) => {
      const logFactor = Math.log(factor);
      let sum = 0;
      for (const { bad, of, badBefore, ofBefore } of pairs) {
        if (of === 0 || ofBefore === 0) continue;
        const atLimit = ratio * of;
        const scale = Math.log((atLimit + ofBefore) / (factor * atLimit + ofBefore));
        sum += bad * (logFactor + scale) + badBefore * scale;
      }
      return sum;
    }),
  );
}

/** The evidence of the stretches after the action alone: the share is a factor times this one, against this one. */
function againstShare(
  pairs: readonly EventPair[],
  share: number,
  factorOf: (factor: number) => number,
): number {
  const bad = pairs.reduce((sum, pair) => sum + pair.bad, 0);
  const of = pairs.reduce((sum, pair) => sum + pair.of, 0);
  return logMean(FACTORS.map(factorOf).map((factor) => bad * Math.log(factor) - of * share * (factor - 1)));
}

const swapped = ({ bad, of, badBefore, ofBefore }: EventPair): EventPair => ({
  bad: badBefore,
  of: ofBefore,
  badBefore: bad,
  ofBefore: of,
});

/** The logarithm of the mean of numbers that are given by their logarithms. */
function logMean(logs: readonly number[]): number {
  const greatest = Math.max(...logs);
  return greatest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - greatest), 0) / logs.length);
}

/** How many times as many bad events there are after the action. Either end is absent where nothing bounds it. */
export interface RatioBounds {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

const LEAST_RATIO = 1e-3;
const GREATEST_RATIO = 1e3;

/**
 * Returns the ratios that the events do not speak against (a confidence sequence: true at all looks together).
 *
 * @param enough the evidence from which a ratio is ruled out, as a logarithm
 */
export function ratioBoundsOf(pairs: readonly EventPair[], enough: number): RatioBounds {
  const turned = pairs.map(swapped);
  const isAbove = (ratio: number) => moreThan(pairs, ratio) >= enough;
  const isBelow = (ratio: number) => moreThan(turned, 1 / ratio) >= enough;
  return {
    ...(isAbove(LEAST_RATIO) ? { atLeast: turnOf(isAbove) } : {}),
    ...(isBelow(GREATEST_RATIO) ? { atMost: turnOf((ratio) => !isBelow(ratio)) } : {}),
  };
}

/** Where a condition that holds for small ratios stops to hold, to a hundredth. */
function turnOf(holds: (ratio: number) => boolean): number {
  let low = LEAST_RATIO;
  let high = GREATEST_RATIO;
  while (high / low > 1.01) {
    const middle = Math.sqrt(low * high);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
