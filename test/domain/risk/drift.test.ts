import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tier } from '../../../src/domain/action/action.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { type Assessed, driftOf } from '../../../src/domain/risk/drift.ts';
import { assessImpact, type Impact } from '../../../src/domain/risk/impact.ts';
import { testInstallation } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { calmFacts } from '../support.ts';

const { installation } = testInstallation();
const resolved = resolve(installation, proposal({ idempotencyKey: 'k' }), () => []);
if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
const calm = assessImpact(installation, resolved, calmFacts);
const bounds = { riskRisesBy: 10 };

const assessed = (changes: Partial<Impact> = {}, others: Partial<Assessed> = {}): Assessed => ({
  impact: { ...calm, ...changes },
  tier: 2,
  circumstances: {},
  ...others,
});
const incidents = (...services: string[]): Partial<Impact> => ({
  live: {
    ...calm.live,
    incidents: services.map((service) => ({ service, open: { kind: 'known', value: 1 } })),
  },
});
const frozen = (name: string): Partial<Assessed> => ({ circumstances: { frozen: { name, until: 9 } } });
const drift = (then: Assessed, now: Assessed) => driftOf(then, now, bounds);

test('what stayed as it was has not drifted', () => {
  expect(drift(assessed(), assessed())).toEqual([]);
});

describe('the risk', () => {
  const from = (before: number, now: number) =>
    drift(assessed({ riskScore: before }), assessed({ riskScore: now }));

  test.each([
    { before: 40, now: 49 },
    { before: 40, now: 50 },
    { before: 40, now: 5 },
  ])('may go from $before to $now where 10 points are allowed', ({ before, now }) => {
    expect(from(before, now)).toEqual([]);
  });

  test('may not rise by a point more', () => {
    expect(from(40, 51)).toEqual(['its risk rose from 40 to 51 of 100']);
  });
});

test('a tier that would rise is drift, one that would fall is not', () => {
  const at = (tier: Tier) => assessed({}, { tier });
  expect(drift(at(2), at(3))).toEqual(['it was tier 2 and is tier 3 now']);
  expect(drift(at(3), at(2))).toEqual([]);
});

test('a value that went wrong since people decided is drift, and one that had gone wrong before is not', () => {
  const found = { actionId: 'deploy-agent.1', at: Date.UTC(2026, 2, 1), outcome: 'rolledBack' } as const;
  const from = { kind: 'read', value: '1.9.0', at: 2 } as const;
  const good = assessed({ changes: [{ parameter: 'version', to: '2.0.0', from }] });
  const bad = assessed({
    changes: [{ parameter: 'version', to: '2.0.0', from: { ...from, notKnownGood: found } }],
  });
  expect(drift(good, bad)).toEqual([
    'its rollback leads to version "1.9.0", which is not known to be good: the action that set it last was rolled back on 2026-03-01',
  ]);
  expect(drift(bad, bad)).toEqual([]);
  expect(drift(bad, good)).toEqual([]);
});

describe('a freeze', () => {
  test('that began is drift, whoever approved before', () => {
    expect(drift(assessed(), assessed({}, frozen('year end')))).toEqual(['the freeze "year end" has begun']);
  });

  test('that was on when people were asked is none, and neither is its end', () => {
    expect(drift(assessed({}, frozen('year end')), assessed({}, frozen('year end')))).toEqual([]);
    expect(drift(assessed({}, frozen('year end')), assessed())).toEqual([]);
  });

  test('is another one than the one that was on', () => {
    expect(drift(assessed({}, frozen('audit')), assessed({}, frozen('year end')))).toHaveLength(1);
  });
});

describe('an incident', () => {
  test('that began on the target or beside it is drift', () => {
    expect(drift(assessed(), assessed(incidents('catalog', 'cart')))).toEqual([
      'an incident has begun on catalog',
      'an incident has begun on cart',
    ]);
  });

  test('that people knew of when they were asked is none', () => {
    expect(drift(assessed(incidents('catalog')), assessed(incidents('catalog')))).toEqual([]);
  });

  test('INVARIANT 7: counts as begun where nobody can tell', () => {
    const blind = { service: 'catalog', open: { kind: 'unknown', reason: 'no answer in 5 s' } } as const;
    expect(drift(assessed(), assessed({ live: { ...calm.live, incidents: [blind] } }))).toEqual([
      'whether an incident has begun on catalog is not known: no answer in 5 s',
    ]);
  });
});

describe('the blast radius', () => {
  const radius = (direct: number, serviceTier: 1 | 2 = 2): Partial<Impact> => ({
    blastRadius: {
      ...calm.blastRadius,
      direct: { count: direct, names: [] },
      transitive: { count: 0, names: [] },
      mostCritical: { name: 'checkout', serviceTier, steps: 1, path: ['catalog', 'checkout'] },
    },
  });

  test('of more services is drift, of fewer it is not', () => {
    expect(drift(assessed(radius(2)), assessed(radius(3)))).toEqual(['3 services need it now, and 2 did']);
    expect(drift(assessed(radius(3)), assessed(radius(2)))).toEqual([]);
  });

  test('that reaches a more critical service is drift', () => {
    expect(drift(assessed(radius(2, 2)), assessed(radius(2, 1)))).toEqual([
      'checkout, a service of tier 1, needs it now',
    ]);
    expect(drift(assessed(radius(2, 1)), assessed(radius(2, 2)))).toEqual([]);
  });
});

test('each change that made it worse is named, in any company', () => {
  const worse: readonly ((now: Assessed) => Assessed)[] = [
    (now) => ({ ...now, tier: 3 }),
    (now) => ({ ...now, ...frozen('year end') }),
    (now) => ({ ...now, impact: { ...now.impact, ...incidents('cart') } }),
    (now) => ({ ...now, impact: { ...now.impact, riskScore: calm.riskScore + 11 } }),
  ];
  fc.assert(
    fc.property(fc.subarray([...worse]), (changes) => {
      const now = changes.reduce((so, change) => change(so), assessed());
      expect(drift(assessed(), now)).toHaveLength(changes.length);
    }),
  );
});
