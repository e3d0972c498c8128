import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../../src/domain/analysis/comparison.ts';
import type { MetricSpec, Watch } from '../../../src/domain/analysis/metrics.ts';
import { momentsIn, pastIn, tracksOf, tryWatch } from '../../../src/domain/analysis/try-watch.ts';
import { aComparison, aMetric } from '../support.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FROM = Date.UTC(2026, 2, 2, 12, 0, 30);

const comparing = (changes: Partial<Comparison> = {}): MetricSpec => ({
  ...aMetric({ name: 'errors', intervalMs: MINUTE_MS, count: 10 }),
  query: undefined,
  successCondition: undefined,
  compare: aComparison({
    compared: { form: 'counts', bad: 'errors_total' },
    negligible: 0,
    ...changes,
  }),
});
const watchOf = (...metrics: MetricSpec[]): Watch => ({ metrics });

/** A counter that was read each minute of these days, and grows by so many a minute. */
const tracked = (watch: Watch, days: number, perMinute: number) =>
  tracksOf(watch).map((track) => {
    const first = Math.floor(FROM / track.stepMs) * track.stepMs;
    const steps = Math.floor((days * DAY_MS) / track.stepMs);
    const points = Array.from({ length: steps }, (_, i): [number, number] => [
      first + i * track.stepMs,
      Math.floor(((i * track.stepMs) / MINUTE_MS) * perMinute),
    ]);
    return { ...track, series: [{ labels: {}, points }] };
  });

const daysBefore = (at: number, days: number) => at - days * DAY_MS;

describe('the moments at which a watch is tried', () => {
  test('are so far apart that no two watches overlap, and what each needs lies in what is read', () => {
    const watch = watchOf(comparing());
    const moments = momentsIn(watch, FROM, FROM + DAY_MS);
    expect(moments.length).toBeGreaterThan(100);
    // Ten minutes before and ten blocks more, ten minutes and the lag after.
    expect(moments[0]).toBeGreaterThanOrEqual(FROM + 20 * MINUTE_MS);
    expect(moments.at(-1)).toBeLessThanOrEqual(FROM + DAY_MS - 10 * MINUTE_MS - 10_000);
    for (const [i, at] of moments.slice(1).entries())
      expect(at - (moments[i] ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE_MS + 10_000);
    // A source has samples at whole steps.
    expect(moments.filter((at) => at % MINUTE_MS !== 0)).toEqual([]);
  });

  test('leave a week before them where it is compared with the week before, and are 501 at most', () => {
    const watch = watchOf(comparing({ against: 'lastWeek' }));
    expect(momentsIn(watch, FROM, FROM + 7 * DAY_MS)).toEqual([]);
    const moments = momentsIn(watch, FROM, FROM + 60 * DAY_MS);
    expect(moments[0]).toBeGreaterThan(FROM + 7 * DAY_MS);
    expect(moments.length).toBeLessThanOrEqual(501);
  });

  test('there are none where the past is too short', () => {
    expect(momentsIn(watchOf(comparing()), FROM, FROM + 20 * MINUTE_MS)).toEqual([]);
  });
});

test('each query is read once, at steps that fit all that ask it', () => {
  const queue = { query: 'queue_length', successCondition: 'result <= 10.0', count: 3 };
  const metrics = [
    aMetric({ ...queue, name: 'now', intervalMs: 40_000 }),
    aMetric({ ...queue, name: 'later', intervalMs: MINUTE_MS, initialDelayMs: 30_000 }),
  ];
  expect(tracksOf(watchOf(...metrics))).toEqual([
    { source: 'storefront', query: 'queue_length', stepMs: 10_000 },
  ]);
});

describe('a watch that is tried', () => {
  const watch = watchOf(
    comparing(),
    aMetric({ name: 'total', query: 'errors_total', intervalMs: MINUTE_MS }),
  );
  const moments = momentsIn(watch, FROM, FROM + DAY_MS);
  const tryOn = (part: Watch) =>
    tryWatch(part, moments, { pastOf: pastIn(tracked(watch, 1, 40)), daysBefore });

  test('says of each metric how often it would not have been healthy, and of all together', () => {
    const [all, errors, total] = tryOn(watch);
    expect(errors).toMatchObject({ metric: 'errors', moments: moments.length, notHealthy: 0 });
    // The total is never as small as its condition asks for, so its first measurement fails.
    expect(total).toMatchObject({ metric: 'total', notHealthy: moments.length, afterMs: 0 });
    expect(total?.examples).toHaveLength(3);
    expect(all).toMatchObject({ notHealthy: moments.length });
  });

  test('a metric that decides nothing yet says what it would have decided, and counts for nothing', () => {
    const [errors, total] = watch.metrics;
    if (!errors || !total) throw new Error('there are two');
    const [all, , dry] = tryOn(watchOf(errors, { ...total, dryRun: true }));
    expect(all?.notHealthy).toBe(0);
    expect(dry).toMatchObject({ metric: 'total', notHealthy: moments.length });
  });
});
