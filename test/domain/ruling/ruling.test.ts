import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Proposal, Tier } from '../../../src/domain/action/action.ts';
import { actionDigest } from '../../../src/domain/action/action-digest.ts';
import { excludedFrom, groupsIn, peopleIn } from '../../../src/domain/approval/requirement.ts';
import { isUnsatisfiable } from '../../../src/domain/approval/vote-tally.ts';
import type { ApprovalRule, Installation, Rules } from '../../../src/domain/installation/installation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import type { Ruling } from '../../../src/domain/ruling/ruling.ts';
import { digestOf } from '../../../src/domain/shared/digest.ts';
import { testInstallation } from '../../support/installation.ts';
import { impactOf, ruleOn } from '../../support/policies.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { actionTypeWith, aMetric, anAction } from '../support.ts';

const { installation } = testInstallation();
const DAY = 24 * 3_600_000;

const actionFor = (given: Proposal, from: Installation = installation) => {
  const resolved = resolve(from, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  return resolved.action;
};
const ruled = (given: Proposal, from: Installation = installation) =>
  ruleOn(from, actionFor(given, from), given.declaredTier);
const withRules = (changes: Partial<Rules>) =>
  testInstallation({ rules: { ...installation.rules, ...changes } }).installation;
const approvalOf = (changes: Partial<ApprovalRule>) => {
  const { approval } = installation.rules;
  return withRules({ approval: { ...approval, approval: { ...approval.approval, ...changes } } });
};

/** One action of each tier. */
const OF_TIER: Readonly<Record<Tier, Proposal>> = {
  1: proposal(),
  2: proposal({ target: 'cart' }),
  3: deploy('2.5.0'),
  4: proposal({ actionType: 'schema.migrate' }),
};

describe('each tier has its mode', () => {
  test('tier 1 runs at once and is reviewed', () => {
    expect(ruled(OF_TIER[1])).toMatchObject({
      kind: 'permit',
      tier: 1,
      mode: 'execute',
      review: { withinMs: DAY, requirement: { atLeast: 1, group: 'catalog-team or sre-on-call' } },
      admitWithinMs: 900_000,
    });
  });

  test('tier 2 runs after a window and is reviewed', () => {
    expect(ruled(OF_TIER[2])).toMatchObject({
      kind: 'permit',
      tier: 2,
      mode: 'executeAfterWindow',
      requirement: { atLeast: 1, group: 'cart-team or sre-on-call' },
      route: {
        steps: [{ by: 'mail', whom: 'cart-team', people: ['barbara', 'edsger'], waitMs: 300_000 }],
        onSilence: 'proceed',
      },
      review: { withinMs: DAY },
      admitWithinMs: 900_000,
    });
  });

  test('tier 3 waits for people, who are asked along the route', () => {
    expect(ruled(OF_TIER[3])).toMatchObject({
      kind: 'permit',
      tier: 3,
      mode: 'executeWithApproval',
      requirement: { atLeast: 1, group: 'checkout-team or sre-on-call' },
      route: {
        steps: [
          { by: 'mail', whom: 'checkout-team', people: ['ada', 'grace'], waitMs: 900_000 },
          { by: 'page', whom: 'sre-on-call', people: ['linus', 'margaret'], waitMs: 900_000 },
        ],
        onSilence: 'deny',
      },
      admitWithinMs: 900_000,
    });
  });

  test('tier 4 runs nothing', () => {
    const ruling = ruled(OF_TIER[4]);
    expect(ruling).toMatchObject({ kind: 'permit', tier: 4, mode: 'recommend' });
    expect('requirement' in ruling || 'route' in ruling || 'review' in ruling).toBe(false);
  });

  test('a window, an approval and a review each have the people of their own rule', () => {
    const from = withRules({
      window: { ...installation.rules.window, approval: { atLeast: 1, of: ['group:checkout-team'] } },
      approval: { ...installation.rules.approval, approval: { atLeast: 2, of: ['on-call'] } },
      review: { withinMs: 1_000, approval: { atLeast: 1, of: ['owners'] } },
    });
    const groupsOf = (tier: Tier) => requirementsOf(ruled(OF_TIER[tier], from)).map(groupsIn);
    expect(([1, 2, 3, 4] as const).map(groupsOf)).toEqual([
      ['catalog-team'],
      ['checkout-team', 'cart-team'],
      ['sre-on-call'],
      [],
    ]);
  });

  test('INVARIANT 10: an agent that declares a higher tier gets the mode of that tier', () => {
    const modes = ([1, 2, 3, 4] as const).map((declaredTier) => {
      const ruling = ruled(proposal({ declaredTier }));
      return ruling.kind === 'permit' ? ruling.mode : ruling.kind;
    });
    expect(modes).toEqual(['execute', 'executeAfterWindow', 'executeWithApproval', 'recommend']);
  });

  test('INVARIANT 10: an agent that declares a lower tier gets the mode of its own', () => {
    expect(ruled(deploy('2.5.0', { declaredTier: 1 }))).toMatchObject({ mode: 'executeWithApproval' });
    expect(ruled(proposal({ actionType: 'schema.migrate', declaredTier: 1 }))).toMatchObject({ tier: 4 });
  });

  test('what has no rollback is never below tier 3, whatever its action type says', () => {
    const tier = { 1: 1, 2: 1, 3: 1, 4: 1 } as const;
    const actionTypes = { 'cache.flush': actionTypeWith({ name: 'cache.flush', tier }) };
    const from = testInstallation({ actionTypes }).installation;
    expect(ruled(OF_TIER[1], from)).toMatchObject({ tier: 3, mode: 'executeWithApproval' });
  });
});

describe('what a ruling rests on is in it', () => {
  test('INVARIANT 2: the digests of the rules, and the digest of the action under them', () => {
    const action = actionFor(OF_TIER[3]);
    const ruling = ruleOn(installation, action, undefined);
    const { policy, catalog, actionTypes } = installation.digests;
    const impact = digestOf(impactOf(installation, action));
    expect(ruling.pins).toEqual({ policy, catalog, actionType: actionTypes['version.deploy'], impact });
    expect(ruling.digest).toBe(actionDigest(action, ruling.pins));
  });

  test('INVARIANT 2: another policy, catalog or action type is another digest', () => {
    const { digests } = installation;
    const digest = ruled(OF_TIER[1]).digest;
    const others = [
      { ...digests, policy: 'x' },
      { ...digests, catalog: 'x' },
      { ...digests, actionTypes: { ...digests.actionTypes, 'cache.flush': 'x' } },
    ].map(
      (changed) => ruleOn({ ...installation, digests: changed }, actionFor(OF_TIER[1]), undefined).digest,
    );
    expect(new Set([digest, ...others]).size).toBe(4);
  });

  test('whom it concerns: owners, on-call and the side that asks', () => {
    expect(ruled(OF_TIER[3]).people).toEqual({
      owners: ['ada', 'grace'],
      onCall: ['linus', 'margaret'],
      requester: ['ada'],
    });
  });

  test('the same action under the same rules is ruled the same', () => {
    for (const given of Object.values(OF_TIER)) expect(ruled(given)).toEqual(ruled(given));
  });
});

describe("INVARIANT 4: the requester's side", () => {
  test('INVARIANT 4: is among the approvers of no requirement, and named as left out', () => {
    for (const target of Object.keys(installation.services)) {
      for (const declaredTier of [1, 2, 3] as const) {
        const agent = { id: 'deploy-agent', version: '1' };
        for (const requirement of requirementsOf(ruled(proposal({ target, agent, declaredTier })))) {
          expect(peopleIn(requirement)).not.toContain('ada');
          expect(excludedFrom(requirement).map(({ person }) => person)).toEqual(['ada']);
        }
      }
    }
  });
});

describe('INVARIANT 1: a requirement that nobody can meet forbids the action', () => {
  test('INVARIANT 1: when more must approve than there are', () => {
    const ruling = ruled(OF_TIER[3], approvalOf({ atLeast: 4 }));
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'undeliverable', tier: 3 });
    expect(ruling.reasons).toContain('4 of checkout-team or sre-on-call must approve, and 3 could');
  });

  test('INVARIANT 1: and not when they are just enough', () => {
    expect(ruled(OF_TIER[3], approvalOf({ atLeast: 3 })).kind).toBe('permit');
  });

  test("INVARIANT 1: when all of them are on the requester's side", () => {
    const from = approvalOf({ of: ['group:platform-ai'] });
    expect(ruled(OF_TIER[3], from)).toMatchObject({ kind: 'forbid', outcome: 'undeliverable' });
  });

  test('INVARIANT 1: when those who could have no key, which are not counted as if they could', () => {
    const { people } = installation;
    const { grace } = people;
    if (!grace) throw new Error('grace is a person');
    const keyless = testInstallation({ people: { ...people, grace: { ...grace, keys: [] } } }).installation;
    const from = { ...approvalOf({ atLeast: 3 }), people: keyless.people };
    const ruling = ruled(OF_TIER[3], from);
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'undeliverable' });
    expect(ruling.reasons).toContain('3 of checkout-team or sre-on-call must approve, and 2 could');
  });

  test('INVARIANT 1: when it is the review that nobody could make', () => {
    const review = { withinMs: DAY, approval: { atLeast: 9, of: ['owners'] } };
    for (const tier of [1, 2] as const) {
      expect(ruled(OF_TIER[tier], withRules({ review })).kind).toBe('forbid');
    }
    expect(ruled(OF_TIER[3], withRules({ review })).kind).toBe('permit');
    expect(ruled(OF_TIER[4], withRules({ review })).kind).toBe('permit');
  });

  test('INVARIANT 1: whatever is permitted can be decided by those who are asked', () => {
    const anyWhom = fc.constantFrom(
      'owners',
      'on-call',
      'group:cart-team',
      'group:platform-ai',
      'group:none',
    );
    const anyRule = fc.record({
      atLeast: fc.integer({ min: 1, max: 4 }),
      of: fc.array(anyWhom, { minLength: 1, maxLength: 3 }),
    });
    const anyTier = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
    fc.assert(
      fc.property(anyRule, anyRule, anyRule, anyTier, (window, approval, review, tier) => {
        const { rules } = installation;
        const from = withRules({
          window: { ...rules.window, approval: window },
          approval: { ...rules.approval, approval },
          review: { ...rules.review, approval: review },
        });
        const ruling = ruled(OF_TIER[tier], from);
        if (ruling.kind === 'permit') expect(requirementsOf(ruling).filter(isUnsatisfiable)).toEqual([]);
        else expect(ruling.outcome).toBe('undeliverable');
      }),
      { numRuns: 500 },
    );
  });
});

