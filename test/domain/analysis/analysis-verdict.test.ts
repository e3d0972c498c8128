import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/domain/analysis/analysis-verdict.ts';
import type { Finding } from '../../../src/domain/analysis/comparison.ts';
import type { Measurement, MetricSpec, Phase } from '../../../src/domain/analysis/metrics.ts';
import { aComparison, aMetric } from '../support.ts';

const LETTERS: Readonly<Record<string, Phase>> = {
  s: 'successful',
  f: 'failed',
  i: 'inconclusive',
  e: 'error',
};

/** Measurements of one metric, a letter each: s, f, i or e. */
const taken = (letters: string, metric = 'error-ratio'): Measurement[] =>
  [...letters].map((letter, n) => ({
    metric,
    phase: LETTERS[letter] ?? 'error',
    reason: `${letter}${n + 1}`,
    at: n,
  }));

const of = (spec: Partial<MetricSpec>, letters: string, done: boolean) =>
  verdictOf({ metrics: [aMetric(spec)] }, taken(letters), done);
const kindOf = (...given: Parameters<typeof of>) => of(...given).kind;

describe('failureLimit', () => {
  test.each([
    [0, 'ss', 'pending'],
    [0, 'sf', 'regressed'],
    [1, 'sf', 'pending'],
    [1, 'fsf', 'regressed'],
    [2, 'ff', 'pending'],
    [2, 'fff', 'regressed'],
    [2, 'ffff', 'regressed'],
    [-1, 'ffffffff', 'pending'],
  ])('%i is the most failed measurements that are borne: %s is %s', (failureLimit, letters, kind) => {
    expect(kindOf({ failureLimit, count: 9 }, letters, false)).toBe(kind);
  });

  test('a broken limit ends the watch before it is done', () => {
    expect(kindOf({}, 'f', false)).toBe('regressed');
    expect(kindOf({}, 'f', true)).toBe('regressed');
  });

  test('the reason names the metric, how often, and the last failure', () => {
    expect(of({}, 'sf', false)).toEqual({ kind: 'regressed', reason: 'error-ratio failed once: f2' });
    expect(of({ failureLimit: 1 }, 'fsf', false)).toEqual({
      kind: 'regressed',
      reason: 'error-ratio failed 2 times: f3',
    });
  });
});

describe('inconclusiveLimit', () => {
  test.each([
    [0, 'i', 'inconclusive'],
    [1, 'i', 'pending'],
    [1, 'isi', 'inconclusive'],
    [-1, 'iiii', 'pending'],
  ])(
    '%i is the most inconclusive measurements that are borne: %s is %s',
    (inconclusiveLimit, letters, kind) => {
      expect(kindOf({ inconclusiveLimit, count: 9 }, letters, false)).toBe(kind);
    },
  );
});

describe('consecutiveErrorLimit', () => {
  test.each([
    [0, 'e', 'error'],
    [2, 'ee', 'pending'],
    [2, 'eee', 'error'],
    [2, 'eesee', 'pending'],
    [2, 'seees', 'error'],
    [2, 'eefeeieesee', 'pending'],
  ])('%i is the longest run of errors that is borne: %s is %s', (consecutiveErrorLimit, letters, kind) => {
    const borne = { failureLimit: -1, inconclusiveLimit: -1, count: 20 };
    expect(kindOf({ ...borne, consecutiveErrorLimit }, letters, false)).toBe(kind);
  });

  test('the reason names the metric, how often in a row, and the last error', () => {
    expect(of({}, 'seee', false)).toEqual({
      kind: 'error',
      reason: 'error-ratio was unreadable 3 times in a row: e4',
    });
  });
});

describe('INVARIANT 7: unknown is never healthy', () => {
  const patient = { failureLimit: -1, inconclusiveLimit: -1, consecutiveErrorLimit: 100 };

  test.each([
    ['sss', 'healthy'],
    ['ses', 'error'],
    ['seses', 'healthy'],
    ['seee', 'error'],
    ['ssss', 'healthy'],
    ['ss', 'error'],
    ['s', 'error'],
    ['', 'error'],
    ['e', 'error'],
    ['eee', 'error'],
    ['eeeeeeee', 'error'],
  ])('INVARIANT 7: three measurements were due, %j were taken: %s', (letters, kind) => {
    expect(kindOf(patient, letters, true)).toBe(kind);
  });

  test('INVARIANT 7: the reason says how much is known', () => {
    expect(of(patient, 'se', true)).toEqual({ kind: 'error', reason: 'error-ratio was read once of 3' });
    expect(of(patient, '', true)).toEqual({ kind: 'error', reason: 'error-ratio was read 0 times of 3' });
  });

  test('INVARIANT 7: a metric is not healthy because another one is', () => {
    const watch = { metrics: [aMetric({ name: 'a' }), aMetric({ name: 'b' })] };
    expect(verdictOf(watch, taken('ssssss', 'a'), true).kind).toBe('error');
    expect(verdictOf(watch, [...taken('sss', 'a'), ...taken('sss', 'b')], true).kind).toBe('healthy');
  });

  test('INVARIANT 7: measurements of something else are not counted', () => {
    expect(verdictOf({ metrics: [aMetric()] }, taken('sss', 'error_ratio'), true).kind).toBe('error');
    expect(verdictOf({ metrics: [aMetric()] }, taken('fff', 'error_ratio'), false).kind).toBe('pending');
  });

  test('INVARIANT 7: nothing is healthy before the watch is done', () => {
    expect(kindOf({}, 'sss', false)).toBe('pending');
    expect(kindOf({}, 'sss', true)).toBe('healthy');
  });
});

