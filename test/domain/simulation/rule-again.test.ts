import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import type { ActionType, Installation } from '../../../src/domain/installation/installation.ts';
import { liveOf } from '../../../src/domain/risk/live-context.ts';
import { differenceOf } from '../../../src/domain/simulation/answer.ts';
import { caseOf } from '../../../src/domain/simulation/case.ts';
import { ruleAgain } from '../../../src/domain/simulation/rule-again.ts';
import { testInstallation } from '../../support/installation.ts';
import { DEFAULT_POLICIES, RULED_AT } from '../../support/policies.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { demoted, heldAt } from '../../support/standing.ts';
import { aPastAction, calmFacts, readNow } from '../support.ts';
import { folderWith, grantedLevel, PERMISSIVE, recordedBy } from './support.ts';

const base = testInstallation().installation;
const flush = base.actionTypes['cache.flush'];
if (!flush) throw new Error('there is no cache.flush');
const { services, agents, rules } = base;

/** An installation in which the type of these tests is written so. */
const flushWith = (changes: Partial<ActionType>): Partial<Installation> => ({
  actionTypes: { ...base.actionTypes, 'cache.flush': { ...flush, ...changes } },
});

/** What a candidate makes of an action that the usual folder ruled on. */
function classUnder(
  changes: Partial<Omit<Installation, 'digests' | 'dependents'>>,
  policies = PERMISSIVE,
  given: Parameters<typeof recordedBy>[1] = {},
) {
  const active = folderWith();
  return caseOf(active, folderWith(changes, policies), recordedBy(active, given));
}

