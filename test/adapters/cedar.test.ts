import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callOf } from '../../src/adapters/cedar/authorize.ts';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { schemaOf } from '../../src/adapters/cedar/schema.ts';
import { POLICY_ACTIONS, type PolicyContext, type PolicyQuestion } from '../../src/domain/policy/policy.ts';
import { authorizeBy } from '../support/policies.ts';

const CONTEXT: PolicyContext = {
  actionType: 'cache.flush',
  environment: 'production',
  production: true,
  serviceTier: 1,
  performance: 0,
  security: 1,
  dataAccess: 2,
  serviceDisruption: 3,
  riskScore: 50,
  rollbackDifficulty: 1,
  reversible: true,
  directDependents: 2,
  transitiveDependents: 0,
  level: 3,
  frozen: false,
  outsideWindow: false,
  hour: 12,
  minute: 0,
  weekday: 2,
  date: '2026-01-13',
};
const VOCABULARY = { actionTypes: ['cache.flush'], environments: ['production', 'staging'] };

const question = (changes: Partial<PolicyQuestion> = {}): PolicyQuestion => ({
  action: 'execute',
  principal: { type: 'Agent', id: 'a', within: ['group:platform-ai', 'user:radia'] },
  resource: { type: 'Service', id: 'cart', within: ['group:cart-team', 'group:engineering'] },
  context: CONTEXT,
  ...changes,
});
const asUser = { type: 'User', id: 'ada', within: ['group:cart-team'] } as const;

describe('an answer', () => {
  const permit = '@id("p") @owner("user:ada") @reason("fine") permit (principal, action, resource);';

  test('names the policies that it rests on, by their ids, with owner and reason', () => {
    expect(authorizeBy(permit)(question())).toEqual({
      decision: 'allow',
      determining: [{ id: 'p', effect: 'permit', owner: 'user:ada', reason: 'fine' }],
      errors: [],
    });
  });

  test('is no where nothing permits', () => {
    expect(authorizeBy('')(question())).toEqual({ decision: 'deny', determining: [], errors: [] });
  });

  test('is no where anything forbids, and names all that do', () => {
    const forbids = ['g', 'f'].map((id) => `@id("${id}") @reason("r") forbid (principal, action, resource);`);
    const { decision, determining } = authorizeBy(permit, ...forbids)(question());
    expect([decision, determining.map(({ id }) => id)]).toEqual(['deny', ['f', 'g']]);
  });

  test('knows what principal and resource are in', () => {
    const yes = (scope: string) => authorizeBy(`@id("p") permit (${scope});`)(question()).decision;
    expect(yes('principal in Group::"platform-ai", action, resource')).toBe('allow');
    expect(yes('principal in User::"radia", action, resource')).toBe('allow');
    expect(yes('principal, action, resource in Group::"engineering"')).toBe('allow');
    expect(yes('principal in Group::"engineering", action, resource')).toBe('deny');
    expect(yes('principal, action, resource == Service::"checkout"')).toBe('deny');
  });

  test('of two sets of policies is that of its own', () => {
    const [one, other] = [authorizeBy(permit), authorizeBy('')];
    expect([one(question()).decision, other(question()).decision]).toEqual(['allow', 'deny']);
  });
});