describe('several metrics', () => {
  const watch = { metrics: [aMetric({ name: 'a' }), aMetric({ name: 'b' }), aMetric({ name: 'c' })] };
  const kind = (a: string, b: string, c: string, done = true) =>
    verdictOf(watch, [...taken(a, 'a'), ...taken(b, 'b'), ...taken(c, 'c')], done).kind;

  test.each([
    ['a violated failureLimit beats everything', 'eee', 'i', 'f', 'regressed'],
    ['an error beats inconclusive', 'i', 'eee', 'sss', 'error'],
    ['inconclusive beats healthy', 'sss', 'i', 'sss', 'inconclusive'],
    ['all healthy is healthy', 'sss', 'sss', 'sss', 'healthy'],
  ])('%s', (_, a, b, c, expected) => {
    expect(kind(a, b, c)).toBe(expected);
  });

  test('one broken limit ends the watch while others are still due', () => {
    expect(kind('s', 'f', '', false)).toBe('regressed');
    expect(kind('s', 'i', '', false)).toBe('inconclusive');
    expect(kind('s', '', 'eee', false)).toBe('error');
    expect(kind('sss', 's', 's', false)).toBe('pending');
  });
});

describe('for any measurements', () => {
  const anyLetters = fc.string({ unit: fc.constantFrom('s', 'f', 'i', 'e'), maxLength: 12 });
  const anySpec = fc.record({
    count: fc.integer({ min: 1, max: 8 }),
    failureLimit: fc.integer({ min: -1, max: 4 }),
    inconclusiveLimit: fc.integer({ min: -1, max: 4 }),
    consecutiveErrorLimit: fc.integer({ min: 0, max: 4 }),
  });
  const count = (letters: string, letter: string) => letters.split(letter).length - 1;
  const holds = (rule: (spec: MetricSpec, letters: string, done: boolean) => void) =>
    fc.assert(
      fc.property(anySpec, anyLetters, fc.boolean(), (spec, letters, done) =>
        rule(aMetric(spec), letters, done),
      ),
      { numRuns: 5_000 },
    );

  test('a violated failureLimit is a regression, whatever else is', () => {
    holds((spec, letters, done) => {
      const violated = spec.failureLimit >= 0 && count(letters, 'f') > spec.failureLimit;
      expect(kindOf(spec, letters, done) === 'regressed').toBe(violated);
    });
  });

  test('a regression stays one, whatever is measured after it', () => {
    fc.assert(
      fc.property(anySpec, anyLetters, anyLetters, (spec, letters, more) => {
        fc.pre(kindOf(spec, letters, false) === 'regressed');
        expect(kindOf(spec, letters + more, true)).toBe('regressed');
      }),
      { numRuns: 2_000 },
    );
  });

  test('INVARIANT 7: healthy only when done and known as often as it was to be', () => {
    holds((spec, letters, done) => {
      if (kindOf(spec, letters, done) !== 'healthy') return;
      expect(done).toBe(true);
      expect(letters.length - count(letters, 'e')).toBeGreaterThanOrEqual(spec.count);
      expect(letters).not.toContain('e'.repeat(spec.consecutiveErrorLimit + 1));
    });
  });

  test('what ends a watch early is what it would have ended with when done', () => {
    holds((spec, letters) => {
      const soFar = of(spec, letters, false);
      if (soFar.kind !== 'pending') expect(of(spec, letters, true)).toEqual(soFar);
    });
  });

  test('one more failure never makes it better', () => {
    const badness = ['healthy', 'pending', 'inconclusive', 'error', 'regressed'];
    holds((spec, letters) => {
      const borne = { ...spec, consecutiveErrorLimit: 100, count: 1 };
      const before = badness.indexOf(kindOf(borne, `s${letters}`, true));
      expect(badness.indexOf(kindOf(borne, `s${letters}f`, true))).toBeGreaterThanOrEqual(before);
    });
  });
});

describe('consecutiveFailureLimit', () => {
  test.each([
    [3, 'ffsff', 'pending'],
    [3, 'sfff', 'regressed'],
    [3, 'ffef', 'regressed'],
    [1, 'f', 'regressed'],
  ])('%i in a row are too many: %s is %s', (consecutiveFailureLimit, letters, kind) => {
    expect(kindOf({ failureLimit: -1, consecutiveFailureLimit, count: 9 }, letters, false)).toBe(kind);
  });

  test('failureLimit counts beside it where both are written', () => {
    expect(kindOf({ failureLimit: 1, consecutiveFailureLimit: 3, count: 9 }, 'fsf', false)).toBe('regressed');
  });

  test('the reason says how many came one after the other', () => {
    expect(of({ failureLimit: -1, consecutiveFailureLimit: 2, count: 9 }, 'sff', false)).toEqual({
      kind: 'regressed',
      reason: 'error-ratio failed 2 times in a row: f3',
    });
  });
});

