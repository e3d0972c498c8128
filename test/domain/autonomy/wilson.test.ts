import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateOf } from '../../../src/domain/autonomy/wilson.ts';

test.each([
  [50, 50, 0.929],
  [198, 200, 0.964],
  [200, 200, 0.981],
  [48, 50, 0.865],
  [1, 1, 0.207],
  [0, 1, 0],
  [0, 50, 0],
  [5, 10, 0.237],
])('%i of %i has the lower bound %f', (good, cases, bound) => {
  const { rate, lowerBound } = rateOf(good, cases);
  expect(rate).toBe(good / cases);
  expect(lowerBound).toBeCloseTo(bound, 3);
});

test('no case says nothing, which is not that all is well', () => {
  expect(rateOf(0, 0)).toEqual({ good: 0, cases: 0, rate: 0, lowerBound: 0 });
});

const shares = fc
  .integer({ min: 1, max: 5_000 })
  .chain((cases) => fc.record({ cases: fc.constant(cases), good: fc.integer({ min: 0, max: cases }) }));

test('the bound lies between 0 and the rate, and grows with each good case and shrinks with each bad one', () => {
  fc.assert(
    fc.property(shares, ({ good, cases }) => {
      const { rate, lowerBound } = rateOf(good, cases);
      expect(lowerBound).toBeGreaterThanOrEqual(0);
      expect(lowerBound).toBeLessThanOrEqual(rate);
      expect(rateOf(good + 1, cases + 1).lowerBound).toBeGreaterThan(lowerBound);
      expect(rateOf(good, cases + 1).lowerBound).toBeLessThanOrEqual(lowerBound);
    }),
  );
});
