import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianOf, shiftBetween } from '../../../src/domain/analysis/rank-test.ts';

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 6, maxLength: 25 });

describe('the shift between two samples', () => {
  test('is the middle of all differences, and its interval is one of them on either side', () => {
    // R: wilcox.test(after, before, conf.int = TRUE, exact = TRUE)
    const before = [1.1, 2.2, 3.3, 4.4, 5.5, 6.6];
    const after = [4.15, 5.25, 6.35, 7.45, 8.55, 9.65];
    const shift = shiftBetween(before, after, 0.05);
    expect(shift).toMatchObject({ kind: 'shift' });
    if (shift.kind !== 'shift') return;
    expect(shift.estimate).toBeCloseTo(3.05, 9);
    expect(shift.atLeast).toBeLessThan(3.05);
    expect(shift.atMost).toBeGreaterThan(3.05);
  });

  test('needs as many values as the confidence asks for', () => {
    expect(shiftBetween([1, 2, 3], [4, 5, 6], 0.02)).toEqual({ kind: 'tooFew', needed: 5 });
    expect(shiftBetween([1, 2, 3, 4, 5], [4, 5, 6, 7, 8], 0.02)).toMatchObject({ kind: 'shift' });
    expect(shiftBetween([], [1], 0.02)).toMatchObject({ kind: 'tooFew' });
  });

  test('takes a chance that is exactly the one that is asked for', () => {
    // Where 1 value is compared with 19, U <= 1 has the chance 2/20.
    const before = Array.from({ length: 19 }, (_, i) => 10 * i);
    expect(shiftBetween(before, [0], 0.2)).toMatchObject({ atLeast: -170, atMost: -10 });
    expect(shiftBetween(before, [0], 0.19)).toMatchObject({ atLeast: -180, atMost: 0 });
  });

  test('moves with the values, and turns with the samples', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: -50, max: 50 }), (before, after, by) => {
        const shift = shiftBetween(before, after, 0.1);
        const moved = shiftBetween(
          before,
          after.map((value) => value + by),
          0.1,
        );
        const turned = shiftBetween(after, before, 0.1);
        if (shift.kind !== 'shift' || moved.kind !== 'shift' || turned.kind !== 'shift') return;
        expect(moved.estimate).toBeCloseTo(shift.estimate + by, 6);
        expect(moved.atMost).toBeCloseTo(shift.atMost + by, 6);
        expect(turned.estimate).toBeCloseTo(-shift.estimate, 6);
        expect(turned.atLeast).toBeCloseTo(-shift.atMost, 6);
      }),
    );
  });

  test('a greater value after the action never makes it smaller', () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.nat(),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (before, after, at, more) => {
          const worse = after.map((value, i) => (i === at % after.length ? value + more : value));
          const [was, is] = [shiftBetween(before, after, 0.1), shiftBetween(before, worse, 0.1)];
          if (was.kind !== 'shift' || is.kind !== 'shift') return;
          expect(is.atLeast).toBeGreaterThanOrEqual(was.atLeast);
          expect(is.estimate).toBeGreaterThanOrEqual(was.estimate);
        },
      ),
    );
  });
});

test('the median is the middle, or the mean of the two in the middle', () => {
  expect(medianOf([1, 2, 9])).toBe(2);
  expect(medianOf([1, 2, 4, 9])).toBe(3);
  expect(medianOf([])).toBeNaN();
});
