/**
 * The difference between two samples, by their ranks: Mann and Whitney's test with its exact distribution, and the estimate and interval of
 * Hodges and Lehmann (Hollander and Wolfe, "Nonparametric statistical methods", chapter 4). Unlike an e-process it holds for one look.
 */

/** By how much the values after the action are greater than those before, in the unit of the values. */
export type Shift =
  | {
      readonly kind: 'shift';
      /** The median of all differences between a value after and one before. */
      readonly estimate: number;
      /** The ends of the confidence interval. */
      readonly atLeast: number;
      readonly atMost: number;
    }
  | { readonly kind: 'tooFew'; readonly needed: number };

/**
 * Estimates the shift.
 *
 * @param alpha the chance that the true shift is outside of the interval; half of it on each side
 */
export function shiftBetween(before: readonly number[], after: readonly number[], alpha: number): Shift {
  const outside = mostOutside(before.length, after.length, alpha / 2);
  if (outside === undefined) return { kind: 'tooFew', needed: fewestFor(alpha / 2) };
  const differences = after
    .flatMap((value) => before.map((earlier) => value - earlier))
    .sort((a, b) => a - b);
  return {
    kind: 'shift',
    estimate: medianOf(differences),
    atLeast: differences[outside] as number,
    atMost: differences[differences.length - 1 - outside] as number,
  };
}

/** The middle of numbers in ascending order; the mean of the middle two where there are as many on either side. NaN: there are none. */
export function medianOf(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** By which part a sum of chances may be off: 0.05 + 0.05 is not more than 0.1. */
const ROUNDING = 1e-12;

/**
 * How many of the sorted differences lie outside of the interval at each end. Undefined: the samples are too small for an interval.
 *
 * @param alpha the chance on one side
 */
function mostOutside(sizeBefore: number, sizeAfter: number, alpha: number): number | undefined {
  const chances = chancesOfU(sizeBefore, sizeAfter);
  let sum = 0;
  for (const [u, chance] of chances.entries()) {
    sum += chance;
    if (sum > alpha * (1 + ROUNDING)) return u === 0 ? undefined : u - 1;
  }
  return undefined;
}

/**
 * The chance of each value of Mann and Whitney's U where nothing differs. The number of arrangements with U = u is the coefficient of q^u in
 * the Gaussian binomial coefficient, the product of (1 - q^(m+i)) / (1 - q^i) for i from 1 to n. Factor by factor it stays a chance, so
 * nothing overflows.
 */
function chancesOfU(m: number, n: number): number[] {
  const chances = new Array<number>(m * n + 1).fill(0);
  chances[0] = 1;
  for (let i = 1; i <= n; i++) {
    for (let u = m * n; u >= m + i; u--) chances[u] = (chances[u] as number) - (chances[u - m - i] as number);
    for (let u = i; u <= m * n; u++) chances[u] = (chances[u] as number) + (chances[u - i] as number);
    const scale = i / (m + i);
    for (let u = 0; u <= m * n; u++) chances[u] = (chances[u] as number) * scale;
  }
  return chances;
}

/** The least size of two equal samples that have an interval. */
function fewestFor(alpha: number): number {
  let size = 1;
  while (mostOutside(size, size, alpha) === undefined) size += 1;
  return size;
}
