import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SizeRule } from '../../../src/domain/installation/installation.ts';
import { severityBySize, sizeOf, sizeText } from '../../../src/domain/risk/size.ts';

const rule: SizeRule = {
  parameter: 'count',
  current: { source: 'storefront', query: 'instances' },
  raise: [
    { beyond: 0.5, performance: 3 },
    { beyond: 2, performance: 4, serviceDisruption: 3 },
  ],
};
const known = (value: number) => ({ kind: 'read', value, at: 0 }) as const;
const from = (value: number, count: number) => sizeOf(rule, { count }, known(value));

describe('the size of an action', () => {
  test.each([
    [4, 6, 0.5],
    [4, 2, 0.5],
    [4, 4, 0],
    [4, 0, 1],
    [-4, 4, 2],
    [0, 0, 0],
    [10, 31, 2.1],
  ])('from %d to %d is a change of %d of what it is now, up or down', (now, to, change) => {
    expect(from(now, to)).toEqual({ kind: 'measured', parameter: 'count', from: now, to, change });
  });

  test.each([
    ['from 0 no share can be named', known(0), { count: 1 }, 'from 0 to 1 no share can be named'],
    [
      'a share that no number holds',
      known(1e-300),
      { count: 1e300 },
      'from 1e-300 to 1e+300 no share can be named',
    ],
    [
      'a current value that is no number',
      known(Number.NaN),
      { count: 1 },
      'from NaN to 1 no share can be named',
    ],
    [
      'a source that cannot be read',
      { kind: 'unknown', reason: 'no sample' } as const,
      { count: 1 },
      'the current count is not known: no sample',
    ],
    [
      'a current value that nobody read',
      undefined,
      { count: 1 },
      'the current count is not known: nobody read it',
    ],
    ['a parameter that is missing', known(4), {}, 'count is not given as a number'],
    ['a parameter that is no number', known(4), { count: '4' }, 'count is not given as a number'],
  ])('INVARIANT 7: %s leaves it unmeasured, with the reason', (_, current, params, reason) => {
    expect(sizeOf(rule, params, current)).toEqual({ kind: 'unmeasured', parameter: 'count', reason });
  });

  test.each([
    [from(4, 9), 'count goes from 4 to 9, 125 % more than now'],
    [from(7, 10), 'count goes from 7 to 10, 42.9 % more than now'],
    [from(7, 4), 'count goes from 7 to 4, 42.9 % less than now'],
    [from(4, 4), 'count goes from 4 to 4, no change'],
    [from(3, 4), 'count goes from 3 to 4, 33.3 % more than now'],
    [
      sizeOf(rule, { count: 1 }, undefined),
      'the current count is not known: nobody read it, so it counts as the largest change',
    ],
  ])('is told to people', (size, text) => expect(sizeText(size)).toBe(text));
});

describe('what a size makes of the severity', () => {
  test.each([
    [4, 'up to', 6, 0, 0],
    [4, 'beyond', 6.01, 3, 0],
    [4, 'beyond', 1.99, 3, 0],
    [4, 'up to', 12, 3, 0],
    [4, 'beyond', 12.01, 4, 3],
  ])(
    'from %d, %s a step, to %d: performance %i, serviceDisruption %i',
    (now, _, to, performance, serviceDisruption) => {
      expect(severityBySize(rule, from(now, to), 'performance')).toBe(performance);
      expect(severityBySize(rule, from(now, to), 'serviceDisruption')).toBe(serviceDisruption);
      expect(severityBySize(rule, from(now, to), 'security')).toBe(0);
    },
  );

  test.each([
    [10, 0],
    [4, 3],
    [3, 4],
  ] as const)(
    'a step may count in one direction alone: from 7 to %d is performance %i',
    (to, performance) => {
      const raise = [
        { beyond: 0.4, direction: 'down', performance: 3 },
        { beyond: 0.5, direction: 'down', performance: 4 },
      ] as const;
      const falling = { ...rule, raise };
      expect(severityBySize(falling, from(7, to), 'performance')).toBe(performance);
      expect(severityBySize(falling, sizeOf(rule, {}, undefined), 'performance')).toBe(4);
    },
  );

  test('INVARIANT 7: unknown is never small: every step counts', () => {
    const size = sizeOf(rule, { count: 4 }, { kind: 'unknown', reason: 'no sample' });
    expect(severityBySize(rule, size, 'performance')).toBe(4);
    expect(severityBySize(rule, size, 'serviceDisruption')).toBe(3);
  });

  test('a smaller step that is worse stays in force beyond a larger one', () => {
    const bent = {
      ...rule,
      raise: [{ beyond: 2, performance: 1 } as const, { beyond: 0.5, performance: 3 } as const],
    };
    expect(severityBySize(bent, from(1, 9), 'performance')).toBe(3);
  });

  test('a larger change is never less severe, and no change is more severe than one that is unknown', () => {
    const step = fc.record({
      beyond: fc.double({ min: 0, max: 5, noNaN: true }),
      performance: fc.constantFrom(0, 1, 2, 3, 4),
    });
    fc.assert(
      fc.property(
        fc.array(step),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (raise, a, b) => {
          const steps = { ...rule, raise };
          const severityTo = (to: number) =>
            severityBySize(steps, sizeOf(steps, { count: to }, known(10)), 'performance');
          const [near, far] = Math.abs(a - 10) <= Math.abs(b - 10) ? [a, b] : [b, a];
          expect(severityTo(near)).toBeLessThanOrEqual(severityTo(far));
          expect(severityTo(far)).toBeLessThanOrEqual(
            severityBySize(steps, sizeOf(steps, {}, undefined), 'performance'),
          );
        },
      ),
    );
  });
});
