/** A rate of good cases, with its statistical lower bound. */
export interface Rate {
  readonly good: number;
  readonly cases: number;
  /** 0 to 1; 0 if there are no cases. */
  readonly rate: number;
  /** 0 to 1: lower bound of the 95 % Wilson score interval (Wilson 1927). It is low for few cases, even if all are good. */
  readonly lowerBound: number;
}

/** Standard score of a two-sided 95 % interval. */
const Z = 1.959963984540054;

export function rateOf(good: number, cases: number): Rate {
  if (cases === 0) return { good, cases, rate: 0, lowerBound: 0 };
  const rate = good / cases;
  const centre = rate + Z ** 2 / (2 * cases);
  const margin = Z * Math.sqrt((rate * (1 - rate)) / cases + Z ** 2 / (4 * cases ** 2));
  // With no good case the bound is 0, which rounding would miss slightly.
  const lowerBound = good === 0 ? 0 : (centre - margin) / (1 + Z ** 2 / cases);
  return { good, cases, rate, lowerBound };
}
