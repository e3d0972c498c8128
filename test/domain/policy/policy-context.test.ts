import { describe, expect, test } from 'vitest';
import type { Circumstances } from '../../../src/domain/calendar/calendar.ts';
import type { Installation } from '../../../src/domain/installation/installation.ts';
import { CONTEXT } from '../../../src/domain/policy/policy.ts';
import { contextOf, type Facts, owned, person } from '../../../src/domain/policy/policy-context.ts';
import type { Impact } from '../../../src/domain/risk/impact.ts';
import { testInstallation } from '../../support/installation.ts';
import { impactOf } from '../../support/policies.ts';
import { actionTypeWith, anAction } from '../support.ts';

const { installation } = testInstallation();
const AT = Date.UTC(2026, 2, 14, 15, 30);
const type = actionTypeWith({ name: 'cache.flush', rollback: actionTypeWith({}).execute });

function contextFor(target: string, changes: Partial<Facts> = {}, from: Installation = installation) {
  const service = from.services[target];
  if (!service) throw new Error(`there is no ${target}`);
  const action = anAction({ target });
  const facts = { action, impact: impactOf(from, action), level: 3, circumstances: {}, at: AT } as const;
  return contextOf(
    from,
    changes.action?.type === 'with.runbook' ? { ...type, runbook: 'r' } : type,
    service,
    {
      ...facts,
      ...changes,
    },
  );
}

test('all that policies may read of an action', () => {
  expect(contextFor('catalog', { declaredTier: 2, action: anAction({ type: 'with.runbook' }) })).toEqual({
    actionType: 'cache.flush',
    environment: 'production',
    production: true,
    serviceTier: 3,
    performance: 1,
    security: 0,
    dataAccess: 0,
    serviceDisruption: 1,
    riskScore: 31,
    rollbackDifficulty: 2,
    reversible: true,
    directDependents: 1,
    transitiveDependents: 2,
    mostCriticalDependent: 1,
    level: 3,
    declaredTier: 2,
    runbook: 'r',
    frozen: false,
    outsideWindow: false,
    hour: 15,
    minute: 30,
    weekday: 6,
    date: '2026-03-14',
  });
});

test('is what the table of the context says, and what is optional is absent where it is not known', () => {
  const alone = testInstallation({
    services: { lone: { name: 'lone', owner: 'user:radia', serviceTier: 4, dependsOn: [], timeZone: 'UTC' } },
  }).installation;
  const context = contextFor('lone', {}, alone);
  const required = Object.entries(CONTEXT).filter(([, attribute]) => !('optional' in attribute));
  expect(Object.keys(context).sort()).toEqual(required.map(([name]) => name).sort());
});

describe('production', () => {
  const from = (notProduction: string[]) => testInstallation({ notProduction }).installation;

  test.each([
    ['production', [], true],
    ['staging', [], true],
    ['staging', ['staging'], false],
    ['production', ['staging'], true],
  ])('%s, where %j are not, is production: %s', (environment, notProduction, expected) => {
    const { production } = contextFor('catalog', { action: anAction({ environment }) }, from(notProduction));
    expect(production).toBe(expected);
  });
});

test('what has no rollback is not reversible', () => {
  expect(contextFor('catalog', { action: anAction({ rollback: undefined }) }).reversible).toBe(false);
});

test('what has a rollback to a value that is not known to be good is not reversible', () => {
  const found = { actionId: 'deploy-agent.1', at: 1, outcome: 'rolledBack' } as const;
  const from = { kind: 'read', value: '1.9.0', at: 2 } as const;
  const reversible = (changes: Impact['changes']) =>
    contextFor('catalog', { impact: { ...impactOf(installation, anAction()), changes } }).reversible;
  expect(reversible([{ parameter: 'version', to: '2.0.0', from }])).toBe(true);
  expect(reversible([{ parameter: 'version', to: '2.0.0', from: { ...from, notKnownGood: found } }])).toBe(
    false,
  );
});

test("the time is that of the target's time zone", () => {
  const { catalog } = installation.services;
  if (!catalog) throw new Error('there is a catalog');
  const services = { catalog: { ...catalog, timeZone: 'Asia/Tokyo' } };
  const there = contextFor('catalog', {}, testInstallation({ services }).installation);
  expect(there).toMatchObject({ hour: 0, minute: 30, weekday: 7, date: '2026-03-15' });
});

test('what waiting and being wrong cost is told where it is stated, and never as less than it is', () => {
  const costs = { waitingPerHour: 99.9, beingWrong: 10.01, unstated: 0, errorBudget: 0.123 };
  const impact = { ...impactOf(installation, anAction({})), costs };
  expect(contextFor('catalog', { impact })).toMatchObject({
    costOfWaiting: 99,
    costOfBeingWrong: 11,
    errorBudgetAtRisk: 13,
  });
});

test('INVARIANT 7: a cost of waiting that holds only if the target is in trouble is none that a policy may hurry for', () => {
  const trouble = { kind: 'unknown', reason: 'no answer' } as const;
  const costs = { waitingPerHourInTrouble: 99, trouble, unstated: 0 };
  const impact = { ...impactOf(installation, anAction({})), costs };
  expect(contextFor('catalog', { impact })).not.toHaveProperty('costOfWaiting');
  const calm = { ...impact, costs: { waitingPerHour: 0, unstated: 0 } };
  expect(contextFor('catalog', { impact: calm }).costOfWaiting).toBe(0);
});

test('what the calendar says of the moment', () => {
  const says = (circumstances: Circumstances) => {
    const { frozen, outsideWindow } = contextFor('catalog', { circumstances });
    return [frozen, outsideWindow];
  };
  expect(says({})).toEqual([false, false]);
  expect(says({ frozen: { name: 'sale', until: AT + 1 } })).toEqual([true, false]);
  expect(says({ outsideWindow: { opensAt: AT + 1 } })).toEqual([false, true]);
});

describe('what an entity is in', () => {
  const from = testInstallation({
    groupParents: { 'cart-team': ['engineering', 'shop'], 'checkout-team': [] },
  }).installation;

  test('a service: the group that owns it, and the groups around that', () => {
    expect(owned(from, 'Service', 'cart', 'group:cart-team')).toEqual({
      type: 'Service',
      id: 'cart',
      within: ['group:cart-team', 'group:engineering', 'group:shop'],
    });
  });

  test('an agent: the person who owns it, and not their groups', () => {
    expect(owned(from, 'Agent', 'a', 'user:ada').within).toEqual(['user:ada']);
  });

  test('a person: every group that has them', () => {
    expect(person(from, 'edsger').within.toSorted()).toEqual(['group:cart-team', 'group:catalog-team']);
    expect(person(from, 'radia').within).toEqual([]);
  });
});
