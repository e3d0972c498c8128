import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { impactSchema } from '../../../src/contract/fact-schemas.ts';
import { CATEGORIES, type Proposal } from '../../../src/domain/action/action.ts';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import type { ActionType, Installation, Service } from '../../../src/domain/installation/installation.ts';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact, type Impact, type ImpactFacts, reasonsOf } from '../../../src/domain/risk/impact.ts';
import { testInstallation } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { actionTypeWith, aPastAction, calmFacts, readNow } from '../support.ts';

const { installation } = testInstallation();

function impactOf(
  changes: Partial<Proposal> = {},
  facts: Partial<ImpactFacts> = {},
  from: Installation = installation,
): Impact {
  const resolved = resolve(from, proposal({ idempotencyKey: 'k', ...changes }), () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  return assessImpact(from, resolved, { ...calmFacts, ...facts });
}

const scaling: Partial<ActionType> = {
  name: 'instances.scale',
  rollback: { executor: 'command', argv: ['undo'], timeoutMs: 1 },
  size: {
    parameter: 'count',
    current: { source: 'storefront', query: 'instances' },
    raise: [{ beyond: 0.5, performance: 3 }],
  },
};

/** With a staging environment, an action type that has a size, and costs. */
const larger = testInstallation({
  environments: { production: { adminUrl: 'http://a' }, staging: { adminUrl: 'http://b' } },
  notProduction: ['staging'],
  actionTypes: { ...installation.actionTypes, 'instances.scale': actionTypeWith(scaling) },
  services: Object.fromEntries(
    Object.values(installation.services).map((service) => [
      service.name,
      { ...service, costPerHour: 100, slo: 99.9, dataClassification: 'internal' },
    ]),
  ),
}).installation;
const scale = (count: number): Partial<Proposal> => ({
  actionType: 'instances.scale',
  target: 'cart',
  params: { count },
});

test('an impact is the whole of its parts, each with its reasons', () => {
  const past = [aPastAction({ closed: { at: 9, outcome: 'rolledBack', rollbackMs: 1_000 } })];
  const impact = impactOf({}, { past });
  expect(impact).toMatchObject({
    severity: { performance: 1, security: 0, dataAccess: 0, serviceDisruption: 1 },
    blastRadius: { direct: { count: 1, names: ['cart'] }, byServiceTier: { 1: 1, 2: 2, 3: 0, 4: 0 } },
    rollbackDifficulty: 2,
    wentWrong: 1,
    riskScore: 35,
    costs: { unstated: 4 },
    similar: { count: 1, outcomes: { rolledBack: 1 } },
  });
  expect(impact).not.toHaveProperty('size');
  expect(reasonsOf(impact)).toEqual([
    'cache.flush is declared performance 1 of 4',
    'cache.flush is declared serviceDisruption 1 of 4',
    'cart depends on catalog',
    '3 services in all do, 2 of them through others: 1 of tier 1, 2 of tier 2',
    'the most critical is checkout, of tier 1: catalog <- cart <- checkout',
    'at catalog it is Thu 1970-01-01 00:00 UTC',
    'on call for catalog: 2 people',
    'its rollback is part of the action',
    'its last rollback worked and took at most 1 s on catalog',
    'cache.flush on catalog went wrong once: it failed or was taken back, and 10 that succeed outweigh that',
    'risk 35 of 100: severity 8.7 of 40, dependents 8.2 of 20, taking it back 10 of 20, record 4 of 12, service tier 4 of 12, size 0 of 8, live context 0 of 22',
    'nobody stated what an hour of trouble with catalog costs',
    '1 like it is on record: 1 rolledBack',
  ]);
});

describe('what the parts rest on', () => {
  test('the current value, for the size', () => {
    const values = { count: readNow(4) };
    expect(impactOf(scale(5), { values }, larger)).toMatchObject({
      size: { kind: 'measured', from: 4, to: 5, change: 0.25 },
      severity: { performance: 0 },
    });
    expect(impactOf(scale(8), { values }, larger).severity.performance).toBe(3);
  });

  test('INVARIANT 7: a current value that nobody could read counts as the largest change', () => {
    const values = { count: { kind: 'unknown', reason: 'no sample' } } as const;
    const impact = impactOf(scale(4), { values }, larger);
    expect(impact.severity.performance).toBe(3);
    expect(impact.reasons.performance).toEqual([
      'the current count is not known: no sample, so it counts as the largest change: performance 3 of 4',
    ]);
    expect(impact.riskScore).toBe(impactOf(scale(4), {}, larger).riskScore);
  });

  test('what is stated of the target: its data, its tier and what it costs', () => {
    const { 'schema.migrate': migrate, ...types } = installation.actionTypes;
    if (!migrate) throw new Error('it is there');
    const severity = { performance: 0, security: 1, dataAccess: 1, serviceDisruption: 1 } as const;
    const secret = testInstallation({
      actionTypes: { ...types, 'schema.migrate': { ...migrate, severity } },
      services: {
        ledger: {
          name: 'ledger',
          owner: 'group:cart-team',
          serviceTier: 1,
          dependsOn: [],
          dataClassification: 'confidential',
          costPerHour: 500,
        },
      },
    }).installation;
    const live = {
      ...calmFacts.live,
      incidents: [{ service: 'ledger', open: { kind: 'known', value: 1 } }],
    } as const;
    expect(impactOf({ actionType: 'schema.migrate', target: 'ledger' }, { live }, secret)).toMatchObject({
      severity: { security: 1, dataAccess: 2, serviceDisruption: 2 },
      rollbackDifficulty: 4,
      costs: { waitingPerHour: 500, beingWrong: 3_000, unstated: 0 },
    });
  });

  test('the environment: outside production it is less', () => {
    const facts = { values: { count: readNow(1) } };
    const staged = impactOf({ ...scale(4), environment: 'staging' }, facts, larger);
    const live = impactOf(scale(4), facts, larger);
    expect(staged.severity.performance).toBe(1);
    expect(staged.riskScore).toBeLessThan(live.riskScore / 2);
    expect(staged.costs).toEqual({ waitingPerHour: 0, beingWrong: 0, unstated: 0 });
    expect(live.costs).toMatchObject({ waitingPerHourInTrouble: 100, beingWrong: 150, unstated: 0 });
  });

  test('a target that is not in the catalog any more costs what nobody knows', () => {
    const resolved = resolve(installation, proposal(), () => []);
    if (resolved.kind === 'refused') throw new Error('it is sound');
    const { catalog: _, ...services } = installation.services;
    const without = testInstallation({ services }).installation;
    expect(assessImpact(without, resolved, calmFacts)).toMatchObject({
      blastRadius: { direct: { count: 0 } },
      costs: { unstated: 1 },
    });
  });
});

describe('INVARIANT 10: an agent cannot lower its own risk', () => {
  const text = fc.string({ maxLength: 200, unit: 'binary' });
  const confidence = fc.double({ min: 0, max: 1, noNaN: true });
  const written = fc.record({
    rationale: fc.record({
      summary: text,
      confidence,
      alternatives: fc.array(fc.record({ option: text, confidence, whyNot: text })),
    }),
    evidence: fc.array(fc.record({ title: text, detail: text })),
    successCriteria: fc.array(text),
    declaredTier: fc.constantFrom(undefined, 1, 2, 3, 4),
  });

  test.each([
    ['an action of tier 1', {}, installation],
    [
      'a deployment',
      { actionType: 'version.deploy', target: 'checkout', params: { version: '1.2.3' } },
      installation,
    ],
    ['one with a size', scale(9), larger],
  ] satisfies [string, Partial<Proposal>, Installation][])(
    'INVARIANT 12: nothing that it writes of %s is in the impact, or changes it',
    (_, asked, from) => {
      const plain = impactOf(asked, {}, from);
      fc.assert(
        fc.property(written, (texts) => {
          expect(impactOf({ ...asked, ...texts } as Partial<Proposal>, {}, from)).toEqual(plain);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  test('text of a parameter is in the impact as the value that is asked for, and nowhere else', () => {
    const params = { version: 'AGENT TEXT', count: 'AGENT TEXT' };
    const { changes = [], ...rest } = impactOf({ actionType: 'version.deploy', params });
    expect(changes.map(({ to }) => to)).toEqual(['AGENT TEXT', 'AGENT TEXT']);
    expect(JSON.stringify(changes.map(({ to: _, ...change }) => change))).not.toContain('AGENT TEXT');
    expect(JSON.stringify(rest)).not.toContain('AGENT TEXT');
    const sized = impactOf({ ...scale(0), params: { count: 'AGENT TEXT' } }, {}, larger);
    expect(JSON.stringify({ ...sized, changes: [] })).not.toContain('AGENT TEXT');
  });
});

describe('more of anything that the catalog says is never less risk', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const tier = fc.constantFrom<Service['serviceTier']>(1, 2, 3, 4);
  const catalog = fc.record(
    Object.fromEntries(names.map((name) => [name, fc.record({ needs: fc.subarray(names), tier })])),
  );
  type Catalog = Readonly<Record<string, { needs: string[]; tier: Service['serviceTier'] }>>;
  const riskIn = (written: Catalog) => {
    const services = Object.fromEntries(
      Object.entries(written).map(([name, { needs, tier: serviceTier }]) => [
        name,
        { name, owner: 'group:cart-team', serviceTier, dependsOn: needs },
      ]),
    );
    return impactOf({ target: 'a' }, {}, testInstallation({ services }).installation).riskScore;
  };

  test('one more need, or a service that is more critical', () => {
    fc.assert(
      fc.property(catalog, fc.constantFrom(...names), fc.constantFrom(...names), (written, from, to) => {
        const { needs = [], tier: was = 4 } = written[from] ?? {};
        const more = { ...written, [from]: { needs: [...needs, to], tier: was } };
        const worse = { ...written, [from]: { needs, tier: Math.max(1, was - 1) as Service['serviceTier'] } };
        expect(riskIn(more)).toBeGreaterThanOrEqual(riskIn(written));
        expect(riskIn(worse)).toBeGreaterThanOrEqual(riskIn(written));
      }),
      { numRuns: 500 },
    );
  });
});

describe('with 10,000 services that need each other in circles', () => {
  const COUNT = 10_000;
  const services = Object.fromEntries(
    Array.from({ length: COUNT }, (_, i): [string, Service] => {
      const dependsOn = [1, 7, 4_001].map((step) => `s${(i + step) % COUNT}`);
      const serviceTier = ([1, 2, 3, 4] as const)[i % 4] ?? 4;
      return [`s${i}`, { name: `s${i}`, owner: 'group:cart-team', serviceTier, dependsOn, costPerHour: 1 }];
    }),
  );
  const large = testInstallation({ services }).installation;
  const past = Array.from({ length: 200 }, (_, i): PastAction => {
    const outcome = OUTCOMES[i % OUTCOMES.length] ?? 'failed';
    return aPastAction({ actionId: `a.${i}`, target: 's0', closed: { at: i, outcome } });
  });

  /** Milliseconds. The quickest of many: the machine may have other work at any one of them. */
  function timeOf(work: (round: number) => void): number {
    const times = Array.from({ length: 20 }, (_, round) => {
      const started = performance.now();
      work(round);
      return performance.now() - started;
    });
    return Math.min(...times);
  }

  test('an assessment takes no longer than writing the catalog as JSON a few times', () => {
    const writing = timeOf(() => JSON.stringify([large.services, large.dependents]));
    const assessing = timeOf((round) => {
      const { transitive } = impactOf({ target: `s${round}` }, { past }, large).blastRadius;
      expect(transitive.count).toBe(COUNT - 4);
    });
    expect(assessing / writing).toBeLessThan(5);
  });

  test('an impact is small enough for a payload, a mail and an entry of the ledger', () => {
    const impact = impactOf({ target: 's0' }, { past }, large);
    expect(impact.similar.count).toBe(200);
    expect(JSON.stringify(impact).length).toBeLessThan(4_000);
  });
});

test('what is recorded is read again as it was', () => {
  const past = OUTCOMES.map((outcome, at) => aPastAction({ actionId: `a.${at}`, closed: { at, outcome } }));
  const values = { count: readNow(4) };
  const impacts = [
    impactOf({}, { past }),
    impactOf(scale(9), { values }, larger),
    impactOf(scale(9), {}, larger),
    impactOf({ target: 'web' }),
  ];
  for (const impact of impacts) {
    const sent = JSON.parse(JSON.stringify(impact));
    expect(sent).toEqual(impact);
    expect(impactSchema.parse(sent)).toEqual(sent);
    expect(
      CATEGORIES.every((category) => impact.severity[category] === 0 || impact.reasons[category].length > 0),
    ).toBe(true);
  }
});
