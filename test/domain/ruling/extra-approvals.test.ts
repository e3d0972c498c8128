import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Category, Severity } from '../../../src/domain/action/action.ts';
import { CATEGORIES } from '../../../src/domain/action/action.ts';
import { excludedFrom, peopleIn } from '../../../src/domain/approval/requirement.ts';
import { isUnsatisfiable } from '../../../src/domain/approval/vote-tally.ts';
import { routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';
import type {
  ActionType,
  Installation,
  Rules,
  SeverityRule,
} from '../../../src/domain/installation/installation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { demandedOf } from '../../../src/domain/ruling/extra-approvals.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, ruleOn } from '../../support/policies.ts';
import { proposal } from '../../support/proposals.ts';

const { services } = testInstallation().installation;
/** Nothing of it is secret, so that severities are as they are declared. */
const base = testInstallation({
  services: Object.fromEntries(
    Object.values(services).map((service) => [service.name, { ...service, dataClassification: 'public' }]),
  ),
}).installation;

const anything = authorizeBy('@id("all") permit (principal, action, resource);');

/** barbara stands in for security: she is in no group of checkout. */
const ofSecurity: SeverityRule = {
  when: { category: 'security', atLeast: 2 },
  require: { atLeast: 1, of: ['group:security'] },
};
const ofData: SeverityRule = {
  when: { category: 'dataAccess', atLeast: 3 },
  require: { atLeast: 1, of: ['data-owners'] },
};

function withDemands(
  severity: Partial<Record<Category, Severity>>,
  approvals: readonly SeverityRule[] = [ofSecurity, ofData],
  rules: Partial<Rules> = {},
): Installation {
  const type = base.actionTypes['cache.flush'];
  if (!type) throw new Error('there is no cache.flush');
  const flush: ActionType = { ...type, severity: { ...type.severity, ...severity } };
  return testInstallation({
    services: base.services,
    actionTypes: { ...base.actionTypes, 'cache.flush': flush },
    groups: { ...base.groups, security: ['barbara', 'margaret'] },
    rules: { ...base.rules, ...rules, approvals },
  }).installation;
}

