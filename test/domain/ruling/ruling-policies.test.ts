import { describe, expect, test } from 'vitest';
import type { Tier } from '../../../src/domain/action/action.ts';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import { excludedFrom, peopleIn } from '../../../src/domain/approval/requirement.ts';
import type { Agent } from '../../../src/domain/installation/installation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from '../../support/installation.ts';
import { defaultAuthorize, ruleOn } from '../../support/policies.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { ALL, APPROVE, ruledBy } from '../../support/ruled-by.ts';
import { actionTypeWith } from '../support.ts';

const { installation } = testInstallation();

const modesOf = (ruling: ReturnType<typeof ruledBy>) =>
  ruling.modes.map(({ mode, permitted }) => (permitted ? mode : `not ${mode}`));

describe('the floor stays', () => {
  test('INVARIANT 10: a policy that permits everything to everybody does not lower it', () => {
    const everything = '@id("all") permit (principal, action, resource);';
    const tiers = [
      proposal(),
      proposal({ target: 'cart' }),
      deploy('2.5.0'),
      proposal({ actionType: 'schema.migrate' }),
    ].map((given) => ruledBy(everything, given).tier);
    expect(tiers).toEqual([1, 2, 3, 4]);
  });

  test('INVARIANT 10: what has no rollback is with people, whatever a policy permits', () => {
    const tier = { 1: 1, 2: 1, 3: 1, 4: 1 } as const;
    const actionTypes = { 'cache.flush': actionTypeWith({ name: 'cache.flush', tier }) };
    const ruling = ruledBy(`${ALL}${APPROVE}`, proposal(), testInstallation({ actionTypes }).installation);
    expect(ruling).toMatchObject({ kind: 'permit', tier: 3, floor: 3, mode: 'executeWithApproval' });
  });

  test('INVARIANT 10: a tier that the agent declares raises it before policy is asked', () => {
    expect(ruledBy(`${ALL}${APPROVE}`, proposal({ declaredTier: 2 }))).toMatchObject({ tier: 2, floor: 2 });
  });
});

describe('INVARIANT 1: nothing runs that no policy permits', () => {
  test('without any policy, it is denied', () => {
    const ruling = ruledBy('');
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'deniedByPolicy', tier: 1, floor: 1 });
    expect(ruling.reasons).toEqual([
      'this action on a tier-3 service is tier 1',
      'running it at once is not permitted: no policy permits it',
      'running it after a window is not permitted: no policy permits it',
      'running it with approval is not permitted: no policy permits it',
      'recommending it is not permitted: no policy permits it',
    ]);
  });

  test('two permit and one forbids: it is forbidden, by id and reason', () => {
    const ruling = ruledBy(`${ALL}${APPROVE}
      @id("again") permit (principal, action == Action::"execute", resource);
      @id("not-catalog") @owner("group:catalog-team") @reason("it is sale week")
      forbid (principal, action == Action::"execute", resource == Service::"catalog");`);
    expect(ruling).toMatchObject({ kind: 'permit', tier: 2, mode: 'executeAfterWindow' });
    expect(ruling.reasons).toEqual([
      'this action on a tier-3 service is tier 1',
      'running it at once is not permitted: not-catalog forbids it (it is sale week)',
      'policy raised it to tier 2',
    ]);
    expect(ruling.modes).toEqual([
      {
        mode: 'execute',
        permitted: false,
        policies: [
          { id: 'not-catalog', effect: 'forbid', owner: 'group:catalog-team', reason: 'it is sale week' },
        ],
        errors: [],
      },
      {
        mode: 'executeAfterWindow',
        permitted: true,
        policies: [{ id: 'may-executeAfterWindow', effect: 'permit', owner: 'on-call', reason: '' }],
        errors: [],
      },
    ]);
  });

  test('what all modes forbid is denied, with every policy that forbade it', () => {
    const ruling = ruledBy(
      `${ALL} @id("stop") @reason("enough") forbid (principal is Agent, action, resource);`,
    );
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'deniedByPolicy' });
    expect(ruling.reasons).toContain('recommending it is not permitted: stop forbids it (enough)');
    expect(modesOf(ruling)).toEqual([
      'not execute',
      'not executeAfterWindow',
      'not executeWithApproval',
      'not recommend',
    ]);
  });

  test('a policy that cannot be evaluated stops the mode that others permit', () => {
    const ruling = ruledBy(`${ALL}${APPROVE}
      @id("overflows") forbid (principal is Agent, action == Action::"execute", resource)
      when { context.riskScore + 9223372036854775807 > 0 };`);
    expect(modesOf(ruling)).toEqual(['not execute', 'executeAfterWindow']);
    expect(ruling.modes[0]?.errors[0]).toContain('overflows could not be evaluated: integer overflow');
    expect(ruling.reasons[1]).toContain('overflows could not be evaluated');
  });

  test('a policy that cannot be evaluated in any mode denies', () => {
    const ruling = ruledBy(`${ALL} @id("reads-too-much") permit (principal, action, resource)
      when { context.runbook == "x" };`);
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'deniedByPolicy' });
  });
});

