import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterCheck, afterFailure, courseOf } from '../../../src/domain/analysis/course.ts';
import { type MetricSpec, needsBaseline, type Phase } from '../../../src/domain/analysis/metrics.ts';
import { aComparison, aMetric } from '../support.ts';

/** When each check is, in milliseconds since the watch began, and of what; a check finds what `phaseOf` says. */
function checksOf(metrics: readonly MetricSpec[], atLeastMs = 0, phaseOf: PhaseOf = () => 'successful') {
  const checks: { readonly afterMs: number; readonly metrics: readonly MetricSpec[] }[] = [];
  let afterMs = 0;
  let course = courseOf({ metrics }, atLeastMs);
  while (course.next && checks.length < 2_000) {
    afterMs += course.next.waitMs;
    checks.push({ afterMs, metrics: course.next.metrics });
    course = afterCheck(course, foundBy(course.next.metrics, checks.length - 1, phaseOf));
  }
  return { checks, measurements: course.measurements };
}

type PhaseOf = (check: number, metric: string) => Phase;

const foundBy = (metrics: readonly MetricSpec[], check: number, phaseOf: PhaseOf) =>
  metrics.map(({ name }) => ({
    metric: name,
    phase: phaseOf(check, name),
    reason: `check ${check}`,
    at: check,
  }));

const planOf = (...metrics: MetricSpec[]) =>
  checksOf(metrics).checks.map(({ afterMs, metrics: due }) => [afterMs, ...due.map(({ name }) => name)]);

describe('the checks of a watch', () => {
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
        const { checks } = checksOf(metrics);
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

describe('what cannot be read is none of the measurements that a metric asks for', () => {
  const failing =
    (...checks: number[]) =>
    (check: number): Phase =>
      checks.includes(check) ? 'error' : 'successful';
  const timesOf = (metric: MetricSpec, ...lost: number[]) =>
    checksOf([metric], 0, failing(...lost)).checks.map(({ afterMs }) => afterMs);
  const minutely = aMetric({ intervalMs: 60_000, count: 2 });

  test('it is read again after ten seconds, and what comes later is so much later', () => {
    expect(timesOf(minutely)).toEqual([0, 60_000]);
    expect(timesOf(minutely, 0)).toEqual([0, 10_000, 70_000]);
    expect(timesOf(minutely, 0, 1, 3)).toEqual([0, 10_000, 20_000, 80_000, 90_000]);
  });

  test('it is read again after its interval where that is shorter', () => {
    expect(timesOf(aMetric({ intervalMs: 2_000, count: 1 }), 0)).toEqual([0, 2_000]);
  });

  test('one metric that could not be read does not have the others read again', () => {
    const other = aMetric({ name: 'other', intervalMs: 60_000, count: 2 });
    const { checks } = checksOf([minutely, other], 0, (check, name) =>
      check === 0 && name === 'other' ? 'error' : 'successful',
    );
    expect(checks.map(({ afterMs, metrics }) => [afterMs, ...metrics.map(({ name }) => name)])).toEqual([
      [0, 'error-ratio', 'other'],
      [10_000, 'other'],
      [60_000, 'error-ratio'],
      [70_000, 'other'],
    ]);
  });

  test('a check that says nothing of a metric did not read it', () => {
    const { next } = afterCheck(courseOf({ metrics: [minutely] }), []);
    expect(next).toEqual({ waitMs: 10_000, metrics: [minutely] });
  });

  test('a check that could not be made is an error of its metrics, and is made again in ten seconds', () => {
    const begun = courseOf({ metrics: [minutely] });
    const failed = afterFailure(begun, 'no worker', 7);
    expect(failed.measurements).toEqual([
      { metric: 'error-ratio', phase: 'error', reason: 'no worker', at: 7 },
    ]);
    expect(failed.next).toEqual({ waitMs: 10_000, metrics: [minutely] });
    const again = afterCheck(
      failed,
      foundBy([minutely], 0, () => 'successful'),
    );
    expect(again.next).toEqual(
      afterCheck(
        begun,
        foundBy([minutely], 0, () => 'successful'),
      ).next,
    );
  });

  test('what was read of a metric that was not due does not count', () => {
    const late = aMetric({ name: 'late', initialDelayMs: 30_000, count: 1 });
    const { measurements, next } = afterCheck(
      courseOf({ metrics: [minutely, late] }),
      foundBy([minutely, late], 0, () => 'successful'),
    );
    expect(measurements.map(({ metric }) => metric)).toEqual(['error-ratio']);
    expect(next).toEqual({ waitMs: 30_000, metrics: [late] });
  });

  test('whatever is lost, a watch ends once each metric is known as often as it asks, and not before', () => {
    const anyMetric = fc.record({
      initialDelayMs: fc.nat(5_000),
      intervalMs: fc.integer({ min: 1, max: 30_000 }),
      count: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyMetric, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.nat(20)),
        (given, lost) => {
          const metrics = given.map((metric, n) => aMetric({ ...metric, name: `metric-${n}` }));
          const { measurements } = checksOf(metrics, 0, failing(...lost));
          for (const { name, count } of metrics) {
            const known = measurements.filter(({ metric, phase }) => metric === name && phase !== 'error');
            expect(known).toHaveLength(count);
          }
        },
      ),
    );
  });
});

describe('a watch that is to last', () => {
  const metric = aMetric({ initialDelayMs: 10_000, intervalMs: 60_000, count: 3 });
  const other = aMetric({ name: 'other', initialDelayMs: 0, intervalMs: 90_000, count: 1 });
  const timesOf = (atLeastMs?: number) =>
    checksOf([metric, other], atLeastMs).checks.map(({ afterMs }) => afterMs);
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
    const more = checksOf([metric, other], week).checks.slice(own.length);
    expect(more).toHaveLength(30);
    expect(more.at(-1)).toEqual({ afterMs: week, metrics: [metric, other] });
    const times = [130_000, ...more.map(({ afterMs }) => afterMs)];
    for (const [n, at] of times.slice(1).entries())
      expect(at - (times[n] ?? 0)).toBeCloseTo((week - 130_000) / 30, -2);
  });
});

