import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { casesOf, changesTo } from '../../../src/config/policies/cases.ts';
import { exercisePolicies } from '../../../src/config/policies/exercise.ts';
import type { Installation, Service } from '../../../src/domain/installation/installation.ts';
import { testInstallation } from '../../support/installation.ts';
import { DEFAULT_POLICIES, policiesIn } from '../../support/policies.ts';

const { installation } = testInstallation();

const permit = (id: string, condition = 'true') =>
  `@id("${id}") permit (principal, action == Action::"execute", resource) when { ${condition} };`;
const forbid = (id: string, condition = 'true') =>
  `@id("${id}") @reason("r") forbid (principal, action == Action::"execute", resource) when { ${condition} };`;

const warnings = (policies: string, from: Installation = installation) =>
  exercisePolicies(from, policiesIn(policies), cedar).map(({ problem }) => problem);

test.each(['@requires("two")', '@route("slow")', '@watch("30m")'])(
  'a policy that wants something done is not said to change nothing: %s',
  (wish) => {
    expect(
      warnings(permit('all') + permit('some', 'context.level == 2').replace('@id', `${wish} @id`)),
    ).toEqual([]);
  },
);

describe('a policy that never counts', () => {
  test.each([
    'context.level > 3',
    'resource == Service::"nowhere"',
    'context.production && !context.production',
  ])('because of %s, is named', (condition) => {
    expect(warnings(permit('all') + forbid('never', condition))).toEqual([
      expect.stringMatching(/^never never counts: it held in none of \d+ questions that were tried$/),
    ]);
  });

  test.each([
    ['what an action type has', 'context.serviceDisruption == 4'],
    ['what none has yet', 'context.dataAccess > 0'],
    ['a level', 'context.level == 2'],
    ['a freeze', 'context.frozen'],
    ['irreversibility', '!context.reversible'],
    ['a number, on the spot', 'context.riskScore == 77'],
    ['a number of dependents', 'context.directDependents > 40'],
    ['a night of the week', 'context.weekday == 5 && context.hour >= 22 && context.frozen'],
    ['a day', 'context.date == datetime("2026-12-24")'],
    ['the days after one', 'context.date > datetime("2026-12-24")'],
    ['what may be absent', 'context has runbook && context.runbook == "flush"'],
    ['what is absent', '!(context has declaredTier)'],
    ['an agent', 'principal == Agent::"deploy-agent"'],
    ['the owner of an agent', 'principal in Group::"platform-ai"'],
    ['a service', 'resource == Service::"web"'],
    ['the owner of a service', 'resource in Group::"cart-team"'],
    ['an action type', 'context.actionType == ActionType::"version.deploy"'],
    ['an environment', 'context.environment == Environment::"production"'],
  ])('is not one that counts with %s', (_, condition) => {
    const named = warnings(permit('all') + forbid('some', condition)).filter((text) =>
      text.startsWith('some'),
    );
    expect(named).toEqual([]);
  });
});

test('a policy that compares the cost of waiting with that of being wrong is tried with a target in trouble', () => {
  const costly = testInstallation({
    services: Object.fromEntries(
      Object.entries(installation.services).map(([name, service]) => [
        name,
        { ...service, costPerHour: 100 },
      ]),
    ),
  }).installation;
  const stated = 'context has costOfWaiting && context has costOfBeingWrong';
  const more = 'context.costOfWaiting > context.costOfBeingWrong';
  const less = 'context.costOfWaiting < context.costOfBeingWrong';
  const isNamed = (...conditions: readonly string[]) =>
    warnings(permit('hurry', conditions.join(' && ')), costly).some((text) => text.startsWith('hurry'));
  expect(isNamed(stated, more)).toBe(false);
  expect(isNamed(stated, more, less)).toBe(true);
});

