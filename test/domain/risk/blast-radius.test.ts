import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceTier } from '../../../src/domain/action/action.ts';
import type { Service } from '../../../src/domain/installation/installation.ts';
import { blastRadiusOf, blastReasons, dependentsOf, reachOf } from '../../../src/domain/risk/blast-radius.ts';
import { testInstallation } from '../../support/installation.ts';

type Needs = Readonly<Record<string, readonly string[]>>;

/** A catalog of these services, by what each one needs. */
function catalogOf(needs: Needs, tiers: Readonly<Record<string, ServiceTier>> = {}) {
  const services: Record<string, Service> = {};
  for (const [name, dependsOn] of Object.entries(needs)) {
    services[name] = { name, dependsOn, owner: 'group:cart-team', serviceTier: tiers[name] ?? 2 };
  }
  return { services, dependents: dependentsOf(services) };
}

const blastOf = (catalog: ReturnType<typeof catalogOf>, target: string) =>
  blastRadiusOf(reachOf(catalog, target));
const namesOf = (needs: Needs, target: string) => {
  const { direct, transitive } = blastOf(catalogOf(needs), target);
  return [direct.names, transitive.names];
};

test('dependents are what services need, turned round: sorted, each once, and nobody needs itself', () => {
  const needs = { a: ['a'], c: ['a', 'a'], b: ['a', 'c', 'gone'] };
  expect(catalogOf(needs).dependents).toEqual({ a: ['b', 'c'], b: [], c: ['b'] });
});