describe('INVARIANT 1: what cannot be evaluated is denied', () => {
  const permit = '@id("p") permit (principal, action, resource);';

  test.each([
    ['a forbid that overflows', 'forbid', 'context.riskScore * 9223372036854775807 > 0', 'overflow'],
    ['a permit that overflows', 'permit', 'context.riskScore * 9223372036854775807 > 0', 'overflow'],
    ['a forbid that reads what is absent', 'forbid', 'context.runbook == "x"', 'runbook'],
    ['a permit that reads what is absent', 'permit', 'context.runbook == "x"', 'runbook'],
    ['a comparison of what cannot be compared', 'forbid', 'context.environment > 1', 'type error'],
  ])('INVARIANT 1: %s', (_, effect, condition, problem) => {
    const broken = `@id("broken") ${effect} (principal, action, resource) when { ${condition} };`;
    const { decision, errors } = authorizeBy(permit, broken)(question());
    expect(decision).toBe('deny');
    expect(errors).toEqual([expect.stringContaining('broken could not be evaluated: ')]);
    expect(errors[0]).toContain(problem);
  });

  test.each([
    ['an attribute that is in no schema', { ...CONTEXT, agentSays: 'please' }],
    ['a number that is none', { ...CONTEXT, riskScore: Number.NaN }],
    ['half a number', { ...CONTEXT, riskScore: 0.5 }],
    ['a date that is none', { ...CONTEXT, date: '2026-02-30' }],
  ])('INVARIANT 1: %s in the question', (_, context) => {
    const { decision, errors } = authorizeBy(permit)(question({ context }));
    expect([decision, errors.length]).toEqual(['deny', 1]);
  });

  test('an error is told beside those that forbid', () => {
    const { determining, errors } = authorizeBy(
      '@id("f") forbid (principal, action, resource);',
      '@id("e") forbid (principal, action, resource) when { context.runbook == "x" };',
    )(question());
    expect([determining.map(({ id }) => id), errors.length]).toEqual([['f'], 1]);
  });
});

describe('the schema', () => {
  const anyTier = fc.integer({ min: 1, max: 4 });
  const anyOptional = fc.record(
    { mostCriticalDependent: anyTier, declaredTier: anyTier, runbook: fc.string() },
    { requiredKeys: [] },
  );
  const schema = schemaOf(VOCABULARY);
  const refusalsOf = (asked: PolicyQuestion) => {
    const answer = isAuthorized({
      ...callOf(asked),
      schema,
      validateRequest: true,
      policies: { staticPolicies: {} },
    });
    return answer.type === 'failure' ? answer.errors.map(({ message }) => message) : [];
  };

  test('takes every question that the domain asks', () => {
    fc.assert(
      fc.property(anyOptional, (optional) => {
        const context = { ...CONTEXT, ...optional };
        for (const action of POLICY_ACTIONS.slice(0, 4)) {
          expect(refusalsOf(question({ action, context }))).toEqual([]);
        }
        expect(refusalsOf(question({ action: 'approve', context, principal: asUser }))).toEqual([]);
        const onCall = { ...context, onCall: true };
        expect(refusalsOf(question({ action: 'breakGlass', context: onCall, principal: asUser }))).toEqual(
          [],
        );
      }),
      { numRuns: 30 },
    );
  });

  test('takes a grant: a person, an agent, and which level for what', () => {
    const agent = { type: 'Agent', id: 'a', within: [] } as const;
    const context = { actionType: 'cache.flush', serviceTier: 2, level: 2 };
    const grant = question({ action: 'grant', principal: asUser, resource: agent, context });
    expect(refusalsOf(grant)).toEqual([]);
    expect(refusalsOf({ ...grant, context: CONTEXT })).not.toEqual([]);
  });

  test('refuses a question without what every policy may rely on', () => {
    const { level: _, ...context } = CONTEXT;
    expect(refusalsOf(question({ context }))).toEqual([expect.stringContaining('level')]);
  });

  test('has a place for an installation without action types', () => {
    const { problems } = cedar.validate({ actionTypes: [], environments: ['production'] }, [
      'permit (principal, action, resource);',
    ]);
    expect(problems).toEqual([]);
  });
});

