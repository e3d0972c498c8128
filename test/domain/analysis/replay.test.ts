import { describe, expect, test } from 'vitest';
import type { MetricSpec } from '../../../src/domain/analysis/metrics.ts';
import { replay } from '../../../src/domain/analysis/replay.ts';
import type { Stretch } from '../../../src/domain/analysis/series.ts';
import { aComparison, aMetric } from '../support.ts';

const MINUTE_MS = 60_000;
const ACTED_AT = Date.UTC(2026, 2, 2, 12);

const compare = aComparison({ compared: { form: 'counts', bad: 'errors' }, negligible: 0 });
const compared: MetricSpec = {
  ...aMetric({ name: 'errors', intervalMs: MINUTE_MS, count: 10, consecutiveErrorLimit: 4 }),
  query: undefined,
  successCondition: undefined,
  compare,
};

/** A counter, by the minute since the action. Undefined: it was not scraped. */
type Counter = (minute: number) => number | undefined;

const watched = (metric: MetricSpec, valueAt: Counter) =>
  replay({ metrics: [metric] }, ACTED_AT, {
    pastOf: (_, __, { from, until, stepMs }: Stretch) => {
      const points: [number, number][] = [];
      for (let at = from; at <= until; at += stepMs) {
        const value = valueAt((at - ACTED_AT) / MINUTE_MS);
        if (value !== undefined) points.push([at, value]);
      }
      return { kind: 'series', series: points.length === 0 ? [] : [{ labels: {}, points }] };
    },
    daysBefore: (at, days) => at - days * 24 * 60 * MINUTE_MS,
  });

/** As many bad events each minute, and other ones after the action. */
const counting =
  (before: number, after: number): Counter =>
  (minute) =>
    10_000 + (minute < 0 ? before : after) * minute;

describe('a watch that is replayed on the past', () => {
  test('is healthy where nothing changed, after its last look', () => {
    const { verdict, afterMs } = watched(compared, counting(30, 30));
    expect(verdict.kind).toBe('healthy');
    expect(afterMs).toBe(10 * MINUTE_MS + 10_000);
  });

  test('has regressed at the first look that shows it', () => {
    const { verdict, afterMs } = watched(compared, counting(30, 120));
    expect(verdict).toMatchObject({ kind: 'regressed', reason: expect.stringContaining('errors is worse') });
    expect(afterMs).toBe(MINUTE_MS + 10_000);
  });

  test('judges its conditions by what the query gave then, and by what it gave at the action', () => {
    const metric = aMetric({ intervalMs: MINUTE_MS, count: 5, successCondition: 'result <= baseline + 2.0' });
    expect(watched(metric, () => 7).verdict.kind).toBe('healthy');
    const { verdict, afterMs } = watched(metric, (minute) => (minute >= 3 ? 10 : 7));
    expect(verdict.kind).toBe('regressed');
    expect(afterMs).toBe(3 * MINUTE_MS);
  });
});

describe('a block in which nothing is found', () => {
  test('is left out: what was not scraped then is not there later', () => {
    const { verdict, afterMs, measurements } = watched(compared, (minute) =>
      minute === 4 ? undefined : counting(30, 30)(minute),
    );
    expect(verdict.kind).toBe('healthy');
    // Both blocks that have their end there are unknown, and two others stand for them.
    expect(measurements.filter(({ phase }) => phase === 'error')).toHaveLength(2);
    expect(afterMs).toBe(12 * MINUTE_MS + 10_000);
  });

  test('INVARIANT 7: a comparison that finds nothing in one block after the other is an error, however good it was before', () => {
    const { verdict, afterMs } = watched({ ...compared, count: 30 }, (minute) =>
      minute > 20 ? undefined : counting(50, 50)(minute),
    );
    expect(verdict).toMatchObject({ kind: 'error', reason: expect.stringContaining('5 times in a row') });
    expect(afterMs).toBe(25 * MINUTE_MS + 10_000);
  });
});

test('an instance that was not scraped for some minutes brings no more than what it counted meanwhile', () => {
  const steady = counting(30, 30);
  const past = ({ from, until, stepMs }: Stretch, isScraped: (minute: number) => boolean) => {
    const points: [number, number][] = [];
    for (let at = from; at <= until; at += stepMs) {
      const minute = (at - ACTED_AT) / MINUTE_MS;
      if (isScraped(minute)) points.push([at, steady(minute) ?? 0]);
    }
    return points;
  };
  const { verdict, measurements } = replay({ metrics: [compared] }, ACTED_AT, {
    pastOf: (_, __, stretch) => ({
      kind: 'series',
      series: [
        { labels: { instance: 'a' }, points: past(stretch, () => true) },
        { labels: { instance: 'b' }, points: past(stretch, (minute) => minute < 3 || minute > 6) },
      ],
    }),
    daysBefore: (at) => at,
  });
  expect(measurements.at(-1)?.look?.weighed).toMatchObject({ bad: 600, badBefore: 600 });
  expect(verdict.kind).toBe('healthy');
});