describe('INVARIANT 1: what was ruled on and is there no more is forbidden', () => {
  const gone: [string, Parameters<typeof anAction>[0]][] = [
    ['its action type', { type: 'cache.drop' }],
    ['its action type, under a name that objects inherit', { type: 'constructor' }],
    ['its target', { target: 'basket' }],
    ['its environment', { environment: 'staging' }],
    ['its agent', { agent: { id: 'old-agent', version: '1', owner: 'user:radia' } }],
  ];

  test.each(gone)('INVARIANT 1: %s', (_, changes) => {
    expect(ruleOn(installation, anAction(changes), undefined)).toMatchObject({
      kind: 'forbid',
      outcome: 'deniedByPolicy',
    });
  });

  test('INVARIANT 1: and the reason names it', () => {
    const { reasons } = ruleOn(installation, anAction({ type: 'cache.drop' }), undefined);
    expect(reasons).toEqual(['the action type cache.drop no longer exists']);
  });
});

test('a service that has become more critical raises the tier of what was asked for before', () => {
  const before = actionFor(OF_TIER[1]);
  const catalog = {
    ...installation.services.catalog,
    name: 'catalog',
    owner: 'group:catalog-team',
    dependsOn: [],
    timeZone: 'UTC',
  };
  const services = { ...installation.services, catalog: { ...catalog, serviceTier: 1 as const } };
  const now = testInstallation({ services }).installation;
  expect(ruleOn(installation, before, undefined).tier).toBe(1);
  expect(ruleOn(now, before, undefined).tier).toBe(2);
});

test('what is watched, like all that runs, changes the digest and nothing else of the ruling', () => {
  const action = anAction();
  const watched = anAction({ watch: { metrics: [aMetric()] } });
  const { digest, ...rest } = ruleOn(installation, action, undefined);
  const { digest: other, ...same } = ruleOn(installation, watched, undefined);
  expect(other).not.toBe(digest);
  expect(same).toEqual(rest);
});

function requirementsOf(ruling: Ruling) {
  return [
    ...('requirement' in ruling ? [ruling.requirement] : []),
    ...('review' in ruling ? [ruling.review.requirement] : []),
  ];
}
