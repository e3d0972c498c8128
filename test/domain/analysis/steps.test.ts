import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atEachStep, withTimeBefore } from '../../../src/domain/analysis/steps.ts';

const STRETCH = { from: 1_000, until: 1_400, stepMs: 100 };
const STALE_AFTER = 150;
const at = (...samples: [number, number][]) => atEachStep(samples, STRETCH, STALE_AFTER);

describe('the value at each step of a stretch', () => {
  test('is that of the sample at the step, or of the newest before it', () => {
    expect(at([1_000, 1], [1_090, 2], [1_200, 3], [1_290, 4], [1_390, 5])).toEqual([
      [1_000, 1],
      [1_100, 2],
      [1_200, 3],
      [1_300, 4],
      [1_400, 5],
    ]);
  });

  test('is there until the sample is stale, and not from then on', () => {
    expect(at([950, 1])).toEqual([
      [1_000, 1],
      [1_100, 1],
    ]);
    expect(at([949, 1])).toEqual([[1_000, 1]]);
  });

  test('is missing in a gap, and there again after it', () => {
    expect(at([1_000, 1], [1_390, 2])).toEqual([
      [1_000, 1],
      [1_100, 1],
      [1_400, 2],
    ]);
  });

  test('is never that of a sample after the step, nor of one after the stretch', () => {
    expect(at([1_101, 1], [1_401, 2])).toEqual([[1_200, 1]]);
  });

  test('does not depend on the order of samples; of two at one time the later in the list counts', () => {
    expect(at([1_390, 4], [1_100, 1], [1_300, 3], [1_100, 2])).toEqual([
      [1_100, 2],
      [1_200, 2],
      [1_300, 3],
      [1_400, 4],
    ]);
  });

  test('may be no finite number: an older number does not stand in for it', () => {
    expect(at([1_000, 1], [1_050, Number.NaN], [1_150, Number.POSITIVE_INFINITY])).toEqual([
      [1_000, 1],
      [1_100, Number.NaN],
      [1_200, Number.POSITIVE_INFINITY],
      [1_300, Number.POSITIVE_INFINITY],
    ]);
  });

  test('is nothing where there is no sample', () => {
    expect(at()).toEqual([]);
  });

  test('is what a search through all samples finds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 700, max: 1_500 }), fc.integer())), (samples) => {
        const found = [1_000, 1_100, 1_200, 1_300, 1_400].flatMap((step) => {
          const usable = samples.filter(([time]) => time <= step && step - time <= STALE_AFTER);
          const newest = Math.max(...usable.map(([time]) => time));
          const last = usable.findLast(([time]) => time === newest);
          return last ? [[step, last[1]]] : [];
        });
        expect(at(...samples)).toEqual(found);
      }),
    );
  });
});

test('samples are asked for from before the first step, by whole steps', () => {
  expect(withTimeBefore(STRETCH, 150)).toEqual({ from: 800, until: 1_400, stepMs: 100 });
  expect(withTimeBefore(STRETCH, 100)).toEqual({ from: 900, until: 1_400, stepMs: 100 });
});
