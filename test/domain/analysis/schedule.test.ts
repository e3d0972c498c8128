import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockLengthOf, dueTimesOf, sparserUntil } from '../../../src/domain/analysis/schedule.ts';
import { aComparison, aMetric } from '../support.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('a watch of a length', () => {
  test('looks once an interval at first, and then less and less often', () => {
    expect(sparserUntil(3 * MINUTE, 10 * SECOND).map((ms) => ms / SECOND)).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 100, 120, 150, 180,
    ]);
  });

  test('of a week has about as many looks as one of an hour', () => {
    expect(sparserUntil(60 * MINUTE, MINUTE).length).toBeLessThan(20);
    expect(sparserUntil(7 * 24 * 60 * MINUTE, MINUTE).length).toBeLessThan(45);
  });

  test('ends exactly when it says, and no look is twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (length, interval) => {
        const times = sparserUntil(length, interval);
        expect(times.at(-1)).toBe(length);
        expect([...new Set(times)].sort((a, b) => a - b)).toEqual(times);
      }),
    );
  });
});

describe('a comparison', () => {
  const spec = aMetric({ initialDelayMs: 5_000, intervalMs: 1_000, count: 3 });

  test('looks when a block is over and its samples can be read; a condition looks at once', () => {
    expect(dueTimesOf(spec)).toEqual([5_000, 6_000, 7_000]);
    expect(dueTimesOf({ ...spec, compare: aComparison({ lagMs: 500 }) })).toEqual([6_500, 7_500, 8_500]);
  });

  test('is cut into 120 blocks at most, of whole intervals, also when it may be made longer', () => {
    expect(blockLengthOf(aMetric({ intervalMs: MINUTE, count: 30 }), 0)).toBe(MINUTE);
    expect(blockLengthOf(aMetric({ intervalMs: MINUTE, count: 30 }), 240 * MINUTE)).toBe(2 * MINUTE);
    expect(blockLengthOf(aMetric({ intervalMs: MINUTE, lengthMs: 7 * 24 * 60 * MINUTE }), 0)).toBe(
      84 * MINUTE,
    );
  });
});
