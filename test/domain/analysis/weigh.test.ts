import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Comparison, Side } from '../../../src/domain/analysis/comparison.ts';
import { type Circumstances, weigh } from '../../../src/domain/analysis/weigh.ts';
import { aComparison } from '../support.ts';

const comparing = (changes: Partial<Comparison>): Comparison => aComparison({ negligible: 0, ...changes });
const AT_END: Circumstances = { deciding: 1, ends: 1, isEnd: true };
const VALUE = { form: 'value', value: 'queue' } as const;

const blocksOf = (sides: readonly (readonly [after: Side | null, before: Side | null])[]): Block[] =>
  sides.map(([after, before], i) => ({ from: i * 60_000, after, before }));

const events = fc
  .record({ bad: fc.nat(60), of: fc.integer({ min: 1, max: 400 }) })
  .map(({ bad, of }) => ({ bad: Math.min(bad, of), of }));
const orNull = <T>(side: fc.Arbitrary<T>) => fc.option(side, { freq: 6 });
const eventBlocks = fc.array(fc.tuple(orNull(events), orNull(events)), { minLength: 1, maxLength: 20 });
/** Much of it is worse, so that there is something to hold. */
const worseBlocks = fc.array(
  fc.tuple(
    events.map(({ bad, of }) => ({ bad: Math.min(of, 4 * bad), of })),
    orNull(events),
  ),
  { minLength: 3, maxLength: 20 },
);
const comparison = fc
  .record({
    tolerance: fc.double({ min: 1, max: 4, noNaN: true }),
    negligible: fc.constantFrom(0, 0.001, 0.05),
    confidence: fc.constantFrom(0.9, 0.98, 0.999),
  })
  .map(comparing);

describe('a comparison that is worse', () => {
  test('stays worse with more bad events', () => {
    let worse = 0;
    fc.assert(
      fc.property(
        worseBlocks,
        comparison,
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        (sides, compare, at, more) => {
          if (weigh(compare, blocksOf(sides), AT_END).finding !== 'worse') return;
          worse += 1;
          const worsened = sides.map(([after, before], i) =>
            i === at % sides.length
              ? ([{ ...after, bad: Math.min(after.of, after.bad + more) }, before] as const)
              : ([after, before] as const),
          );
          expect(weigh(compare, blocksOf(worsened), AT_END).finding).toBe('worse');
        },
      ),
      { numRuns: 500 },
    );
    expect(worse).toBeGreaterThan(50);
  });

  test('stays worse with greater values', () => {
    const value = fc.integer({ min: 50, max: 150 });
    let worse = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 6, maxLength: 20 }),
        fc.array(fc.nat(400), { minLength: 20, maxLength: 20 }),
        (pairs, more) => {
          const sides = (added: readonly number[]) =>
            blocksOf(
              pairs.map(([after, before], i) => [{ value: after + 70 + (added[i] ?? 0) }, { value: before }]),
            );
          const compare = comparing({ compared: VALUE });
          if (weigh(compare, sides([]), AT_END).finding !== 'worse') return;
          worse += 1;
          expect(weigh(compare, sides(more), AT_END).finding).toBe('worse');
        },
      ),
      { numRuns: 500 },
    );
    expect(worse).toBeGreaterThan(50);
  });
});

describe('INVARIANT 7: nothing that is unknown is called not worse', () => {
  test('where nothing was read after the action', () => {
    fc.assert(
      fc.property(eventBlocks, comparison, (sides, compare) => {
        const blocks = blocksOf(sides.map(([, before]) => [null, before]));
        expect(weigh(compare, blocks, AT_END).finding).toBe('undecided');
      }),
    );
  });

  test('where nothing was read of the baseline, and each event matters', () => {
    fc.assert(
      fc.property(eventBlocks, comparison, (sides, compare) => {
        const blocks = blocksOf(sides.map(([after]) => [after, null]));
        expect(weigh({ ...compare, negligible: 0 }, blocks, AT_END).finding).toBe('undecided');
      }),
    );
  });

  test('where the time before is no baseline', () => {
    fc.assert(
      fc.property(eventBlocks, comparison, (sides, compare) => {
        const { finding, reason } = weigh(compare, blocksOf(sides), {
          ...AT_END,
          baselineFault: 'an incident was open',
        });
        expect({ finding, reason }).toEqual({ finding: 'undecided', reason: 'an incident was open' });
      }),
    );
  });

  test.each(['remove', 'zero'] as const)('where no value was read, and a missing one is %s', (missing) => {
    const compare = comparing({ compared: VALUE, missing, negligible: 10 });
    const blocks = blocksOf(Array.from({ length: 20 }, (_, i) => [null, { value: 100 + i }] as const));
    expect(weigh(compare, blocks, AT_END).finding).toBe('undecided');
  });
});

test('values are judged at an end alone', () => {
  const blocks = blocksOf(
    Array.from({ length: 20 }, (_, i) => [{ value: 300 + i }, { value: 100 + i }] as const),
  );
  const compare = comparing({ compared: VALUE });
  expect(weigh(compare, blocks, AT_END).finding).toBe('worse');
  expect(weigh(compare, blocks, { ...AT_END, isEnd: false }).finding).toBe('undecided');
});

test('values that are as high as is tolerated are not called worse, and those far above are', () => {
  const risen = (by: number) =>
    blocksOf(Array.from({ length: 20 }, (_, i) => [{ value: by * (90 + i) }, { value: 90 + i }] as const));
  const compare = comparing({ compared: VALUE, tolerance: 1.2 });
  expect(weigh(compare, risen(1), AT_END).finding).toBe('notWorse');
  expect(weigh(compare, risen(1.2), AT_END).finding).toBe('undecided');
  expect(weigh(compare, risen(1.21), AT_END).finding).toBe('undecided');
  expect(weigh(compare, risen(1.5), AT_END).finding).toBe('worse');
});