describe('a file', () => {
  const policiesOf = (text: string) => cedar.parse(text).policies;

  test('is taken apart into its policies, with comments and semicolons inside texts', () => {
    const text = `// one; of two
@id("a;b") permit (principal, action, resource) // not; here
when { context.runbook like "x;*" };
  @id("b") forbid (principal, action, resource); // the end`;
    expect(
      policiesOf(text).map(({ annotations, offset }) => [annotations.id, text.slice(offset, offset + 4)]),
    ).toEqual([
      ['a;b', '@id('],
      ['b', '@id('],
    ]);
  });

  test('may be empty, or hold comments alone', () => {
    expect(cedar.parse('')).toEqual({ policies: [], problems: [] });
    expect(cedar.parse('// later;\n')).toEqual({ policies: [], problems: [] });
  });

  test('tells what each policy is about', () => {
    const [policy] = policiesOf(`permit (
      principal in Group::"sre", action in [Action::"execute", Action::"recommend"], resource == Service::"cart"
    ) when {
      context.hour >= 22 && [6, 7].contains(context.weekday) && context has runbook && !context.frozen &&
      context.date < datetime("2026-12-24") && context.environment == Environment::"production"
    };`);
    expect(policy).toMatchObject({
      effect: 'permit',
      actions: ['execute', 'recommend'],
      entities: [{ id: 'sre' }, { id: 'cart' }, { id: 'production' }],
      reads: {
        hour: [22],
        weekday: [6, 7],
        runbook: [],
        frozen: [],
        date: ['2026-12-24'],
        environment: [],
      },
    });
    expect(policy?.entities.map(({ offset }) => policy.text.slice(offset).split('"')[1])).toEqual([
      'sre',
      'cart',
      'production',
    ]);
  });

  test.each([
    ['permit (principal, action, resource)', 36, 'unexpected end of input'],
    ['permit (principal, acton, resource);', 19, 'invalid variable'],
    ['permit (principal == ?principal, action, resource);', 21, 'template'],
    ['@id("x") @id("y") permit (principal, action, resource);', 9, 'duplicate annotation'],
    ['permit (principal, action, resource) when { "ä" === 1 };', 50, 'unexpected token'],
  ])('%s has a problem at offset %i', (text, offset, problem) => {
    const { policies, problems } = cedar.parse(`// ä\n${text}`);
    expect(policies).toEqual([]);
    expect(problems).toEqual([{ offset: offset + 5, problem: expect.stringContaining(problem) }]);
  });

  test('has all its problems told at once, and its sound policies beside them', () => {
    const { policies, problems } = cedar.parse(
      'permit (a); permit (principal, action, resource); forbid (b);',
    );
    expect([policies.length, problems.length]).toEqual([1, 2]);
  });
});

describe('validation', () => {
  const when = (condition: string) =>
    `forbid (principal is Agent, action == Action::"execute", resource) when { ${condition} };`;
  const problemsOf = (text: string) =>
    cedar
      .validate(VOCABULARY, [text])
      .problems.map(({ offset, problem }) => [text.slice(offset).split(/[ ;]/)[0], problem]);

  test.each([
    [
      when('context.levle > 2'),
      'context.levle',
      'attribute `levle` in context for Action::"execute" not found; did you mean `level`?',
    ],
    [when('context.runbook == "x"'), 'context.runbook', /optional attribute `runbook`.*context has runbook/],
    [when('context.level == "3"'), 'context.level', /Long and String are not compatible/],
    [
      when('context.date < datetime("2026-13-01")'),
      'datetime("2026-13-01")',
      /failed to parse as a datetime/,
    ],
    [when('resource.tier == 1'), 'resource.tier', /attribute `tier`.*not found/],
    ['permit (principal is Agnet, action, resource);', 'Agnet,', /unrecognized entity type `Agnet`.*`Agent`/],
    [
      'permit (principal, action == Action::"exeute", resource);',
      'Action::"exeute",',
      /unrecognized action.*execute/,
    ],
  ])('%s', (text, place, problem) => {
    expect(problemsOf(text)).toEqual([
      [place, typeof problem === 'string' ? problem : expect.stringMatching(problem)],
    ]);
  });

  test('what can never count is a warning', () => {
    const texts = [
      when('context.production && false'),
      'permit (principal == User::"ada", action == Action::"execute", resource);',
      when('context.production'),
    ];
    expect(cedar.validate(VOCABULARY, texts)).toEqual({
      problems: [],
      warnings: [0, 1].map((policy) => ({
        policy,
        offset: 0,
        problem: expect.stringContaining('can never count'),
      })),
    });
  });
});