describe('what policies may tell apart', () => {
  const onlyWhen = (condition: string) => `${ALL}${APPROVE}
    @id("f") @reason("r") forbid (principal is Agent, action == Action::"execute", resource) when { ${condition} };`;

  test.each([
    ['principal == Agent::"cache-agent"', 2],
    ['principal == Agent::"deploy-agent"', 1],
    ['principal in User::"radia"', 2],
    ['resource == Service::"catalog"', 2],
    ['resource in Group::"catalog-team"', 2],
    ['resource in Group::"cart-team"', 1],
    ['context.actionType == ActionType::"cache.flush"', 2],
    ['context.actionType == ActionType::"version.deploy"', 1],
    ['context.environment == Environment::"production"', 2],
    ['context.production', 2],
    ['context.weekday == 6 && context.hour == 15 && context.minute == 0', 2],
    ['context.weekday == 5', 1],
    ['context.date == datetime("2026-03-14")', 2],
    ['context.date > datetime("2026-03-14")', 1],
    ['context has mostCriticalDependent && context.mostCriticalDependent == 1', 2],
    ['context has declaredTier', 1],
    ['context has runbook', 1],
    ['context.frozen', 1],
  ])('%s: tier %i', (condition, tier) => {
    expect(ruledBy(onlyWhen(condition)).tier).toBe(tier);
  });

  test('the facts that policy was asked with are in the ruling', () => {
    expect(ruledBy(ALL, proposal({ declaredTier: 1 })).context).toMatchObject({
      actionType: 'cache.flush',
      serviceTier: 3,
      level: 3,
      declaredTier: 1,
      hour: 15,
    });
  });
});

describe("an agent's level decides how much it may do by itself", () => {
  const withLevel = (level: Level) => {
    const agents = Object.fromEntries(
      Object.values(installation.agents).map((agent): [string, Agent] => [agent.id, { ...agent, level }]),
    );
    return testInstallation({ agents }).installation;
  };
  const levels: [Level, Tier][] = [
    [0, 4],
    [1, 3],
    [2, 2],
    [3, 1],
  ];

  test.each(levels)('level %i: what the floor has at tier 1 is tier %i', (level, tier) => {
    const from = withLevel(level);
    const resolved = resolve(from, proposal(), () => []);
    if (resolved.kind === 'refused') throw new Error('it is known');
    expect(ruleOn(from, resolved.action, undefined, defaultAuthorize)).toMatchObject({
      kind: 'permit',
      tier,
    });
  });
});

describe('who may approve', () => {
  const peopleOf = (ruling: ReturnType<typeof ruledBy>) => {
    if (!('requirement' in ruling)) throw new Error(`nobody is asked: ${ruling.reasons.join('; ')}`);
    return { approvers: peopleIn(ruling.requirement), excluded: excludedFrom(ruling.requirement) };
  };

  test('whoever a policy forbids is left out, and told why', () => {
    const policies = `${ALL}${APPROVE}
      @id("linus-on-leave") @reason("he is on leave")
      forbid (principal == User::"linus", action == Action::"approve", resource);`;
    expect(peopleOf(ruledBy(policies, deploy('2.5.0')))).toEqual({
      approvers: ['grace', 'margaret'],
      excluded: [
        expect.objectContaining({ person: 'ada' }),
        {
          person: 'linus',
          reason: 'approving is not permitted: linus-on-leave forbids it (he is on leave)',
        },
      ],
    });
  });

  test('a policy can name a group', () => {
    const policies = `${ALL} @id("sre") permit (principal in Group::"sre-on-call", action == Action::"approve", resource);`;
    expect(peopleOf(ruledBy(policies, deploy('2.5.0'))).approvers).toEqual(['linus', 'margaret']);
  });

  test('INVARIANT 1: where policy lets nobody approve, nothing runs', () => {
    const ruling = ruledBy(ALL, deploy('2.5.0'));
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'undeliverable' });
    expect(ruling.reasons.at(-1)).toBe('1 of checkout-team or sre-on-call must approve, and 0 could');
  });

  test('INVARIANT 4: no policy makes an approver of the side that asks', () => {
    const policies = `${ALL} @id("anybody") permit (principal, action, resource);`;
    expect(peopleOf(ruledBy(policies, deploy('2.5.0'))).approvers).not.toContain('ada');
  });
});

test('the same action, asked twice of the same policies, is ruled the same', () => {
  for (const given of [proposal(), deploy('2.5.0')]) expect(ruledBy(ALL, given)).toEqual(ruledBy(ALL, given));
});
