import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Boundaries, countedIn as countedFrom } from '../../../src/domain/analysis/counters.ts';
import type { Series } from '../../../src/domain/analysis/series.ts';

/** A counter with a value at 0, 10, 20 ...; null: there is none. */
const counter = (...values: (number | null)[]): Series => ({
  labels: {},
  points: values.flatMap((value, i): [number, number][] => (value === null ? [] : [[i * 10, value]])),
});
const boundaries = (count: number) => Array.from({ length: count }, (_, i) => i * 10);

const countedIn = (series: readonly Series[], all: Boundaries, beside: readonly Series[] = []) =>
  countedFrom(series, { boundaries: all, lead: 1, beside });

describe('events counted from counters', () => {
  test('are what it grew by; the first boundary begins no block', () => {
    expect(countedIn([counter(1, 4, 6, 6)], boundaries(4))).toEqual([2, 0]);
  });

  test('of all series are added', () => {
    expect(countedIn([counter(1, 4, 6), counter(0, 10, 13)], boundaries(3))).toEqual([5]);
  });

  test('after a restart are counted from 0', () => {
    expect(countedIn([counter(90, 100, 3, 5)], boundaries(4))).toEqual([3, 2]);
  });

  test('of a new series are counted from 0: a new instance, or a first error', () => {
    expect(countedIn([counter(5, 5, 5, 5), counter(null, null, 2, 3)], boundaries(4))).toEqual([2, 1]);
  });

  test('of a series that is missing for a while count when it is back', () => {
    expect(countedIn([counter(5, 5, 5, 5), counter(1, 2, null, 9)], boundaries(4))).toEqual([0, 7]);
  });

  test('of a series that was missing before the first block too count from where it was last seen', () => {
    const series = [counter(5, 5, 5, 5, 5), counter(100, null, null, 109, 110)];
    expect(countedFrom(series, { boundaries: boundaries(5), lead: 2, beside: [] })).toEqual([9, 1]);
  });

  test('of a series that is back later than others, after all were missing, are not those of its whole life', () => {
    const series = [counter(5, 5, null, 5, 5, 6), counter(100, 101, null, null, 109, 110)];
    expect(countedIn(series, boundaries(6))).toEqual([null, null, 0, 2]);
  });

  test('of the first bad event ever count where all events were known before', () => {
    const first = counter(null, null, 7, 9);
    expect(
      countedFrom([first], { boundaries: boundaries(4), lead: 1, beside: [counter(1, 2, 3, 4)] }),
    ).toEqual([7, 2]);
    expect(countedFrom([], { boundaries: boundaries(3), lead: 1, beside: [counter(1, 2, 3)] })).toEqual([0]);
  });

  test('of a series that ends stay as they are', () => {
    expect(countedIn([counter(5, 5, 5, 5), counter(1, 2, null, null)], boundaries(4))).toEqual([0, 0]);
  });

  test('of the first error are counted from 0, where the counter of all events could be read before', () => {
    const all = [counter(5, 6, 9, 9, null, 12)];
    expect(countedIn([counter(null, null, 2, 3, null, 3)], boundaries(6), all)).toEqual([2, 1, null, null]);
    expect(countedIn([counter(null, null, 2, 3, null, 3)], boundaries(6))).toEqual([null, 1, null, null]);
    expect(countedIn([], boundaries(6), all)).toEqual([0, 0, null, null]);
  });

  test('are not known where all series are missing, and nothing of the gap is put elsewhere', () => {
    expect(countedIn([counter(1, 2, null, 9, 10)], boundaries(5))).toEqual([null, null, 1]);
    expect(countedIn([], boundaries(4))).toEqual([null, null]);
  });

  test('a value that is no count is none', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1])
      expect(countedIn([counter(1, 2, odd)], boundaries(3))).toEqual([null]);
  });

  test('a value that comes twice counts once', () => {
    const twice: Series = {
      labels: {},
      points: [
        [0, 1],
        [10, 2],
        [20, 5],
        [20, 6],
      ],
    };
    expect(countedIn([twice], boundaries(3))).toEqual([4]);
  });

  test('all blocks together are all events, however they are cut and however often it restarts', () => {
    const steps = fc.array(fc.record({ events: fc.nat(20), restarts: fc.boolean() }), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (minutes) => {
        let value = 0;
        const values = [
          0,
          ...minutes.map(({ events, restarts }) => (value = restarts ? events : value + events)),
        ];
        const counted = countedIn([counter(null, ...values)], boundaries(values.length + 1));
        const seen = minutes.reduce((sum, { events }) => sum + events, 0);
        // A restart that leaves the counter higher than it was cannot be seen, so fewer may be counted.
        const total = counted.reduce<number>((sum, count) => sum + (count ?? 0), 0);
        expect(total).toBeLessThanOrEqual(seen);
        if (minutes.every(({ restarts }) => !restarts)) expect(total).toBe(seen);
      }),
    );
  });
});