describe('a watch with enough successes in a row', () => {
  test('measures this metric no more', () => {
    const early = aMetric({ count: 5, consecutiveSuccessLimit: 2 });
    const other = aMetric({ name: 'other', count: 4 });
    expect(checksOf([early, other]).checks.map(({ metrics }) => metrics.map(({ name }) => name))).toEqual([
      ['error-ratio', 'other'],
      ['error-ratio', 'other'],
      ['other'],
      ['other'],
    ]);
  });

  test('goes on as long as a policy wants it watched', () => {
    const { checks } = checksOf([aMetric({ count: 5, consecutiveSuccessLimit: 2 })], 10_000);
    expect(checks.at(-1)?.afterMs).toBe(10_000);
  });
});

describe('a comparison that cannot tell', () => {
  const compared = aMetric({ count: 2, compare: aComparison({ lagMs: 0 }) });

  /** The times of all checks, where the look at each finds this. */
  function timesOf(finding: (check: number) => 'undecided' | 'notWorse', extendToMs: number | undefined) {
    const times: number[] = [];
    let course = courseOf({ metrics: [compared, aMetric({ name: 'other', count: 2 })], extendToMs });
    let at = 0;
    while (course.next) {
      at += course.next.waitMs;
      times.push(at);
      const look = { finding: finding(times.length), reason: '', until: at, blocks: [] };
      course = afterCheck(
        course,
        course.next.metrics.map(({ name, compare }) => ({
          metric: name,
          phase: 'successful' as const,
          reason: '',
          at,
          ...(compare ? { look } : {}),
        })),
      );
    }
    return times;
  }

  test('is looked at for longer, up to the end that the file gives', () => {
    expect(timesOf(() => 'undecided', undefined)).toEqual([0, 1_000, 2_000]);
    const longer = timesOf(() => 'undecided', 20_000);
    expect(longer.slice(0, 4)).toEqual([0, 1_000, 2_000, 3_000]);
    expect(longer.at(-1)).toBe(20_000);
  });

  test('ends as soon as it can tell', () => {
    expect(timesOf((check) => (check < 5 ? 'undecided' : 'notWorse'), 20_000)).toEqual([
      0, 1_000, 2_000, 3_000, 4_000,
    ]);
    expect(timesOf(() => 'notWorse', 20_000)).toEqual([0, 1_000, 2_000]);
  });
});