describe('consecutiveSuccessLimit', () => {
  test.each([
    [-1, 'fsss', 'healthy'],
    [-1, 'fsfs', 'regressed'],
    [4, 'fsss', 'healthy'],
    [4, 'fsfs', 'inconclusive'],
    [4, 'sses', 'healthy'],
  ])('3 in a row are needed; with failureLimit %i, %s ends as %s', (failureLimit, letters, kind) => {
    expect(kindOf({ failureLimit, consecutiveSuccessLimit: 3, count: 4 }, letters, true)).toBe(kind);
  });
});

describe('a dry run', () => {
  test('decides nothing, whatever it shows', () => {
    const metrics = [aMetric(), aMetric({ name: 'new', dryRun: true })];
    const measurements = [...taken('sss'), ...taken('fff', 'new')];
    expect(verdictOf({ metrics }, measurements, true)).toEqual({
      kind: 'healthy',
      reason: '3 measurements within their limits',
    });
  });
});

/** Measurements of a metric that is compared, with what each look found: w(orse), n(ot worse), u(ndecided). */
const looked = (letters: string, metric = 'error-ratio'): Measurement[] =>
  [...letters].map((letter, at) => ({
    metric,
    phase: 'successful',
    reason: letter,
    at,
    look: {
      finding: FINDINGS[letter] ?? 'undecided',
      reason: `look ${letter}${at + 1}`,
      until: at,
      blocks: [],
    },
  }));

const FINDINGS: Readonly<Record<string, Finding>> = { w: 'worse', n: 'notWorse', u: 'undecided' };

describe('a comparison', () => {
  const compared = (name = 'error-ratio', changes: Partial<MetricSpec> = {}) =>
    aMetric({ name, compare: aComparison(), ...changes });
  const watchOf = (...metrics: MetricSpec[]) => ({ metrics });

  test('that is worse at any look has regressed, also where a later look is not', () => {
    expect(verdictOf(watchOf(compared()), looked('uw'), false)).toEqual({
      kind: 'regressed',
      reason: 'error-ratio is worse: look w2',
    });
    expect(verdictOf(watchOf(compared()), looked('wun'), true)).toMatchObject({ kind: 'regressed' });
  });

  test('is healthy only where it is shown not to be worse', () => {
    expect(verdictOf(watchOf(compared()), looked('uun'), true)).toEqual({
      kind: 'healthy',
      reason: '3 measurements within their limits; error-ratio not worse than before',
    });
    expect(verdictOf(watchOf(compared()), looked('uuu'), true)).toEqual({
      kind: 'inconclusive',
      reason: 'whether error-ratio is worse is not known: look u3',
    });
  });

  test('that never looked is not healthy', () => {
    expect(verdictOf(watchOf(compared()), taken('sss'), true)).toMatchObject({ kind: 'inconclusive' });
  });

  test('has conditions beside it, which end the watch on their own', () => {
    expect(verdictOf(watchOf(compared()), [...looked('nn'), ...taken('f')], false)).toMatchObject({
      kind: 'regressed',
      reason: 'error-ratio failed once: f1',
    });
  });

  describe('with scores', () => {
    const scored = (names: Readonly<Record<string, string>>, changes: Partial<MetricSpec> = {}) =>
      verdictOf(
        {
          metrics: Object.keys(names).map((name) => compared(name, name === 'a' ? changes : {})),
          scores: { pass: 75, marginal: 50 },
        },
        Object.entries(names).flatMap(([name, letters]) => looked(letters, name)),
        true,
      );

    test.each([
      [{ a: 'uun', b: 'uun', c: 'uun', d: 'uuw' }, 'healthy'],
      [{ a: 'uun', b: 'uun', c: 'uuw', d: 'uuw' }, 'inconclusive'],
      [{ a: 'uun', b: 'uuw', c: 'uuw', d: 'uuw' }, 'regressed'],
      [{ a: 'uun', b: 'uuu', c: 'uuu', d: 'uuu' }, 'inconclusive'],
    ])('%j is %s: from 75 of 100 healthy, below 50 regressed where one is worse', (names, kind) => {
      expect(scored(names).kind).toBe(kind);
    });

    test('a critical one fails the watch alone, and at once', () => {
      expect(scored({ a: 'uuw', b: 'uun', c: 'uun', d: 'uun' }, { critical: true })).toMatchObject({
        kind: 'regressed',
        reason: 'a is worse: look w3',
      });
    });

    test('one that weighs more counts more', () => {
      expect(scored({ a: 'uuw', b: 'uun', c: 'uun', d: 'uun' }, { weight: 9 })).toEqual({
        kind: 'regressed',
        reason: 'the score is 25 of 100 and 75 are needed: a may be worse',
      });
    });
  });
});
