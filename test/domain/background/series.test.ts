import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Points } from '../../../src/domain/analysis/series.ts';
import {
  besideDaysBefore,
  hoursToCompare,
  type MetricSeries,
  seriesGist,
  seriesOf,
  seriesText,
} from '../../../src/domain/background/series.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AT = Date.parse('2026-06-10T14:30:00Z');

const hours = hoursToCompare(AT, 'UTC');

/** An hour in which each step has this value. */
const steady = (value: number, day: number): Points => ({
  kind: 'points',
  points: Array.from({ length: 13 }, (_, step) => [AT - day * DAY - HOUR + step * 5 * MINUTE, value]),
});

const days = (values: readonly number[]): Points[] => values.map((value, day) => steady(value, day));
const NONE: Points = { kind: 'points', points: [] };
const read = (series: MetricSeries) => {
  if (series.kind !== 'read') throw new Error(series.reason);
  return series;
};

describe('the hours that are compared', () => {
  it('are the last one and the same of the seven days before, each in steps of five minutes', () => {
    expect(hours).toHaveLength(8);
    expect(hours.map(({ until }) => until)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((day) => AT - day * DAY));
    for (const { from, until, stepMs } of hours) expect([until - from, stepMs]).toEqual([HOUR, 5 * MINUTE]);
  });

  it('are the same by the clock of the service when summer time began in between', () => {
    const at = Date.parse('2026-03-31T14:30:00Z');
    const untils = hoursToCompare(at, 'Europe/Berlin').map(({ until }) =>
      new Date(until).toISOString().slice(5, 16),
    );
    expect(untils).toEqual([
      '03-31T14:30',
      '03-30T14:30',
      '03-29T14:30',
      '03-28T15:30',
      '03-27T15:30',
      '03-26T15:30',
      '03-25T15:30',
      '03-24T15:30',
    ]);
  });
});

describe('a series', () => {
  it('has the last hour, and the least, the middle and the greatest of each step of the days before', () => {
    const series = read(seriesOf('latency', hours, days([9, 1, 7, 2, 6, 3, 5, 4])));
    expect(series.values).toEqual(Array(13).fill(9));
    expect(series.before).toEqual({
      days: 7,
      least: Array(13).fill(1),
      middle: Array(13).fill(4),
      greatest: Array(13).fill(7),
    });
  });

  it('has a gap where there was no sample, or one that is no number', () => {
    const [, ...before] = days([1, 1, 1, 1, 1, 1, 1, 1]);
    const lastHour: Points = {
      kind: 'points',
      points: [
        [AT - HOUR, 5],
        [AT - 30 * MINUTE, Number.NaN],
        [AT, Number.POSITIVE_INFINITY],
      ],
    };
    const series = read(seriesOf('latency', hours, [lastHour, ...before]));
    expect(series.values).toEqual([5, ...Array(12).fill(null)]);
    expect(besideDaysBefore(series)).toBeUndefined();
    expect(seriesText(series)).toBe(
      'latency has no value at this moment; in the same hour of the 7 days before it was 1',
    );
  });

  it('counts only the days that have a value', () => {
    const lastWeek: Points = { kind: 'none', reason: 'it keeps three days' };
    const series = read(seriesOf('latency', hours, [...days([2, 1, 3]), NONE, lastWeek, NONE, NONE, NONE]));
    expect(series.before?.days).toBe(2);
    expect(seriesText(series)).toBe('latency is 2 now, as in the same hour of the 2 days before: 1 to 3');
  });

  it('says so when there is nothing to compare with', () => {
    const series = seriesOf('latency', hours, [steady(2, 0)]);
    expect(seriesText(series)).toBe('latency is 2 now; there is no value from the days before');
  });

  it.each<[string, Points, string]>([
    ['cannot be read', { kind: 'none', reason: 'it answered 503' }, 'it answered 503'],
    ['has no value in the last hour', NONE, 'it had no value in the last hour'],
  ])('is not known where the metric %s, whatever the days before say', (_, lastHour, reason) => {
    const [, ...before] = days([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(seriesOf('latency', hours, [lastHour, ...before])).toEqual({
      kind: 'unknown',
      metric: 'latency',
      reason,
    });
  });

  it.each([
    [4, 'above', 'latency is 4 now, more than in the same hour of the 7 days before: 1 to 3'],
    [0.123456, 'below', 'latency is 0.1235 now, less than in the same hour of the 7 days before: 1 to 3'],
    [3, 'within', 'latency is 3 now, as in the same hour of the 7 days before: 1 to 3'],
  ])('whose value is %d now stands %s', (now, beside, words) => {
    const series = read(seriesOf('latency', hours, days([now, 1, 2, 3, 1, 2, 3, 2])));
    expect(besideDaysBefore(series)).toBe(beside);
    expect(seriesText(series)).toBe(words);
  });

  it.each([
    [days([4, 1, 3]), 'latency 4, above the usual 1 to 3'],
    [days([2, 1, 3]), 'latency 2, as usual'],
    [days([0, 1, 1]), 'latency 0, below the usual 1'],
    [days([4]), 'latency 4, nothing to compare with'],
  ])('is told in a few words too: %#', (answers, gist) => {
    expect(seriesGist(read(seriesOf('latency', hours, answers)))).toBe(gist);
  });

  it('keeps the least under the middle, and the middle under the greatest, whatever the samples', () => {
    const point = fc.tuple(fc.integer({ min: AT - 9 * DAY, max: AT + HOUR }), fc.double());
    const answer = fc.array(point).map((points): Points => ({ kind: 'points', points }));
    fc.assert(
      fc.property(fc.array(answer, { minLength: 8, maxLength: 8 }), (answers) => {
        const series = seriesOf('latency', hours, answers);
        if (series.kind === 'unknown' || !series.before) return;
        const { least, middle, greatest } = series.before;
        for (const [step, low] of least.entries()) {
          const [mid, high] = [middle[step] ?? null, greatest[step] ?? null];
          expect([low, mid, high].filter((value) => value === null)).toHaveLength(low === null ? 3 : 0);
          if (low !== null && mid !== null && high !== null) expect(low <= mid && mid <= high).toBe(true);
        }
      }),
    );
  });
});