describe('a policy that another makes idle', () => {
  test('a permit that is always overruled, with those that overrule it', () => {
    expect(warnings(permit('p', 'context.frozen') + permit('q') + forbid('f', 'context.frozen'))).toEqual([
      'p permits nothing: wherever it would, f forbids it',
    ]);
  });

  test('a forbid inside another', () => {
    expect(
      warnings(
        permit('p') + forbid('narrow', 'context.security > 2') + forbid('wide', 'context.security > 1'),
      ),
    ).toEqual(['narrow changes nothing: wherever it forbids, wide does too']);
  });

  test('a permit inside another', () => {
    expect(warnings(permit('narrow', 'context.level == 3') + permit('wide', 'context.level >= 2'))).toEqual([
      'narrow changes nothing: wherever it permits, wide does too',
    ]);
  });

  test('two that always say the same are both named', () => {
    expect(warnings(permit('p') + forbid('f', 'context.frozen') + forbid('g', 'context.frozen'))).toEqual([
      'f changes nothing: wherever it forbids, g does too',
      'g changes nothing: wherever it forbids, f does too',
    ]);
  });

  test('two that overlap are not named, even where only one of them meets what the catalog has', () => {
    expect(
      warnings(
        permit('p') + forbid('f', '!context.reversible') + forbid('g', 'context.serviceDisruption == 4'),
      ),
    ).toEqual([]);
  });

  test('one that is made idle by several, each in its part, is not named', () => {
    const parts = forbid('calm', '!context.frozen') + forbid('frozen', 'context.frozen');
    expect(warnings(permit('p') + parts + forbid('low', 'context.level == 0'))).toEqual([
      'p permits nothing: wherever it would, calm or frozen or low forbids it',
    ]);
  });
});

test('each warning is at the place of its policy', () => {
  const policies = policiesIn(permit('p') + forbid('never', 'context.level > 3'));
  expect(exercisePolicies(installation, policies, cedar)).toEqual([
    { file: 'test.cedar', line: 1, problem: expect.stringContaining('never counts') },
  ]);
});

test('what is only about people is not judged', () => {
  expect(
    warnings('@id("a") permit (principal == User::"x", action == Action::"approve", resource);'),
  ).toEqual([]);
});

describe('a large catalog', () => {
  const services = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, n): [string, Service] => {
      const name = `s${n}`;
      const dependsOn = n % 7 === 0 ? [] : [`s${n - 1}`];
      const serviceTier = ([1, 2, 3, 4] as const)[n % 4] ?? 4;
      return [name, { name, owner: `group:team-${n % 100}`, serviceTier, dependsOn, timeZone: 'UTC' }];
    }),
  );
  const large = testInstallation({ services }).installation;

  test('is asked about by one service of each kind that the policies can tell apart', () => {
    const kinds = (policies: string) =>
      new Set(casesOf(large, policiesIn(policies)).map(({ resource }) => resource.id)).size;
    expect(kinds(DEFAULT_POLICIES)).toBeLessThanOrEqual(4 * 5);
    expect(kinds(`${DEFAULT_POLICIES}${forbid('f', 'resource == Service::"s77"')}`)).toBe(
      kinds(DEFAULT_POLICIES) + 1,
    );
  });

  test('whoever owns it: in a group that a policy names, or not', () => {
    const ofTeam = policiesIn(forbid('f', 'resource in Group::"team-7"'));
    const owners = new Set(casesOf(large, ofTeam).map(({ resource }) => resource.within[0]));
    expect(owners).toContain('group:team-7');
    expect(casesOf(large, ofTeam).length).toBeLessThan(
      2 * casesOf(large, policiesIn(permit('p'))).length + 1,
    );
    expect(warnings(permit('p') + forbid('f', 'resource in Group::"team-7"'), large)).toEqual([]);
  });
});

test('values are tried on, below and above each one that a policy compares with, as far as they exist', () => {
  const changes = (condition: string) => changesTo(policiesIn(permit('p', condition)));
  expect(changes('context.security >= 4')).toEqual([{ security: 3 }, { security: 4 }]);
  expect(changes('context.weekday == 7 && context.hour < 1')).toEqual(
    [0, 1, 2].flatMap((hour) => [6, 7].map((weekday) => ({ hour, weekday }))),
  );
  expect(changes('context.production')).toEqual([{ production: true }, { production: false }]);
  expect(changes('context.level > 1 && context.frozen')).toEqual([]);
});
