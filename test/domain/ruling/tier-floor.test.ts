import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceTier, Tier } from '../../../src/domain/action/action.ts';
import { type TierInput, tierOf } from '../../../src/domain/ruling/tier-floor.ts';

const TIERS = [1, 2, 3, 4] as const;
const everywhere = (tier: Tier): Record<ServiceTier, Tier> => ({ 1: tier, 2: tier, 3: tier, 4: tier });
const input = (changes: Partial<TierInput> = {}): TierInput => ({
  byServiceTier: { 1: 4, 2: 3, 3: 2, 4: 1 },
  serviceTier: 3,
  ...changes,
});

const NO_ROLLBACK = 'it has no rollback';

const anyTier = fc.constantFrom(...TIERS);
const anyInput: fc.Arbitrary<TierInput> = fc.record({
  byServiceTier: fc.record({ 1: anyTier, 2: anyTier, 3: anyTier, 4: anyTier }),
  serviceTier: anyTier,
  notUndone: fc.option(fc.constant(NO_ROLLBACK), { nil: undefined }),
  approvalDemanded: fc.boolean(),
  declaredTier: fc.option(anyTier, { nil: undefined }),
});

test.each([
  [1, 4],
  [2, 3],
  [3, 2],
  [4, 1],
] as const)("on a tier-%i service the operator's table says tier %i", (serviceTier, tier) => {
  expect(tierOf(input({ serviceTier }))).toEqual({
    tier,
    reasons: [`this action on a tier-${serviceTier} service is tier ${tier}`],
  });
});

test.each([1, 2, 3, 4] as const)('what a person denied before needs people: of tier %i', (tier) => {
  const result = tierOf(input({ byServiceTier: everywhere(tier), deniedBefore: 'ada denied the same' }));
  expect(result.tier).toBe(Math.max(3, tier));
  expect(result.reasons).toContain('ada denied the same');
});

test.each([1, 2, 3, 4] as const)('what a person wants taken back needs other people: of tier %i', (tier) => {
  expect(tierOf(input({ byServiceTier: everywhere(tier), takesBack: true })).tier).toBe(Math.max(3, tier));
});

describe('an action that cannot be taken back', () => {
  test.each([
    [1, 3],
    [2, 3],
    [3, 3],
    [4, 4],
  ] as const)('of tier %i becomes tier %i', (base, tier) => {
    expect(tierOf(input({ byServiceTier: everywhere(base), notUndone: NO_ROLLBACK })).tier).toBe(tier);
  });

  test('says why its tier was raised, and only then', () => {
    const reasonsAt = (base: Tier) =>
      tierOf(input({ byServiceTier: everywhere(base), notUndone: NO_ROLLBACK })).reasons;
    expect(reasonsAt(2)).toContain('it has no rollback, so it is never automatic: tier 3');
    expect(reasonsAt(3)).toHaveLength(1);
  });
});

test.each([
  [1, 3],
  [2, 3],
  [3, 3],
  [4, 4],
] as const)('an action of tier %i that somebody must approve becomes tier %i', (base, tier) => {
  const demanded = tierOf(input({ byServiceTier: everywhere(base), approvalDemanded: true }));
  expect(demanded.tier).toBe(tier);
  expect(demanded.reasons.includes('somebody must approve it, so silence does not: tier 3')).toBe(base < 3);
});

describe('INVARIANT 10: a tier that the agent declares only ever raises', () => {
  const cases = TIERS.flatMap((base) => TIERS.map((declared) => [base, declared] as const));

  test.each(cases)(
    'INVARIANT 10: ruled tier %i, declared tier %i: the higher one counts',
    (base, declared) => {
      const { tier, reasons } = tierOf(input({ byServiceTier: everywhere(base), declaredTier: declared }));
      expect(tier).toBe(Math.max(base, declared));
      expect(reasons.includes(`the agent raised it to tier ${declared}`)).toBe(declared > base);
    },
  );

  test('INVARIANT 10: nothing declared ever lowers what the rules say', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const { declaredTier, ...undeclared } = given;
        const ruled = tierOf(undeclared).tier;
        expect(tierOf(given).tier).toBe(Math.max(ruled, declaredTier ?? 0));
      }),
      { numRuns: 10_000 },
    );
  });

  test('INVARIANT 10: what is irreversible is never below tier 3, whatever is declared', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        expect(tierOf({ ...given, notUndone: NO_ROLLBACK }).tier).toBeGreaterThanOrEqual(3);
      }),
      { numRuns: 10_000 },
    );
  });
});
