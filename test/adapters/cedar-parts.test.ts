import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callOf } from '../../src/adapters/cedar/authorize.ts';
import { POLICY_ACTIONS, type PolicyContext, type PolicyQuestion } from '../../src/domain/policy/policy.ts';
import { authorizeBy, DEFAULT_POLICIES, policiesIn } from '../support/policies.ts';

/** Policies that look at facts, at actions and at nothing in many ways. */
const ODD = [
  'permit (principal, action, resource);',
  'permit (principal is User, action == Action::"approve", resource);',
  'forbid (principal, action, resource) when { context has runbook };',
  'forbid (principal, action, resource) unless { context has declaredTier };',
  'forbid (principal, action, resource) when { context has declaredTier && context.declaredTier > 2 };',
  'forbid (principal, action, resource) when { context["frozen"] };',
  'forbid (principal, action, resource) when { context == {level: 3} };',
  'forbid (principal, action, resource) when { [context].contains({level: 3}) };',
  'forbid (principal, action, resource) when { if context.production then context.hour > 12 else context has date };',
  'forbid (principal, action in [Action::"execute", Action::"approve"], resource) when { context.level < 2 };',
  'forbid (principal, action, resource) when { action == Action::"execute" && context.riskScore > 50 };',
  'forbid (principal, action, resource) when { principal == resource || context.minute == 7 };',
  'forbid (principal, action, resource) when { context.date < datetime("2026-06-01") };',
  'permit (principal, action == Action::"grant", resource) when { context.level <= 2 };',
  'forbid (principal, action, resource) when { context.riskScore + 9223372036854775800 > context.level };',
].map((text, n) => `@id("odd-${n}") ${text}`);

const anyNumber = (max: number) => fc.integer({ min: 0, max });
const anyContext: fc.Arbitrary<Partial<PolicyContext>> = fc.record(
  {
    actionType: fc.constant('cache.flush'),
    environment: fc.constantFrom('production', 'staging'),
    production: fc.boolean(),
    frozen: fc.boolean(),
    reversible: fc.boolean(),
    level: anyNumber(3),
    serviceTier: anyNumber(4),
    riskScore: anyNumber(100),
    security: anyNumber(4),
    hour: anyNumber(23),
    minute: anyNumber(59),
    date: fc.constantFrom('2026-01-13', '2026-12-24'),
    declaredTier: anyNumber(4),
    runbook: fc.string(),
  },
  { requiredKeys: [] },
);
const anyQuestion: fc.Arbitrary<PolicyQuestion> = fc.record({
  action: fc.constantFrom(...POLICY_ACTIONS),
  principal: fc.constantFrom(
    { type: 'User', id: 'ada', within: ['group:x'] },
    { type: 'Agent', id: 'a', within: [] },
  ),
  resource: fc.constantFrom({ type: 'Service', id: 's', within: [] }, { type: 'Agent', id: 'a', within: [] }),
  context: anyContext,
});

test('INVARIANT 1: asked with a part of the policies and facts, Cedar answers as it does with all of them', () => {
  const defaults = policiesIn(DEFAULT_POLICIES).map(({ text }) => text);
  const anyPolicies = fc.subarray([...ODD, ...defaults], { minLength: 1 });
  let allowed = 0;
  fc.assert(
    fc.property(anyPolicies, fc.array(anyQuestion, { minLength: 5, maxLength: 10 }), (texts, questions) => {
      const authorize = authorizeBy(...texts);
      const staticPolicies = Object.fromEntries(
        policiesIn(texts.join('\n')).map(({ id, text }) => [id, text]),
      );
      for (const question of questions) {
        const answer = authorize(question);
        const whole = isAuthorized({ ...callOf(question), policies: { staticPolicies } });
        if (whole.type === 'failure') throw new Error(JSON.stringify(whole.errors));
        const { decision, diagnostics } = whole.response;
        const failed = diagnostics.errors.map(({ policyId }) => policyId).sort();
        expect(answer.decision).toBe(failed.length > 0 ? 'deny' : decision);
        expect(answer.determining.map(({ id }) => id)).toEqual([...diagnostics.reason].sort());
        expect(answer.errors.map((error) => error.split(' ')[0])).toEqual(failed);
        allowed += answer.decision === 'allow' ? 1 : 0;
      }
    }),
    { numRuns: 60 },
  );
  // Not all of it was denied, which would say nothing of permits.
  expect(allowed).toBeGreaterThan(3);
});
