import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Proposal, Tier } from '../../../src/domain/action/action.ts';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import { type Calendar, circumstancesOf } from '../../../src/domain/calendar/calendar.ts';
import type { ActionType, Installation } from '../../../src/domain/installation/installation.ts';
import type { Authorize } from '../../../src/domain/policy/policy.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact } from '../../../src/domain/risk/impact.ts';
import { type Change, counterfactualText } from '../../../src/domain/ruling/counterfactual.ts';
import { counterfactualsOf } from '../../../src/domain/ruling/find-counterfactuals.ts';
import type { RulingInput } from '../../../src/domain/ruling/judge.ts';
import { rule } from '../../../src/domain/ruling/ruling.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, DEFAULT_POLICIES, defaultAuthorize, RULED_AT } from '../../support/policies.ts';
import { proposal } from '../../support/proposals.ts';
import { heldAt } from '../../support/standing.ts';
import { calmFacts } from '../support.ts';

const HOUR = 3_600_000;
const base = testInstallation().installation;
const { 'cache.flush': cacheFlush } = base.actionTypes;
if (!cacheFlush) throw new Error('there is no cache.flush');
const scale: ActionType = {
  ...cacheFlush,
  name: 'instances.scale',
  parameters: { type: 'object' },
  size: {
    parameter: 'count',
    current: { source: 'storefront', query: 'instances' },
    raise: [
      { beyond: 0.5, security: 1 },
      { beyond: 2, security: 4 },
    ],
  },
};

interface Given {
  readonly given: Proposal;
  readonly level: Level;
  readonly calendar: Partial<Calendar>;
  readonly at: number;
  readonly type: Partial<ActionType>;
  readonly count: number;
}
const usual: Given = {
  given: proposal(),
  level: 3,
  calendar: {},
  at: RULED_AT,
  type: {},
  count: 4,
};

