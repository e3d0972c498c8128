import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATEGORIES, type Severity } from '../../../src/domain/action/action.ts';
import { type RiskInput, riskOf } from '../../../src/domain/risk/risk-score.ts';

const LEAST: RiskInput = {
  severity: { performance: 0, security: 0, dataAccess: 0, serviceDisruption: 0 },
  dependents: { 1: 0, 2: 0, 3: 0, 4: 0 },
  rollbackDifficulty: 0,
  wentWrong: 0,
  serviceTier: 4,
  magnitude: 1,
  live: 0,
  production: true,
};
const MOST: RiskInput = {
  severity: { performance: 4, security: 4, dataAccess: 4, serviceDisruption: 4 },
  dependents: { 1: 500, 2: 0, 3: 0, 4: 0 },
  rollbackDifficulty: 4,
  wentWrong: 9,
  serviceTier: 1,
  magnitude: Number.POSITIVE_INFINITY,
  live: 22,
  production: true,
};
const scoreOf = (changes: Partial<RiskInput>) => riskOf({ ...LEAST, ...changes }).score;
const severe = (...[performance, security = 0, dataAccess = 0, serviceDisruption = 0]: Severity[]) => ({
  severity: { performance: performance ?? 0, security, dataAccess, serviceDisruption },
});

describe('each part of the risk score', () => {
  test.each([
    ['nothing', {}, 0],
    ['everything', MOST, 100],
    ['everything outside production', { ...MOST, production: false }, 50],
    ['the worst severity', severe(4), 32],
    ['three others beside the worst', severe(4, 4, 4, 4), 40],
    ['two severities', severe(2, 1), 17],
    ['a dependent of tier 1', { dependents: { 1: 1, 2: 0, 3: 0, 4: 0 } }, 6],
    ['a dependent of tier 2', { dependents: { 1: 0, 2: 1, 3: 0, 4: 0 } }, 5],
    ['a dependent of tier 3', { dependents: { 1: 0, 2: 0, 3: 1, 4: 0 } }, 3],
    ['a dependent of tier 4', { dependents: { 1: 0, 2: 0, 3: 0, 4: 1 } }, 2],
    ['a thousand dependents', { dependents: { 1: 0, 2: 0, 3: 0, 4: 1_023 } }, 20],
    ['ten thousand dependents', { dependents: { 1: 9_999, 2: 0, 3: 0, 4: 0 } }, 20],
    ['a rollback that never ran', { rollbackDifficulty: 2 }, 10],
    ['no rollback', { rollbackDifficulty: 4 }, 20],
    ['one that went wrong', { wentWrong: 1 }, 4],
    ['a hundred that went wrong', { wentWrong: 100 }, 12],
    ['a service of tier 3', { serviceTier: 3 }, 4],
    ['a service of tier 2', { serviceTier: 2 }, 8],
    ['a service of tier 1', { serviceTier: 1 }, 12],
    ['a quarter more', { magnitude: 1.25 }, 1],
    ['twice as much, or half', { magnitude: 2 }, 4],
    ['four times as much', { magnitude: 4 }, 6],
    ['ten times as much, or a tenth', { magnitude: 10 }, 8],
    ['a thousand times as much', { magnitude: 1_000 }, 8],
    ['a change that nobody could measure', { magnitude: MOST.magnitude }, 8],
    ['the worst moment', { live: 22 }, 22],
    ['the worst moment for what is at its worst by itself', { ...MOST, live: 1 }, 100],
  ] satisfies [string, Partial<RiskInput>, number][])('%s', (_, changes, score) => {
    expect(scoreOf(changes)).toBe(score);
  });

  test('is told to people, and so is that it was halved', () => {
    expect(riskOf({ ...MOST, magnitude: 1.25, live: 2.5, production: false }).reasons).toEqual([
      'risk 50 of 100: severity 40 of 40, dependents 20 of 20, taking it back 20 of 20, record 12 of 12, service tier 12 of 12, size 1 of 8, live context 2.5 of 22; halved outside production',
    ]);
  });
});

describe('the risk score is monotone', () => {
  const TIERS = [1, 2, 3, 4] as const;
  const severity = fc.constantFrom<Severity>(0, 1, 2, 3, 4);
  const count = fc.nat(10_000);
  const magnitude = fc.oneof(
    fc.double({ min: 1, max: 20, noNaN: true }),
    fc.constantFrom(1, 2, 10, MOST.magnitude),
  );
  const anyInput: fc.Arbitrary<RiskInput> = fc.record({
    severity: fc.record({
      performance: severity,
      security: severity,
      dataAccess: severity,
      serviceDisruption: severity,
    }),
    dependents: fc.record({ 1: count, 2: count, 3: count, 4: count }),
    rollbackDifficulty: severity,
    wentWrong: fc.nat(20),
    serviceTier: fc.constantFrom(...TIERS),
    magnitude,
    live: fc.double({ min: 0, max: 22, noNaN: true }),
    production: fc.boolean(),
  });
  const worse = (a: Severity, b: Severity) => (a >= b ? a : b);

  /** At least as much of everything as either has. */
  const joined = (a: RiskInput, b: RiskInput): RiskInput => ({
    severity: {
      performance: worse(a.severity.performance, b.severity.performance),
      security: worse(a.severity.security, b.severity.security),
      dataAccess: worse(a.severity.dataAccess, b.severity.dataAccess),
      serviceDisruption: worse(a.severity.serviceDisruption, b.severity.serviceDisruption),
    },
    dependents: {
      1: Math.max(a.dependents[1], b.dependents[1]),
      2: Math.max(a.dependents[2], b.dependents[2]),
      3: Math.max(a.dependents[3], b.dependents[3]),
      4: Math.max(a.dependents[4], b.dependents[4]),
    },
    rollbackDifficulty: worse(a.rollbackDifficulty, b.rollbackDifficulty),
    wentWrong: Math.max(a.wentWrong, b.wentWrong),
    serviceTier: TIERS.find((tier) => tier === a.serviceTier || tier === b.serviceTier) ?? 1,
    magnitude: Math.max(a.magnitude, b.magnitude),
    live: Math.max(a.live, b.live),
    production: a.production || b.production,
  });

  test('INVARIANT 10: in everything at once', () => {
    fc.assert(
      fc.property(anyInput, anyInput, (a, b) => {
        expect(riskOf(joined(a, b)).score).toBeGreaterThanOrEqual(riskOf(a).score);
      }),
      { numRuns: 5_000 },
    );
  });

  const PARTS = Object.keys(LEAST) as (keyof RiskInput)[];
  test.each(PARTS)('in %s alone', (part) => {
    fc.assert(
      fc.property(anyInput, anyInput, (a, b) => {
        const more = { ...a, [part]: joined(a, b)[part] };
        expect(riskOf(more).score).toBeGreaterThanOrEqual(riskOf(a).score);
      }),
      { numRuns: 2_000 },
    );
  });

  test('one severity more, in any category, is at least as much risk', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom(...CATEGORIES), (a, category) => {
        const raised = { ...a.severity, [category]: Math.min(4, a.severity[category] + 1) };
        expect(riskOf({ ...a, severity: raised as RiskInput['severity'] }).score).toBeGreaterThanOrEqual(
          riskOf(a).score,
        );
      }),
    );
  });

  test('and is a whole number from 0 to 100', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { score } = riskOf(input);
        expect(Number.isInteger(score)).toBe(true);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      }),
    );
  });
});
