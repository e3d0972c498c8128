import { describe, expect, test } from 'vitest';
import { MODES, type PolicyContext, type PolicyQuestion } from '../../../src/domain/policy/policy.ts';
import { DEFAULT_POLICIES, defaultAuthorize, policiesIn } from '../../support/policies.ts';

/** Something harmless, by an agent of level 3, on a service of tier 4: everything is permitted. */
const HARMLESS: PolicyContext = {
  actionType: 'cache.flush',
  environment: 'production',
  production: true,
  serviceTier: 4,
  performance: 1,
  security: 0,
  dataAccess: 0,
  serviceDisruption: 1,
  riskScore: 20,
  rollbackDifficulty: 1,
  reversible: true,
  directDependents: 0,
  transitiveDependents: 0,
  level: 3,
  frozen: false,
  outsideWindow: false,
  hour: 12,
  minute: 0,
  weekday: 2,
  date: '2026-01-13',
};

const ask = (action: PolicyQuestion['action'], context: Partial<PolicyContext>) =>
  defaultAuthorize({
    action,
    principal: { type: action === 'approve' ? 'User' : 'Agent', id: 'x', within: [] },
    resource: { type: 'Service', id: 's', within: [] },
    context: { ...HARMLESS, ...context },
  });
const glassBy = (type: 'User' | 'Agent', context: Partial<PolicyContext>): PolicyQuestion => ({
  action: 'breakGlass',
  principal: { type, id: 'x', within: [] },
  resource: { type: 'Service', id: 's', within: [] },
  context: { ...HARMLESS, ...context },
});
/** The first mode that is permitted: `recommend` at the latest. */
const modeFor = (context: Partial<PolicyContext>) =>
  MODES.find((mode) => ask(mode, context).decision === 'allow');

const AT_ONCE = 'execute';
const WINDOW = 'executeAfterWindow';
const PEOPLE = 'executeWithApproval';
const ADVICE = 'recommend';

type Rule = [rule: string, context: Partial<PolicyContext>, mode: string];

describe('levels', () => {
  test.each<Rule>([
    ['0 recommends', { level: 0 }, ADVICE],
    ['1 needs approval', { level: 1 }, PEOPLE],
    ['2 waits for a window', { level: 2 }, WINDOW],
    ['3 acts at once', { level: 3 }, AT_ONCE],
  ])('%s', (_, context, mode) => {
    expect(modeFor(context)).toBe(mode);
  });
});

describe('pre-approved runbooks', () => {
  const runbook = 'cache-flush-runbook';

  test.each<Rule>([
    ['on tier 3, from level 2 on, at once', { runbook, serviceTier: 3, level: 2 }, AT_ONCE],
    ['on tier 4 too', { runbook, serviceTier: 4, level: 2 }, AT_ONCE],
    ['not on tier 2', { runbook, serviceTier: 2, level: 2 }, WINDOW],
    ['not at level 1', { runbook, serviceTier: 3, level: 1 }, PEOPLE],
    ['not in a freeze', { runbook, serviceTier: 3, level: 2, frozen: true }, PEOPLE],
  ])('%s', (_, context, mode) => {
    expect(modeFor(context)).toBe(mode);
  });
});

describe('services', () => {
  test.each<Rule>([
    ['tier 1: never at once', { serviceTier: 1 }, WINDOW],
    ['tier 1: at once outside production', { serviceTier: 1, production: false }, AT_ONCE],
    ['tier 1: risk below 60 has a window', { serviceTier: 1, riskScore: 59 }, WINDOW],
    ['tier 1: risk of 60 is with people', { serviceTier: 1, riskScore: 60 }, PEOPLE],
    ['tier 2: risk below 60 is at once', { serviceTier: 2, riskScore: 59 }, AT_ONCE],
    ['tier 2: risk of 60 has a window', { serviceTier: 2, riskScore: 60 }, WINDOW],
    ['tier 3: risk is at once', { serviceTier: 3, riskScore: 100 }, AT_ONCE],
    ['tier 3: disruption 3 is at once', { serviceTier: 3, serviceDisruption: 3 }, AT_ONCE],
    ['tier 3: disruption 4 has a window', { serviceTier: 3, serviceDisruption: 4 }, WINDOW],
    ['tier 4: the level alone decides', { riskScore: 100, serviceDisruption: 4 }, AT_ONCE],
    ['needed by tier 1, disruption 2: at once', { mostCriticalDependent: 1, serviceDisruption: 2 }, AT_ONCE],
    ['needed by tier 1, disruption 3: a window', { mostCriticalDependent: 1, serviceDisruption: 3 }, WINDOW],
    ['needed by tier 2, disruption 3: at once', { mostCriticalDependent: 2, serviceDisruption: 3 }, AT_ONCE],
  ])('%s', (_, context, mode) => {
    expect(modeFor(context)).toBe(mode);
  });
});

describe('never without people', () => {
  test.each<Rule>([
    ['in a freeze in production', { frozen: true }, PEOPLE],
    ['but outside production', { frozen: true, production: false }, AT_ONCE],
    ['what cannot be taken back', { reversible: false }, PEOPLE],
    ['that outside production either', { reversible: false, production: false }, PEOPLE],
    ['a change of security', { security: 1 }, PEOPLE],
    ['a change of data access', { dataAccess: 1 }, PEOPLE],
  ])('%s', (_, context, mode) => {
    expect(modeFor(context)).toBe(mode);
  });

  test('an agent of level 0 may still recommend it', () => {
    expect(modeFor({ level: 0, frozen: true, reversible: false, security: 4 })).toBe(ADVICE);
  });
});

test('whoever is asked to approve may, and no agent may grant or break the glass', () => {
  expect(ask('approve', {}).decision).toBe('allow');
  expect(ask('grant', {}).decision).toBe('deny');
  expect(defaultAuthorize(glassBy('Agent', { onCall: true })).decision).toBe('deny');
});

test.each([
  ['on call, in production', { onCall: true }, 'allow'],
  ['on call, elsewhere', { onCall: true, production: false }, 'deny'],
  ['not on call', { onCall: false }, 'deny'],
] as const)('whoever is %s may break the glass or not', (_, context, decision) => {
  expect(defaultAuthorize(glassBy('User', context)).decision).toBe(decision);
});

test('every policy says what it is called, and every refusal has a reason', () => {
  const policies = policiesIn(DEFAULT_POLICIES);
  expect(policies.length).toBeGreaterThan(10);
  expect(new Set(policies.map(({ id }) => id)).size).toBe(policies.length);
  for (const { effect, reason } of policies) expect(effect === 'permit' || reason).toBeTruthy();
});