function ruled(from: Installation, changes: Parameters<typeof proposal>[0] = {}) {
  const given = proposal(changes);
  const resolved = resolve(from, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  return ruleOn(from, resolved.action, given.declaredTier, anything);
}

describe('a rule applies from its severity on', () => {
  test.each([
    [1, false],
    [2, true],
    [3, true],
    [4, true],
  ] as const)('security %i of 4, from 2 on: %s', (security, applies) => {
    const severity = { performance: 4, security, dataAccess: 4, serviceDisruption: 4 } as const;
    expect(demandedOf([ofSecurity], severity).length > 0).toBe(applies);
  });

  test('and a higher severity never has fewer', () => {
    const anySeverity = fc.constantFrom<Severity>(0, 1, 2, 3, 4);
    const anySeverities = fc.record({
      performance: anySeverity,
      security: anySeverity,
      dataAccess: anySeverity,
      serviceDisruption: anySeverity,
    });
    const anyRule: fc.Arbitrary<SeverityRule> = fc
      .record({ category: fc.constantFrom(...CATEGORIES), atLeast: fc.constantFrom(1, 2, 3, 4) })
      .map((when) => ({ when, require: { atLeast: 1, of: ['owners'] } }));
    fc.assert(
      fc.property(fc.array(anyRule), anySeverities, anySeverities, (rules, one, other) => {
        const higher = Object.fromEntries(
          CATEGORIES.map((category) => [category, Math.max(one[category], other[category])]),
        ) as Record<Category, Severity>;
        expect(demandedOf(rules, higher)).toEqual(expect.arrayContaining([...demandedOf(rules, one)]));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what is demanded', () => {
  test('is needed together with what tier 3 needs, and each rule says why', () => {
    const ruling = ruled(withDemands({ security: 2, dataAccess: 4 }));
    expect(ruling).toMatchObject({
      mode: 'executeWithApproval',
      requirement: {
        allOf: [{ group: 'catalog-team or sre-on-call' }, { group: 'security' }, { group: 'catalog-team' }],
      },
    });
    expect(ruling.reasons).toEqual([
      'this action on a tier-3 service is tier 1',
      'somebody must approve it, so silence does not: tier 3',
      'it is security 2 of 4, so 1 of security must approve it',
      'it is dataAccess 4 of 4, so 1 of catalog-team must approve it',
    ]);
  });

  test('goes by what the assessment finds: restricted data makes more of it', () => {
    const from = withDemands({ security: 1 });
    const secret = { ...from, services: testInstallation().installation.services };
    expect(ruled(from).tier).toBe(1);
    expect(ruled(secret).reasons).toContain('it is security 2 of 4, so 1 of security must approve it');
  });

  test('INVARIANT 1: never runs at once or in silence, whatever tier its type has', () => {
    for (const target of Object.keys(base.services)) {
      const ruling = ruled(withDemands({ security: 2 }), { target });
      expect(ruling).toMatchObject({ tier: 3, mode: 'executeWithApproval', route: { onSilence: 'deny' } });
    }
  });

  test('INVARIANT 10: does not lower what the agent declares, and changes nothing where nothing is run', () => {
    const ruling = ruled(withDemands({ security: 4 }), { declaredTier: 4 });
    expect(ruling).toMatchObject({ tier: 4, mode: 'recommend' });
    expect(ruling.reasons.join()).not.toContain('security');
  });

  test('is nothing where nothing is severe enough', () => {
    const { kind, tier, reasons, people } = ruled(base);
    const ruling = ruled(withDemands({ security: 1, dataAccess: 2 }));
    expect(ruling).toMatchObject({ kind, tier, reasons, people });
  });

  test('INVARIANT 4: leaves out the side that asks', () => {
    const from = withDemands({ security: 2 });
    const ruling = ruled({ ...from, groups: { ...from.groups, security: ['radia', 'barbara'] } });
    if (!('requirement' in ruling)) throw new Error('it needs an approval');
    expect(peopleIn(ruling.requirement)).not.toContain('radia');
    expect(excludedFrom(ruling.requirement).map(({ person }) => person)).toEqual(['radia']);
  });
});

describe('whoever is added', () => {
  const stepsOf = (from: Installation, changes: Parameters<typeof proposal>[0] = {}) => {
    const ruling = ruled(from, changes);
    return 'route' in ruling ? ruling.route.steps : [];
  };

  test("is mailed at once, before the tier's own route, which keeps its times", () => {
    expect(stepsOf(withDemands({ security: 2 }))).toMatchObject([
      { by: 'mail', whom: 'security', people: ['barbara', 'margaret'], waitMs: 0 },
      { by: 'mail', whom: 'catalog-team', waitMs: 900_000 },
      { by: 'page', whom: 'sre-on-call', waitMs: 900_000 },
    ]);
  });

  test('is not mailed twice', () => {
    expect(stepsOf(withDemands({ dataAccess: 3 }))).toHaveLength(2);
    const route = {
      steps: [{ notify: 'on-call', by: 'page', waitMs: 1 }, ...base.rules.approval.route.steps],
      onSilence: 'deny',
    } as const;
    const paging = withDemands({ dataAccess: 3 }, [ofData], { approval: { ...base.rules.approval, route } });
    expect(stepsOf(paging)[0]).toMatchObject({ by: 'mail', whom: 'catalog-team', people: ['edsger'] });
  });
});

test('whoever a demand adds is mailed before the first step of a graph, which stays as it was', () => {
  const steps = [
    { notify: 'owners', by: 'mail', waitMs: 10, next: 1 },
    { when: 'notDelivered', next: 2, else: 3 },
    { notify: 'on-call', by: 'page', waitMs: 30, next: 3 },
    { repeatFrom: 0, times: 1, next: 4 },
  ] as const;
  const route = { steps, onSilence: 'deny' } as const;
  const asked = (severity: Partial<Record<Category, Severity>>) => {
    const from = withDemands(severity, [ofSecurity], { approval: { ...base.rules.approval, route } });
    const ruling = ruled(from, { declaredTier: 3 });
    return 'route' in ruling ? ruling.route.steps : [];
  };
  const [plain, demanded] = [asked({}), asked({ security: 2 })];
  expect(demanded).toHaveLength(5);
  expect(demanded.slice(1)).toMatchObject([
    { whom: 'catalog-team', next: 2 },
    { when: { kind: 'notDelivered' }, next: 3, else: 4 },
    { whom: 'sre-on-call', next: 4 },
    { repeatFrom: 1, next: 5 },
  ]);
  expect(routeDurationOf({ steps: demanded })).toBe(routeDurationOf({ steps: plain }));
});

describe('INVARIANT 1: a demand that nobody can meet forbids the action', () => {
  test.each<[string, SeverityRule, string]>([
    [
      'as the group is empty',
      { ...ofSecurity, require: { atLeast: 1, of: ['group:nobody'] } },
      '1 of catalog-team or sre-on-call, and 1 of nobody must approve, and 1 of nobody would be missing if all did who could',
    ],
    [
      'as one person would have to count twice',
      {
        ...ofSecurity,
        require: {
          allOf: [
            { atLeast: 1, of: ['owners'] },
            { atLeast: 1, of: ['data-owners'] },
          ],
        },
      },
      '1 of catalog-team or sre-on-call, and 1 of catalog-team, and 1 of catalog-team must approve, and 1 of catalog-team would be missing if all did who could',
    ],
  ])('INVARIANT 1: %s', (_, approval, why) => {
    const ruling = ruled(withDemands({ security: 2 }, [approval]));
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'undeliverable', tier: 3 });
    expect(ruling.reasons.at(-1)).toBe(why);
  });

  test('INVARIANT 1: whatever is permitted can be decided', () => {
    const anyGroup = fc.constantFrom('owners', 'data-owners', 'on-call', 'group:security', 'group:nobody');
    const anyLeaf = fc.record({ atLeast: fc.constantFrom(1, 2), of: fc.array(anyGroup, { minLength: 1 }) });
    const anyTree = fc.oneof(
      anyLeaf,
      fc.array(anyLeaf, { minLength: 1, maxLength: 3 }).map((allOf) => ({ allOf })),
      fc.array(anyLeaf, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    );
    const anyTarget = fc.constantFrom(...Object.keys(base.services));
    fc.assert(
      fc.property(anyTree, anyTarget, (require, target) => {
        const ruling = ruled(withDemands({ security: 2 }, [{ ...ofSecurity, require }]), { target });
        if (ruling.kind === 'forbid') expect(ruling.outcome).toBe('undeliverable');
        else expect('requirement' in ruling && isUnsatisfiable(ruling.requirement)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
