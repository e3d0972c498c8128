import { describe, expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/action/action.ts';
import type { Service } from '../../../src/domain/installation/installation.ts';
import { type CostInput, costsOf } from '../../../src/domain/risk/costs.ts';

const service = (name: string, facts: Partial<Service> = {}): Service => ({
  name,
  owner: 'group:cart-team',
  serviceTier: 2,
  dependsOn: [],
  ...facts,
});
const severityOf = (performance: Severity, security: Severity = 0) => ({
  performance,
  security,
  dataAccess: 0 as const,
  serviceDisruption: 0 as const,
});

const IN_TROUBLE = { kind: 'inTrouble', reason: 'an incident is open on cart' } as const;
const CALM = { kind: 'calm', reason: 'no incident is open on cart' } as const;
const UNKNOWN = { kind: 'unknown', reason: 'no answer' } as const;

/** Cart costs 100 an hour and is needed by web, which costs 50. It is in trouble. */
const input = (changes: Partial<CostInput> = {}): CostInput => ({
  target: 'cart',
  service: service('cart', { costPerHour: 100 }),
  dependents: [service('web', { costPerHour: 50 })],
  severity: severityOf(4),
  rollbackDifficulty: 2,
  production: true,
  trouble: IN_TROUBLE,
  ...changes,
});
const costs = (changes: Partial<CostInput> = {}) => costsOf(input(changes)).costs;

describe('the cost of waiting', () => {
  test('is that of the target alone', () => {
    expect(costs().waitingPerHour).toBe(100);
    expect(costs({ dependents: [] }).waitingPerHour).toBe(100);
  });

  test('is not known, and not 0, where nobody stated it', () => {
    expect(costs({ service: service('cart') })).not.toHaveProperty('waitingPerHour');
    expect(costs({ service: undefined })).not.toHaveProperty('waitingPerHour');
    expect(costs({ service: service('cart', { costPerHour: 0 }) }).waitingPerHour).toBe(0);
  });

  test('is nothing where the target is not in trouble, also where nobody stated what trouble costs', () => {
    expect(costs({ trouble: CALM })).toMatchObject({ waitingPerHour: 0, trouble: CALM });
    expect(costs({ trouble: CALM, service: service('cart') }).waitingPerHour).toBe(0);
  });

  test('INVARIANT 7: is not known where nobody knows whether the target is in trouble, and neither 0 nor the whole', () => {
    expect(costs({ trouble: UNKNOWN })).not.toHaveProperty('waitingPerHour');
    expect(costs({ trouble: UNKNOWN })).toMatchObject({ waitingPerHourInTrouble: 100, trouble: UNKNOWN });
    expect(costs()).not.toHaveProperty('waitingPerHourInTrouble');
    expect(costs({ trouble: CALM })).not.toHaveProperty('waitingPerHourInTrouble');
    const unstated = costs({ trouble: UNKNOWN, service: service('cart') });
    expect(unstated).not.toHaveProperty('waitingPerHourInTrouble');
  });

  test.each([
    [IN_TROUBLE, 100, 'while cart is in trouble, waiting costs 100 an hour: an incident is open on cart'],
    [
      IN_TROUBLE,
      undefined,
      'cart is in trouble, and nobody stated what an hour of it costs: an incident is open on cart',
    ],
    [CALM, 100, 'waiting costs nothing: no incident is open on cart'],
    [CALM, undefined, 'waiting costs nothing: no incident is open on cart'],
    [
      UNKNOWN,
      100,
      'if cart is in trouble, waiting costs 100 an hour; whether it is, is not known: no answer',
    ],
    [UNKNOWN, undefined, 'nobody stated what an hour of trouble with cart costs'],
  ] as const)('is told with why: %j, with a stated cost of %s', (trouble, costPerHour, reason) => {
    const of = input({ trouble, service: service('cart', { costPerHour }) });
    expect(costsOf(of).reasons[0]).toBe(reason);
  });
});

test('being wrong costs the same, in trouble or not', () => {
  const beingWrong = [IN_TROUBLE, CALM, UNKNOWN].map((trouble) => costs({ trouble }).beingWrong);
  expect(beingWrong).toEqual([150, 150, 150]);
});

describe('the cost of being wrong', () => {
  test.each([
    [0, 0],
    [1, 15],
    [2, 37.5],
    [3, 75],
    [4, 150],
  ] as const)('with severity %i, an hour until it is taken back, is %d', (severity, cost) => {
    expect(costs({ severity: severityOf(severity) }).beingWrong).toBe(cost);
  });

  test.each([
    [0, 37.5],
    [1, 75],
    [2, 150],
    [3, 600],
    [4, 3_600],
  ] as const)('with rollback difficulty %i is %d', (rollbackDifficulty, cost) => {
    expect(costs({ rollbackDifficulty }).beingWrong).toBe(cost);
  });

  test('goes by the worst category', () => {
    expect(costs({ severity: severityOf(1, 3) }).beingWrong).toBe(75);
  });

  test('counts what is stated, and says how many services state nothing', () => {
    const dependents = [service('web', { costPerHour: 50 }), service('app'), service('ads')];
    expect(costs({ dependents })).toMatchObject({ beingWrong: 150, unstated: 2 });
    expect(costs({ dependents, service: service('cart') })).toMatchObject({ beingWrong: 50, unstated: 3 });
    expect(costs()).toHaveProperty('unstated', 0);
  });

  test('is not known, and not 0, where nobody stated any', () => {
    const nothing = { service: service('cart'), dependents: [service('web')] };
    expect(costs(nothing)).toEqual({ unstated: 2, trouble: IN_TROUBLE });
  });
});

test.each([
  ['99.9', 99.9, 1.39],
  ['99', 99, 0.139],
  ['50', 50, 0.00278],
])('of an objective of %s %% an hour of the worst uses that share of 30 days', (_, slo, share) => {
  expect(costs({ service: service('cart', { slo }) }).errorBudget).toBe(share);
});

test('outside production nothing is lost', () => {
  expect(costs({ production: false })).toEqual({ waitingPerHour: 0, beingWrong: 0, unstated: 0 });
});

test('people read how it was reckoned', () => {
  const dependents = [service('web', { costPerHour: 50 }), service('app')];
  const { reasons } = costsOf(
    input({ dependents, severity: severityOf(2), service: service('cart', { costPerHour: 100, slo: 99.9 }) }),
  );
  expect(reasons).toEqual([
    'while cart is in trouble, waiting costs 100 an hour: an incident is open on cart',
    'being wrong costs at least 37.5: an hour of trouble with cart and all that need it costs 150, severity 2 of 4 stands for 25 % of it, and taking it back takes 1 h',
    '1 of these 3 services state no cost',
    'being wrong uses 34.7 % of the trouble that the objective of 99.9 % allows cart in 30 days',
  ]);
  const unstated = input({ trouble: UNKNOWN, service: service('cart'), dependents: [] });
  expect(costsOf(unstated).reasons).toEqual(['nobody stated what an hour of trouble with cart costs']);
});