/** An installation with staging beside production, and what is asked of it. */
function worldOf({ given, level, calendar, at, type, count }: Given): [Installation, RulingInput] {
  const types = { ...base.actionTypes, 'instances.scale': scale };
  const agent = base.agents[given.agent.id];
  const { installation } = testInstallation({
    environments: { ...base.environments, staging: { adminUrl: 'http://staging.example/admin' } },
    notProduction: ['staging'],
    agents: { ...base.agents, ...(agent ? { [agent.id]: { ...agent, level } } : {}) },
    actionTypes: Object.fromEntries(
      Object.entries(types).map(([name, each]) => [name, { ...each, ...type }]),
    ),
    rules: { ...base.rules, calendar: { ...base.rules.calendar, ...calendar } },
  });
  const resolved = resolve(installation, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  const impact = assessImpact(installation, resolved, {
    ...calmFacts,
    values: { count: { kind: 'read', value: count, at: 0 } },
  });
  const circumstances = circumstancesOf(installation, action, at);
  const held = heldAt(level);
  return [installation, { action, impact, held, declaredTier: given.declaredTier, circumstances, at }];
}

function found(changes: Partial<Given>, authorize: Authorize = defaultAuthorize) {
  const [installation, asked] = worldOf({ ...usual, ...changes });
  return counterfactualsOf(installation, authorize, asked, rule(installation, authorize, asked));
}

describe('the nearest change that would alter a ruling', () => {
  test('is none for what runs at once', () => {
    expect(found({})).toEqual([]);
  });

  test('is none where the table of the action type asks for people everywhere', () => {
    expect(found({ type: { tier: { 1: 4, 2: 4, 3: 4, 4: 4 } } })).toEqual([]);
  });

  test('is a higher level of the agent, the lowest that helps', () => {
    expect(found({ level: 1 })).toEqual([{ change: { kind: 'level', from: 1, to: 2 }, tier: 2 }]);
    expect(found({ level: 0, given: proposal({ target: 'cart' }) })).toEqual([
      { change: { kind: 'level', from: 0, to: 1 }, tier: 3 },
    ]);
  });

  test('is another environment, where policies are about production', () => {
    const tier = { 1: 1, 2: 1, 3: 1, 4: 1 } as const;
    const given = proposal({ target: 'checkout' });
    expect(found({ given, type: { tier } })).toEqual([
      { change: { kind: 'environment', environment: 'staging' }, tier: 1 },
    ]);
    expect(found({ given: { ...given, environment: 'staging', declaredTier: 2 }, type: { tier } })).toEqual([
      { change: { kind: 'undeclared' }, tier: 1 },
    ]);
  });

  test('is the end of the freeze, and where none of its change windows is open by then, the next opening', () => {
    const until = RULED_AT + 2 * HOUR;
    const freezes = [{ name: 'sale', from: RULED_AT - HOUR, until }];
    const frozen = { kind: 'time', from: until } as const;
    expect(found({ calendar: { freezes } })[0]).toEqual({ change: frozen, tier: 1 });
    // RULED_AT is a Saturday: the window opens on Monday at 09:00.
    const windows = [{ days: [1, 2, 3, 4, 5], from: 540, to: 1020 }];
    const opens = { kind: 'time', from: Date.UTC(2026, 2, 16, 9) } as const;
    expect(found({ calendar: { freezes, windows } })[0]).toEqual({ change: opens, tier: 1 });
  });

  test('is the first hour from which a policy on the clock lets it run', () => {
    const nights = '@id("night") forbid (principal, action == Action::"execute", resource)';
    const authorize = authorizeBy(DEFAULT_POLICIES, `${nights} when { context.hour < 9 };`);
    const at = Date.UTC(2026, 2, 17, 3, 47);
    expect(found({ at }, authorize)).toEqual([
      { change: { kind: 'time', from: Date.UTC(2026, 2, 17, 9) }, tier: 1 },
    ]);
  });

  test('is a smaller size: the whole number that is no further than the next step below', () => {
    const given = (count: number) => proposal({ actionType: 'instances.scale', params: { count } });
    expect(found({ given: given(7) })).toEqual([
      { change: { kind: 'size', parameter: 'count', from: 4, to: 6 }, tier: 1 },
    ]);
    expect(found({ given: given(1) })).toEqual([
      { change: { kind: 'size', parameter: 'count', from: 4, to: 2 }, tier: 1 },
    ]);
    expect(found({ given: given(6) })).toEqual([]);
    // Half of 5 is no whole number: it stays within it.
    const within = (to: number) => [{ change: { kind: 'size', parameter: 'count', from: 5, to }, tier: 1 }];
    expect(found({ count: 5, given: given(9) })).toEqual(within(7));
    expect(found({ count: 5, given: given(1) })).toEqual(within(3));
  });

  test('is a rollback, where the action has none', () => {
    expect(found({ type: { rollback: undefined } })).toEqual([{ change: { kind: 'rollback' }, tier: 1 }]);
  });

  test('is told of what is denied, too', () => {
    const authorize = authorizeBy(
      DEFAULT_POLICIES,
      '@id("p") forbid (principal is Agent, action, resource) when { context.production };',
    );
    expect(found({}, authorize)).toEqual([
      { change: { kind: 'environment', environment: 'staging' }, tier: 1 },
    ]);
  });

  test('is none that would leave nobody to decide', () => {
    const authorize = authorizeBy(
      DEFAULT_POLICIES,
      '@id("a") forbid (principal is User, action == Action::"approve", resource) unless { context.production };',
    );
    const tier = { 1: 1, 2: 1, 3: 1, 4: 1 } as const;
    expect(found({ given: proposal({ target: 'checkout' }), type: { tier } }, authorize)).toEqual([]);
  });

  test('of what is gone from the installation, there is none', () => {
    const [installation, asked] = worldOf(usual);
    const gone = { ...installation, services: {} };
    expect(counterfactualsOf(gone, defaultAuthorize, asked, rule(gone, defaultAuthorize, asked))).toEqual([]);
  });
});

test('no policy is asked where the tables leave no room', () => {
  const [installation, asked] = worldOf({ ...usual, type: { tier: { 1: 3, 2: 3, 3: 3, 4: 3 } }, level: 1 });
  const ruling = rule(installation, defaultAuthorize, asked);
  const unasked: Authorize = ({ action }) => {
    throw new Error(`policy was asked about ${action}`);
  };
  expect(counterfactualsOf(installation, unasked, asked, ruling)).toEqual([]);
});

/** The same world with one thing changed, made anew from the proposal and not from what was assessed. */
function applied(given: Given, change: Change): Given {
  switch (change.kind) {
    case 'environment':
      return { ...given, given: { ...given.given, environment: change.environment } };
    case 'level':
      return { ...given, level: change.to };
    case 'time':
      return { ...given, at: change.from };
    case 'size':
      return { ...given, given: { ...given.given, params: { [change.parameter]: change.to } } };
    case 'rollback':
      return { ...given, type: { ...given.type, rollback: cacheFlush?.rollback } };
    case 'undeclared':
      return { ...given, given: { ...given.given, declaredTier: undefined } };
  }
}

test('every change that is named really alters the ruling, to the tier that is named', () => {
  const tier = fc.constantFrom<Tier>(1, 2, 3, 4);
  const policies = [
    DEFAULT_POLICIES,
    '@id("a") forbid (principal is Agent, action == Action::"execute", resource) when { context.hour < 9 };',
    '@id("b") forbid (principal is Agent, action, resource) when { context.production && context.riskScore > 40 };',
    '@id("c") forbid (principal == User::"linus", action == Action::"approve", resource) when { !context.production };',
  ];
  const sets = policies.map((_, i) => authorizeBy(...policies.slice(0, i + 1)));
  let named = 0;
  fc.assert(
    fc.property(
      fc.record({
        target: fc.constantFrom('catalog', 'cart', 'checkout', 'web'),
        environment: fc.constantFrom('production', 'production', 'staging'),
        declaredTier: fc.option(tier, { nil: undefined }),
        level: fc.constantFrom<Level>(0, 1, 2, 3),
        tiers: fc.tuple(tier, tier, tier, tier),
        reversible: fc.boolean(),
        at: fc.integer({ min: RULED_AT, max: RULED_AT + 10 * 24 * HOUR }),
        freeze: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
        days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
        count: fc.integer({ min: 1, max: 40 }),
        from: fc.integer({ min: 1, max: 10 }),
        authorize: fc.constantFrom(...sets),
      }),
      (drawn) => {
        const { target, environment, declaredTier, tiers, at, authorize } = drawn;
        const [one, two, three, four] = tiers;
        const given: Given = {
          level: drawn.level,
          at,
          count: drawn.from,
          given: proposal({
            actionType: 'instances.scale',
            target,
            environment,
            declaredTier,
            params: { count: drawn.count },
          }),
          calendar: {
            freezes: drawn.freeze ? [{ name: 'f', from: at - 1, until: at + drawn.freeze * HOUR }] : [],
            windows: drawn.days.length > 0 ? [{ days: drawn.days, from: 540, to: 1020 }] : [],
          },
          type: {
            tier: { 1: one, 2: two, 3: three, 4: four },
            ...(drawn.reversible ? {} : { rollback: undefined }),
          },
        };
        const ruledIn = (world: Given) => {
          const [installation, asked] = worldOf(world);
          return { installation, asked, ruling: rule(installation, authorize, asked) };
        };
        const { installation, asked, ruling } = ruledIn(given);
        for (const { change, tier: would } of counterfactualsOf(installation, authorize, asked, ruling)) {
          named += 1;
          const { ruling: other } = ruledIn(applied(given, change));
          expect([change, other.kind, other.tier]).toEqual([change, 'permit', would]);
          expect(ruling.kind === 'forbid' || would < ruling.tier).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(named).toBeGreaterThan(20);
});

test('in words', () => {
  const texts = (
    [
      { kind: 'environment', environment: 'staging' },
      { kind: 'level', from: 1, to: 2 },
      { kind: 'time', from: Date.UTC(2026, 2, 16, 9) },
      { kind: 'size', parameter: 'count', from: 4, to: 6 },
      { kind: 'size', parameter: 'count', from: 4, to: 2 },
      { kind: 'rollback' },
      { kind: 'undeclared' },
    ] as const
  ).map((change) => counterfactualText({ change, tier: 1 }));
  expect(texts).toEqual(
    [
      'in staging',
      'with an agent of level 2, in place of 1',
      'from 2026-03-16T09:00:00.000Z on',
      'with count at most 6 (it was 4)',
      'with count at least 2 (it was 4)',
      'with a rollback',
      'had the agent not declared a higher tier',
    ].map((change) => `${change}, running it at once would be permitted`),
  );
});