describe('the blast radius', () => {
  test.each([
    ['web', [], []],
    ['checkout', ['web'], []],
    ['cart', ['checkout'], ['web']],
    ['catalog', ['cart'], ['checkout', 'web']],
  ])('of %s is what needs it: itself %j, through others %j', (target, direct, transitive) => {
    const blastRadius = blastRadiusOf(reachOf(testInstallation().installation, target));
    expect(blastRadius.direct).toEqual({ count: direct.length, names: direct });
    expect(blastRadius.transitive).toEqual({ count: transitive.length, names: transitive });
  });

  test('who needs the target both ways is named once, as direct', () => {
    expect(namesOf({ a: [], b: ['a'], c: ['a', 'b'] }, 'a')).toEqual([['b', 'c'], []]);
  });

  test('services that need each other, or themselves, are named once and the target never', () => {
    expect(namesOf({ a: ['a', 'c'], b: ['a'], c: ['b'] }, 'a')).toEqual([['b'], ['c']]);
    expect(namesOf({ a: [], b: ['a', 'c'], c: ['b'] }, 'a')).toEqual([['b'], ['c']]);
  });

  test('a target or a need that is not in the catalog reaches nobody', () => {
    const nobody = { count: 0, names: [] };
    expect(blastOf(catalogOf({ a: ['gone'] }), 'unknown')).toEqual({
      direct: nobody,
      transitive: nobody,
      byServiceTier: { 1: 0, 2: 0, 3: 0, 4: 0 },
    });
    expect(blastOf(catalogOf({ a: ['constructor'] }), 'constructor').direct).toEqual(nobody);
  });

  test('services are counted by their tier, the target not among them', () => {
    const catalog = catalogOf(
      { a: [], b: ['a'], c: ['a'], d: ['b'], e: ['d'] },
      { a: 1, b: 4, c: 3, d: 3, e: 1 },
    );
    expect(blastOf(catalog, 'a').byServiceTier).toEqual({ 1: 1, 2: 0, 3: 2, 4: 1 });
  });

  test('the most critical one is named with a shortest way to it', () => {
    const needs = { a: [], b: ['a'], c: ['b'], d: ['b', 'c'], e: ['d'], f: ['e'] };
    expect(blastOf(catalogOf(needs, { d: 1, f: 1 }), 'a').mostCritical).toEqual({
      name: 'd',
      serviceTier: 1,
      steps: 2,
      path: ['a', 'b', 'd'],
    });
  });

  test('of twenty-one, twenty are named and all counted, the most critical first', () => {
    const many = Array.from({ length: 21 }, (_, i) => `s${String(i).padStart(2, '0')}`);
    const catalog = catalogOf(Object.fromEntries([['a', []], ...many.map((name) => [name, ['a']])]), {
      s20: 1,
      s19: 3,
    });
    const { direct } = blastOf(catalog, 'a');
    expect(direct.count).toBe(21);
    expect(direct.names).toEqual(['s20', ...many.slice(0, 19)]);
    expect(blastReasons('a', blastOf(catalog, 'a'))[0]).toBe(
      `${direct.names.join(', ')} and 1 more depend on a`,
    );
  });

  test.each([
    [20, 20],
    [21, 20],
    [10_000, 20],
  ])('of a way over %i services %i are named, both of its ends', (length, named) => {
    const chain = Array.from({ length }, (_, i) => `s${i}`);
    const catalog = catalogOf(
      Object.fromEntries(chain.map((name, i) => [name, i === 0 ? [] : [`s${i - 1}`]])),
      { [`s${length - 1}`]: 1 },
    );
    const { mostCritical } = blastOf(catalog, 's0');
    expect(mostCritical).toMatchObject({ name: `s${length - 1}`, steps: length - 1 });
    expect(mostCritical?.path).toHaveLength(named);
    expect(mostCritical?.path.at(0)).toBe('s0');
    expect(mostCritical?.path.at(-1)).toBe(`s${length - 1}`);
  });

  test('people read who needs it, how many through others, and the way to the most critical', () => {
    const catalog = catalogOf({ a: [], b: ['a'], c: ['a'], d: ['b'] }, { b: 3, d: 1 });
    expect(blastReasons('a', blastOf(catalog, 'a'))).toEqual([
      'c, b depend on a',
      '3 services in all do, 1 of them through others: 1 of tier 1, 1 of tier 2, 1 of tier 3',
      'the most critical is d, of tier 1: a <- b <- d',
    ]);
    expect(blastReasons('d', blastOf(catalog, 'd'))).toEqual(['nothing in the catalog depends on d']);
  });

  describe('in any catalog', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const anyNeeds = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray(names)])));
    const anyTiers = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.constantFrom<ServiceTier>(1, 2, 3, 4)])),
    );

    test('is what can reach the target', () => {
      fc.assert(
        fc.property(anyNeeds, fc.constantFrom(...names), (needs, target) => {
          const [direct = [], transitive = []] = namesOf(needs, target);
          const others = names.filter((name) => name !== target);
          expect([...direct, ...transitive].sort()).toEqual(
            others.filter((name) => wayOf(needs, name, target) !== undefined),
          );
          expect(direct).toEqual(others.filter((name) => needs[name]?.includes(target)));
        }),
        { numRuns: 1_000 },
      );
    });

    test('has the most critical one at the end of a way that is there, and no shorter one is', () => {
      fc.assert(
        fc.property(anyNeeds, anyTiers, fc.constantFrom(...names), (needs, tiers, target) => {
          const { mostCritical } = blastOf(catalogOf(needs, tiers), target);
          const ways = names.flatMap((name) => {
            const steps = name === target ? undefined : wayOf(needs, name, target);
            return steps === undefined ? [] : [{ steps, serviceTier: tiers[name] ?? 4 }];
          });
          const [best] = ways.sort((a, b) => a.serviceTier - b.serviceTier || a.steps - b.steps);
          expect(
            mostCritical && { steps: mostCritical.steps, serviceTier: mostCritical.serviceTier },
          ).toEqual(best);
          const path = mostCritical?.path ?? [];
          for (const [i, name] of path.slice(1).entries()) expect(needs[name]).toContain(path[i]);
        }),
        { numRuns: 1_000 },
      );
    });

    test('grows, and never shrinks, with one more need', () => {
      fc.assert(
        fc.property(
          anyNeeds,
          anyTiers,
          fc.constantFrom(...names),
          fc.constantFrom(...names),
          fc.constantFrom(...names),
          (needs, tiers, target, from, to) => {
            const before = blastOf(catalogOf(needs, tiers), target).byServiceTier;
            const more = { ...needs, [from]: [...(needs[from] ?? []), to] };
            const after = blastOf(catalogOf(more, tiers), target).byServiceTier;
            for (const tier of [1, 2, 3, 4] as const)
              expect(after[tier]).toBeGreaterThanOrEqual(before[tier]);
          },
        ),
        { numRuns: 1_000 },
      );
    });
  });
});

/** How many steps lead from one service to another, searched for from the other end. */
function wayOf(needs: Needs, from: string, to: string): number | undefined {
  const steps = new Map([[from, 0]]);
  for (const [name, so] of steps) {
    for (const needed of needs[name] ?? []) if (!steps.has(needed)) steps.set(needed, so + 1);
  }
  return steps.get(to);
}