describe('by the folder that made it, a ruling comes out as it is on record', () => {
  const size = {
    parameter: 'count',
    current: { source: 'storefront', query: 'instances' },
    raise: [
      { beyond: 0.5, serviceDisruption: 2 as const },
      { beyond: 2, serviceDisruption: 4 as const },
    ],
  };
  const live = {
    incidents: { source: 'storefront', query: 'incidents' },
    errorBudgetLeft: { source: 'storefront', query: 'budget' },
  };
  const priced = Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, { ...service, costPerHour: 900 }]),
  );
  const folder = folderWith(
    { ...flushWith({ size, dataMigration: true }), services: priced, rules: { ...rules, live } },
    DEFAULT_POLICIES,
  );

  test('whatever was measured, whoever asked, and whenever', () => {
    const facts = fc.record({
      now: fc.option(fc.integer({ min: 0, max: 12 })),
      budget: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      incidents: fc.constantFrom(0, 1, 3),
      neighbour: fc.constantFrom(0, 2),
      level: fc.constantFrom<Level>(0, 1, 2, 3),
      declaredTier: fc.constantFrom(undefined, 1, 2, 3, 4),
      target: fc.constantFrom('catalog', 'cart', 'checkout', 'web'),
      wentWrong: fc.boolean(),
      hours: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(
        facts,
        ({ now, budget, incidents, neighbour, level, declaredTier, target, wentWrong, hours }) => {
          const { installation } = folder;
          const at = RULED_AT + hours * 3_600_000;
          const given = proposal({ params: { count: 4 }, target, declaredTier } as Parameters<
            typeof proposal
          >[0]);
          const known = (value: number | null) =>
            value === null
              ? ({ kind: 'unknown', reason: 'it did not answer' } as const)
              : ({ kind: 'known', value } as const);
          const about = { id: 'any', type: 'cache.flush', target, environment: 'production' };
          const recorded = recordedBy(folder, {
            given,
            at,
            held: grantedLevel(level),
            facts: {
              values: {
                count: now === null ? { kind: 'unknown', reason: 'it did not answer' } : readNow(now),
              },
              past: wentWrong
                ? [
                    aPastAction({
                      target,
                      closed: { at: at - 1, outcome: 'rolledBack', rollbackMs: 9_000_000 },
                    }),
                  ]
                : [],
              live: liveOf(installation, about, {
                at,
                running: [],
                answers: [
                  { what: 'errorBudgetLeft', service: target, value: known(budget) },
                  { what: 'incidents', service: target, value: known(incidents) },
                  ...['catalog', 'cart', 'checkout', 'web']
                    .filter((service) => service !== target)
                    .map((service) => ({ what: 'incidents', service, value: known(neighbour) }) as const),
                ],
              }),
            },
          });
          const again = ruleAgain(folder, installation, recorded);
          expect(again).toMatchObject({ kind: 'ruled', unknown: [] });
          if (again.kind !== 'ruled') return;
          const { ruling } = recorded;
          expect(again.answers.calm).toMatchObject({
            kind: ruling.kind,
            tier: ruling.tier,
            reasons: ruling.reasons,
            modes: ruling.modes,
            context: ruling.context,
          });
          expect(differenceOf(ruling, again.answers.calm)).toEqual({ looser: [], stricter: [] });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a candidate', () => {
  test('that says the same changes nothing', () => {
    expect(classUnder({})).toMatchObject({ class: 'unchanged', because: [], replayed: { since: 'same' } });
  });

  test.each<[string, Parameters<typeof classUnder>, string, RegExp]>([
    [
      'a table with a higher tier',
      [flushWith({ tier: { 1: 3, 2: 3, 3: 3, 4: 3 } })],
      'tightened',
      /then it waits for/,
    ],
    [
      'a policy that forbids it at once',
      [{}, `${PERMISSIVE}\n@id("slow") forbid (principal, action == Action::"execute", resource);`],
      'tightened',
      /then it runs after 5m/,
    ],
    [
      'a freeze at that time',
      [
        {
          rules: {
            ...rules,
            calendar: {
              ...rules.calendar,
              freezes: [{ name: 'sale', from: RULED_AT - 1, until: RULED_AT + 1 }],
            },
          },
        },
      ],
      'tightened',
      /then it waits for/,
    ],
    [
      'a service that is more critical',
      [
        {
          services: {
            ...services,
            catalog: { name: 'catalog', owner: 'group:catalog-team', serviceTier: 2, dependsOn: [] },
          },
        },
        PERMISSIVE,
      ],
      'tightened',
      /then it runs after 5m/,
    ],
  ])('with %s', (_, args, expected, why) => {
    const { class: found, because } = classUnder(...args);
    expect([found, because.join('; ')]).toEqual([expected, expect.stringMatching(why)]);
  });

  test('that does not take its parameters any more refuses it', () => {
    const active = folderWith();
    const picky = { ...folderWith(), checkParams: () => [{ where: 'params.keys', problem: 'is not known' }] };
    expect(caseOf(active, picky, recordedBy(active))).toMatchObject({
      class: 'tightened',
      because: ['it runs at once; then it is refused (params.keys: is not known)'],
    });
  });

  test('with a lower tier for what people had to approve is looser', () => {
    const types = base.actionTypes;
    const looser = {
      ...types,
      'version.deploy': { ...types['version.deploy'], tier: { 1: 2, 2: 2, 3: 2, 4: 2 } },
    };
    const { class: found, because } = classUnder(
      { actionTypes: looser } as Partial<Installation>,
      PERMISSIVE,
      {
        given: deploy('2.4.0'),
      },
    );
    expect(found).toBe('loosened');
    expect(because).toEqual([
      'it waits for 1 of checkout-team or sre-on-call; then it runs after 5m unless somebody denies it',
    ]);
  });

  test('in which fewer people must approve is looser, though the tier is the same', () => {
    const two = { ...rules, approval: { ...rules.approval, approval: { atLeast: 2, of: ['on-call'] } } };
    const active = folderWith({ rules: two } as Partial<Installation>);
    const found = caseOf(active, folderWith(), recordedBy(active, { given: deploy('2.4.0') }));
    expect(found).toMatchObject({
      class: 'loosened',
      because: ['it waits for 1 of checkout-team or sre-on-call, and not for 2 of sre-on-call'],
    });
  });

  describe('that lets an agent begin at another level', () => {
    const policies = `${PERMISSIVE}
      @id("careful") forbid (principal is Agent, action == Action::"execute", resource) unless { context.level >= 2 };`;
    const active = folderWith({}, policies);
    const strict = folderWith(
      { agents: { ...agents, 'cache-agent': { id: 'cache-agent', owner: 'user:radia', level: 1 } } },
      policies,
    );

    test('counts for what had begun at the level in the catalog', () => {
      expect(caseOf(active, strict, recordedBy(active, { held: heldAt(3) }))).toMatchObject({
        class: 'tightened',
      });
    });

    test('takes the levels that were lost from there', () => {
      const lost = { ...heldAt(3), level: 2 as const, lowered: [demotedOnce()] };
      const two = folderWith(
        { agents: { ...agents, 'cache-agent': { id: 'cache-agent', owner: 'user:radia', level: 2 } } },
        policies,
      );
      const { class: found } = caseOf(active, two, recordedBy(active, { held: lost }));
      // Two less one is one, and one is too little.
      expect(found).toBe('tightened');
    });

    test('does not change what a person granted', () => {
      expect(caseOf(active, strict, recordedBy(active, { held: grantedLevel(3) }))).toMatchObject({
        class: 'unchanged',
      });
    });
  });

  describe('that knows less than the past had cannot be asked', () => {
    test.each<[string, Partial<Installation>, string]>([
      [
        'a service',
        { services: { cart: services.cart } } as Partial<Installation>,
        'there is no service catalog',
      ],
      ['an action type', { actionTypes: {} }, 'there is no action type cache.flush'],
      ['an agent', { agents: {} }, 'there is no agent cache-agent'],
      ['an environment', { environments: { test: {} } }, 'there is no environment production'],
    ])('%s', (_, changes, why) => {
      expect(classUnder(changes)).toMatchObject({
        class: 'notReplayable',
        because: [`in the candidate, ${why}`],
      });
    });
  });

  describe('that goes by what nobody recorded', () => {
    const careful = `${PERMISSIVE}
      @id("calm-only") forbid (principal is Agent, action == Action::"execute", resource) when { context.serviceDisruption >= 3 };`;
    const measured = flushWith({
      size: { parameter: 'count', raise: [{ beyond: 1, serviceDisruption: 4 }] },
    });
    const given = proposal({ params: { count: 4 } });

    test('is told apart, where the answer depends on it', () => {
      expect(classUnder(measured, careful, { given })).toMatchObject({
        class: 'perhaps',
        because: ['the ledger does not have the value that count had'],
      });
    });

    test('is answered for, where it comes to the same', () => {
      expect(classUnder(measured, PERMISSIVE, { given })).toMatchObject({ class: 'unchanged' });
    });

    test('such as incidents that nobody looked for', () => {
      const risky = `${PERMISSIVE}
        @id("no-risk") forbid (principal is Agent, action == Action::"execute", resource) when { context.riskScore >= ${riskOf() + 3} };`;
      const live = { incidents: { source: 'storefront', query: 'incidents' } };
      expect(classUnder({ rules: { ...rules, live } }, risky)).toMatchObject({
        class: 'perhaps',
        because: expect.arrayContaining(['the ledger does not have whether an incident was open on catalog']),
      });
    });
  });

  test('with stricter limits on requests cannot be answered for: how many were open is not on record', () => {
    expect(classUnder({ rules: { ...rules, attention: { openPerAgent: 1 } } })).toMatchObject({
      class: 'perhaps',
      because: [
        'the ledger does not have how many requests of its agent were open, and what was denied before',
      ],
    });
  });
});

describe('what the folder in force says otherwise than the record', () => {
  const recorded = recordedBy(folderWith());

  test('is put down to the rules, where they are others', () => {
    const stricter = folderWith(flushWith({ tier: { 1: 3, 2: 3, 3: 3, 4: 3 } }));
    expect(caseOf(stricter, stricter, recorded)).toMatchObject({
      class: 'unchanged',
      replayed: { recorded: 'execute', before: { mode: 'executeWithApproval' }, since: 'rules' },
    });
  });

  test('is put down to us, where the rules are the very same', () => {
    const other = { ...recorded, ruling: { ...recorded.ruling, kind: 'forbid', outcome: 'undeliverable' } };
    expect(caseOf(folderWith(), folderWith(), other as typeof recorded)).toMatchObject({
      class: 'unchanged',
      replayed: { recorded: 'denied', before: { mode: 'execute' }, since: 'code' },
    });
  });
});

const riskOf = () => recordedBy(folderWith(), { facts: calmFacts }).impact.riskScore;

function demotedOnce() {
  const change = demoted(2_000);
  if (change.kind !== 'demoted') throw new Error('it is a demotion');
  return change;
}
