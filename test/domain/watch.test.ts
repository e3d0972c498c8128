import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksOf, type MetricSpec, needsBaseline } from '../../src/domain/watch.ts';
import { aMetric } from './support.ts';

describe('the checks of a watch', () => {
  /** When each check is, and of what. */
  const planOf = (...metrics: MetricSpec[]) =>
    checksOf({ metrics }).map(({ afterMs, metrics: due }) => [afterMs, ...due.map(({ name }) => name)]);

  test('a metric is measured as often as it says, the first time after its delay', () => {
    expect(planOf(aMetric({ name: 'a', initialDelayMs: 5_000, intervalMs: 60_000, count: 3 }))).toEqual([
      [5_000, 'a'],
      [65_000, 'a'],
      [125_000, 'a'],
    ]);
  });

  test('metrics that fall due together are one check', () => {
    const plan = planOf(
      aMetric({ name: 'a', initialDelayMs: 0, intervalMs: 2_000, count: 3 }),
      aMetric({ name: 'b', initialDelayMs: 1_000, intervalMs: 3_000, count: 2 }),
    );
    expect(plan).toEqual([
      [0, 'a'],
      [1_000, 'b'],
      [2_000, 'a'],
      [4_000, 'a', 'b'],
    ]);
  });

  test('times are sorted as numbers', () => {
    const plan = planOf(aMetric({ name: 'a', initialDelayMs: 0, intervalMs: 900, count: 13 }));
    expect(plan.map(([afterMs]) => afterMs)).toEqual(Array.from({ length: 13 }, (_, n) => n * 900));
  });

  test('a watch of nothing, or of nothing that is ever measured, has no checks', () => {
    expect(planOf()).toEqual([]);
    expect(planOf(aMetric({ count: 0 }))).toEqual([]);
  });

  test('every metric is measured exactly as often as it says, in order of time, no time twice', () => {
    const anyMetric = fc.record({
      initialDelayMs: fc.nat(5_000),
      intervalMs: fc.integer({ min: 1, max: 3_000 }),
      count: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(anyMetric, { maxLength: 5 }), (given) => {
        const metrics = given.map((metric, n) => aMetric({ ...metric, name: `metric-${n}` }));
        const checks = checksOf({ metrics });
        for (const metric of metrics) {
          const times = checks
            .filter((check) => check.metrics.includes(metric))
            .map(({ afterMs }) => afterMs);
          const due = Array.from(
            { length: metric.count },
            (_, n) => metric.initialDelayMs + n * metric.intervalMs,
          );
          expect(times).toEqual(due);
        }
        const all = checks.map(({ afterMs }) => afterMs);
        expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a baseline is taken', () => {
  test.each([
    ['result <= baseline * 1.1', undefined, true],
    [undefined, 'result > baseline + 0.01', true],
    ['result <= 0.02', 'result > 0.05', false],
    [undefined, undefined, false],
    ['result < baselines', undefined, false],
    ['result < my_baseline', undefined, false],
  ])('when %j or %j names it: %j', (successCondition, failureCondition, needed) => {
    const other = aMetric({ successCondition: 'result < 1.0' });
    expect(needsBaseline({ metrics: [other, aMetric({ successCondition, failureCondition })] })).toBe(needed);
  });
});

describe('a watch that is to last', () => {
  const metric = aMetric({ initialDelayMs: 10_000, intervalMs: 60_000, count: 3 });
  const other = aMetric({ name: 'other', initialDelayMs: 0, intervalMs: 90_000, count: 1 });
  const timesOf = (atLeastMs?: number) =>
    checksOf({ metrics: [metric, other] }, atLeastMs).map(({ afterMs }) => afterMs);
  const own = [0, 10_000, 70_000, 130_000];

  test.each([
    [0, []],
    [130_000, []],
    [130_001, [130_001]],
    [190_000, [190_000]],
    [190_001, [160_001, 190_001]],
  ])('at least %i ms', (atLeastMs, more) => {
    expect(timesOf(atLeastMs)).toEqual([...own, ...more]);
    expect(timesOf()).toEqual(own);
  });

  test('a week has 30 more checks, of all metrics, at even times', () => {
    const week = 168 * 3_600_000;
    const more = checksOf({ metrics: [metric, other] }, week).slice(own.length);
    expect(more).toHaveLength(30);
    expect(more.at(-1)).toEqual({ afterMs: week, metrics: [metric, other] });
    const times = [130_000, ...more.map(({ afterMs }) => afterMs)];
    for (const [n, at] of times.slice(1).entries())
      expect(at - (times[n] ?? 0)).toBeCloseTo((week - 130_000) / 30, -2);
  });
});
