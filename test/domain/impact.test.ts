import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessImpact } from '../../src/domain/impact.ts';
import type { ActionType, Service } from '../../src/domain/installation.ts';
import { testInstallation } from '../support/installation.ts';

const { installation } = testInstallation();

const typeNamed = (name: string): ActionType => {
  const type = installation.actionTypes[name];
  if (!type) throw new Error(`${name} is an action type`);
  return type;
};
const flush = typeNamed('cache.flush');

/** A catalog of these services, by what each one needs. */
function catalogOf(needs: Readonly<Record<string, readonly string[]>>) {
  const services: Record<string, Service> = {};
  for (const [name, dependsOn] of Object.entries(needs)) {
    services[name] = { name, dependsOn, owner: 'group:cart-team', serviceTier: 2 };
  }
  return testInstallation({ services }).installation;
}
const blastOf = (needs: Parameters<typeof catalogOf>[0], target: string) =>
  assessImpact(catalogOf(needs), flush, target).blastRadius;

describe('the blast radius', () => {
  test.each([
    ['web', [], []],
    ['checkout', ['web'], []],
    ['cart', ['checkout'], ['web']],
    ['catalog', ['cart'], ['checkout', 'web']],
  ])('of %s is what needs it: itself %j, through others %j', (target, direct, transitive) => {
    expect(assessImpact(installation, flush, target).blastRadius).toEqual({ direct, transitive });
  });

  test('who needs the target both ways is named once, as direct', () => {
    expect(blastOf({ a: [], b: ['a'], c: ['a', 'b'] }, 'a')).toEqual({ direct: ['b', 'c'], transitive: [] });
  });

  test('services that need each other, or themselves, are named once and the target never', () => {
    expect(blastOf({ a: ['a', 'c'], b: ['a'], c: ['b'] }, 'a')).toEqual({ direct: ['b'], transitive: ['c'] });
    expect(blastOf({ a: [], b: ['a', 'c'], c: ['b'] }, 'a')).toEqual({ direct: ['b'], transitive: ['c'] });
  });

  test('a target or a need that is not in the catalog reaches nobody', () => {
    expect(blastOf({ a: ['gone'] }, 'unknown')).toEqual({ direct: [], transitive: [] });
  });

  test('is what can reach the target, in any catalog', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const anyCatalog = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray(names)])));
    fc.assert(
      fc.property(anyCatalog, fc.constantFrom(...names), (needs, target) => {
        const { direct, transitive } = blastOf(needs, target);
        const others = names.filter((name) => name !== target);
        expect([...direct, ...transitive].sort()).toEqual(
          others.filter((name) => reaches(needs, name, target)),
        );
        expect(direct).toEqual(others.filter((name) => needs[name]?.includes(target)));
      }),
      { numRuns: 1_000 },
    );
  });
});

test("severities and reasons are the operator's, and only what is above none is named", () => {
  const { severity, reasons, rollbackDifficulty } = assessImpact(installation, flush, 'catalog');
  expect(severity).toEqual({ performance: 1, security: 0, dataAccess: 0, serviceDisruption: 1 });
  expect(reasons).toEqual([
    'cache.flush is declared performance 1 of 4',
    'cache.flush is declared serviceDisruption 1 of 4',
    'cart depends on catalog',
    'its rollback is part of the action',
  ]);
  expect(rollbackDifficulty).toBe(1);
});

test('what has no rollback is as hard to take back as can be', () => {
  const { reasons, rollbackDifficulty } = assessImpact(installation, typeNamed('schema.migrate'), 'web');
  expect(rollbackDifficulty).toBe(4);
  expect(reasons).toEqual([
    'schema.migrate is declared performance 1 of 4',
    'schema.migrate is declared serviceDisruption 4 of 4',
    'nothing in the catalog depends on web',
    'it has no rollback',
  ]);
});

test('several that depend on it are listed', () => {
  const { reasons } = assessImpact(catalogOf({ a: [], b: ['a'], c: ['a'] }), flush, 'a');
  expect(reasons).toContain('b, c depend on a');
});

/** Whether a chain of needs leads from one service to the other, searched for from the other end. */
function reaches(needs: Readonly<Record<string, readonly string[]>>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const name of seen) for (const needed of needs[name] ?? []) seen.add(needed);
  return from !== to && seen.has(to);
}
