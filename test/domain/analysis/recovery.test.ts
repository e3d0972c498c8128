import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/analysis/comparison.ts';
import { afterCheck } from '../../../src/domain/analysis/course.ts';
import type { Measurement, MetricSpec, Phase, Watch } from '../../../src/domain/analysis/metrics.ts';
import { recoveryCourseOf, recoveryOf } from '../../../src/domain/analysis/recovery.ts';
import { aComparison, aMetric } from '../support.ts';

const SECOND = 1_000;
const errors = aMetric();
const latency = aMetric({ name: 'latency' });

const measured = (phases: readonly Phase[], metric = errors.name): Measurement[] =>
  phases.map((phase, at) => ({ metric, phase, reason: `it was ${phase}`, at }));
const looked = (finding: Finding, metric = errors.name): Measurement => ({
  metric,
  phase: 'successful',
  reason: 'so it is',
  at: 0,
  look: { finding, reason: `it is ${finding}`, until: 0, blocks: [] },
});
const recovery = (
  phases: readonly Phase[],
  { isDone = false, ...spec }: Partial<MetricSpec> & { isDone?: boolean } = {},
) => recoveryOf({ metrics: [{ ...errors, ...spec }] }, measured(phases), isDone);

describe('metrics are back', () => {
  test.each<[string, readonly Phase[]]>([
    ['that were never away', ['successful']],
    ['that failed for a while, however often', ['failed', 'failed', 'failed', 'successful']],
    ['that could not be read for a while', ['error', 'error', 'successful']],
  ])('%s', (_, phases) => {
    expect(recovery(phases)).toEqual({ kind: 'healthy', reason: 'error-ratio is back' });
  });

  test('once so many in a row are successful as the metric asks for; an error ends no row', () => {
    const three = { consecutiveSuccessLimit: 3 };
    expect(recovery(['successful', 'failed', 'successful', 'successful'], three).kind).toBe('pending');
    expect(recovery(['failed', 'successful', 'error', 'successful', 'successful'], three).kind).toBe(
      'healthy',
    );
  });

  test('once all are: those of a dry run decide nothing', () => {
    const both = [...measured(['successful']), ...measured(['failed'], 'latency')];
    expect(recoveryOf({ metrics: [errors, latency] }, both, false).kind).toBe('pending');
    expect(recoveryOf({ metrics: [errors, { ...latency, dryRun: true }] }, both, false).kind).toBe('healthy');
  });
});

describe('INVARIANT 7: metrics are not back', () => {
  test.each<[string, readonly Phase[], string, string]>([
    ['that fail to the end', ['successful', 'failed'], 'regressed', 'error-ratio is not back: it was failed'],
    [
      'that are inconclusive to the end',
      ['inconclusive'],
      'inconclusive',
      'error-ratio is not back: it was inconclusive',
    ],
    [
      'that cannot be read at the end',
      ['successful', 'error'],
      'error',
      'error-ratio was unreadable once in a row: it was error',
    ],
    ['that nobody read', [], 'error', 'error-ratio was not read'],
  ])('%s', (_, phases, kind, reason) => {
    expect(recovery(phases).kind).toBe('pending');
    expect(recovery(phases, { isDone: true })).toEqual({ kind, reason });
  });

  test('where they cannot be read too often in a row, whatever time is left', () => {
    expect(recovery(['error', 'error']).kind).toBe('pending');
    expect(recovery(['error', 'error', 'error'])).toEqual({
      kind: 'error',
      reason: 'error-ratio was unreadable 3 times in a row: it was error',
    });
  });

  test('where fewer in a row were successful than the metric asks for', () => {
    expect(recovery(['failed', 'successful'], { consecutiveSuccessLimit: 2, isDone: true })).toEqual({
      kind: 'inconclusive',
      reason: 'error-ratio was within its limits once in a row, and 2 are needed',
    });
  });
});

describe('a metric that is compared', () => {
  const compare = aComparison({ compared: { form: 'counts', bad: 'errors' }, negligible: 0, lagMs: 0 });
  const watch: Watch = { metrics: [{ ...errors, query: undefined, compare }] };
  const afterLooks = (findings: readonly Finding[], isDone = false) =>
    recoveryOf(
      watch,
      findings.map((finding) => looked(finding)),
      isDone,
    );

  test('is back once it is not worse than before the action, whatever was found before', () => {
    expect(afterLooks(['worse', 'undecided', 'notWorse']).kind).toBe('healthy');
  });

  test.each<[Finding, string]>([
    ['worse', 'regressed'],
    ['undecided', 'inconclusive'],
  ])('that is %s is not back', (finding, kind) => {
    expect(afterLooks([finding]).kind).toBe('pending');
    expect(afterLooks([finding], true)).toEqual({
      kind,
      reason: `error-ratio is not back: it is ${finding}`,
    });
  });

  test('is back within its limits and not worse, where both are asked', () => {
    const both: Watch = { metrics: [{ ...errors, compare }] };
    expect(recoveryOf(both, [looked('undecided')], false).kind).toBe('pending');
    expect(recoveryOf(both, [{ ...looked('notWorse'), phase: 'failed' }], false).kind).toBe('pending');
    expect(recoveryOf(both, [looked('notWorse')], false).kind).toBe('healthy');
  });

  test('is judged with the others where the watch has scores', () => {
    const scored: Watch = {
      metrics: [errors, latency].map((metric) => ({ ...metric, query: undefined, compare })),
      scores: { pass: 50, marginal: 25 },
    };
    const scores = (one: Finding, other: Finding) =>
      recoveryOf(scored, [looked(one), looked(other, 'latency')], true).kind;
    expect(scores('notWorse', 'undecided')).toBe('healthy');
    expect(scores('undecided', 'undecided')).toBe('inconclusive');
    expect(scores('worse', 'undecided')).toBe('regressed');
  });
});

describe('the checks after a rollback', () => {
  const timesOf = (spec: Partial<MetricSpec>): number[] => {
    let course = recoveryCourseOf({ metrics: [aMetric(spec)] });
    const times: number[] = [];
    for (let at = 0; course.next; ) {
      at += course.next.waitMs;
      times.push(at);
      course = afterCheck(course, measured(['failed']));
    }
    return times;
  };

  test('begin soon, become fewer, and last as long as the watch', () => {
    const times = timesOf({ initialDelayMs: 600 * SECOND, intervalMs: 600 * SECOND, count: 3 });
    expect(times[0]).toBe(20 * SECOND);
    expect(times.at(-1)).toBe(1_810 * SECOND);
    expect(times.length).toBeLessThan(30);
  });

  test('keep the interval of what is compared', () => {
    const times = timesOf({ intervalMs: 60 * SECOND, count: 3, compare: aComparison({ lagMs: 0 }) });
    expect(times).toEqual([60 * SECOND, 120 * SECOND, 180 * SECOND]);
  });

  test('go on for a minute, where the watch is shorter', () => {
    const times = timesOf({ intervalMs: 10 * SECOND, count: 2 });
    expect(times.slice(0, 2)).toEqual([10 * SECOND, 20 * SECOND]);
    expect(times.at(-1)).toBe(60 * SECOND);
  });
});
