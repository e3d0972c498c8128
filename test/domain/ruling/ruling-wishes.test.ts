import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../src/domain/action/action.ts';
import { peopleIn, textOf } from '../../../src/domain/approval/requirement.ts';
import type { Rules } from '../../../src/domain/installation/installation.ts';
import { testInstallation } from '../../support/installation.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { ALL, APPROVE, ruledBy } from '../../support/ruled-by.ts';
import { actionTypeWith } from '../support.ts';

const { installation } = testInstallation();

/** With a rollback and no metrics. */
const blind = actionTypeWith({ name: 'cache.flush', tier: { 1: 1, 2: 1, 3: 1, 4: 1 } });
const unwatched = testInstallation({
  actionTypes: { 'cache.flush': { ...blind, rollback: blind.execute } },
}).installation;

describe('a policy that requires an approval rule', () => {
  const USUAL = '1 of checkout-team or sre-on-call';
  const rules: Rules = {
    ...installation.rules,
    approvalRules: {
      'two-people': { atLeast: 2, of: ['owners', 'on-call'] },
      sre: { atLeast: 1, of: ['on-call'] },
      owner: { atLeast: 1, of: ['owners'] },
    },
  };
  const from = testInstallation({ rules }).installation;
  const requiring = (rule: string, condition = 'true') => `
    @id("needs-${rule}") @requires("${rule}") @reason("r")
    forbid (principal is Agent, action in [Action::"execute", Action::"executeAfterWindow"], resource)
    when { ${condition} };`;
  const requirementOf = (policies: string, given: Proposal) => {
    const ruling = ruledBy(`${ALL}${APPROVE}${policies}`, given, from);
    if (!('requirement' in ruling)) throw new Error(ruling.reasons.join('; '));
    return { text: textOf(ruling.requirement), tier: ruling.tier };
  };

  test('raises the action to people, who must meet the rule', () => {
    expect(requirementOf(requiring('two-people'), proposal())).toEqual({
      text: '1 of catalog-team or sre-on-call, and 2 of catalog-team or sre-on-call',
      tier: 3,
    });
  });

  test('also where the floor is there already', () => {
    expect(requirementOf(requiring('sre'), deploy('2.5.0')).text).toBe(`${USUAL}, and 1 of sre-on-call`);
  });

  test('is not asked for where it does not count', () => {
    expect(requirementOf(requiring('two-people', 'context.security > 0'), deploy('2.5.0')).text).toBe(USUAL);
  });

  test('may be one that permits', () => {
    const permits = `@id("p") @requires("sre")
      permit (principal, action == Action::"executeWithApproval", resource);`;
    expect(requirementOf(permits, deploy('2.5.0')).text).toBe(`${USUAL}, and 1 of sre-on-call`);
    expect(requirementOf(permits, proposal({ target: 'cart' }))).toEqual({
      text: '1 of cart-team or sre-on-call',
      tier: 2,
    });
  });

  test('beside another: both must be met', () => {
    const both = `${requiring('owner')}${requiring('sre')}`;
    expect(requirementOf(both, deploy('2.5.0')).text).toBe(
      `${USUAL}, and 1 of checkout-team, and 1 of sre-on-call`,
    );
  });

  test('INVARIANT 1: whom a policy does not let approve is not among those that another requires', () => {
    const barred = `@id("not-linus") @reason("r")
      forbid (principal == User::"linus", action == Action::"approve", resource);`;
    const ruling = ruledBy(`${ALL}${APPROVE}${barred}${requiring('sre')}`, deploy('2.5.0'), from);
    if (!('requirement' in ruling)) throw new Error(ruling.reasons.join('; '));
    expect(peopleIn(ruling.requirement)).toEqual(['grace', 'margaret']);
  });

  test('INVARIANT 1: a rule that is not there can be met by nobody', () => {
    const ruling = ruledBy(`${ALL}${APPROVE}${requiring('nowhere')}`, deploy('2.5.0'), from);
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'undeliverable' });
  });
});

describe('a policy that wants another route', () => {
  const step = (minutes: number) => ({ notify: 'owners', by: 'mail', waitMs: minutes * 60_000 }) as const;
  const rules: Rules = {
    ...installation.rules,
    routes: { quick: { steps: [step(1)] }, slow: { steps: [step(30), step(30)] } },
  };
  const from = testInstallation({ rules }).installation;
  const along = (route: string, condition = 'true') => `
    @id("along-${route}") @route("${route}") @reason("r")
    permit (principal is Agent, action in [Action::"executeAfterWindow", Action::"executeWithApproval"], resource)
    when { ${condition} };`;
  const routeOf = (policies: string, given: Proposal) => {
    const ruling = ruledBy(`${ALL}${APPROVE}${policies}`, given, from);
    if (!('route' in ruling)) throw new Error(ruling.reasons.join('; '));
    return {
      waits: ruling.route.steps.flatMap((step) => ('waitMs' in step ? step.waitMs / 60_000 : [])),
      onSilence: ruling.route.onSilence,
    };
  };
  const cart = proposal({ target: 'cart' });

  test('gets it in a window, which still ends as a window does', () => {
    expect(routeOf(along('quick'), cart)).toEqual({ waits: [1], onSilence: 'proceed' });
  });

  test('INVARIANT 1: and before an approval, where silence still never approves', () => {
    expect(routeOf(along('quick'), deploy('2.5.0'))).toEqual({ waits: [1], onSilence: 'deny' });
  });

  test('of several, the one that gives people the most time', () => {
    expect(routeOf(along('quick') + along('slow'), cart).waits).toEqual([30, 30]);
    expect(routeOf(along('slow') + along('quick'), cart).waits).toEqual([30, 30]);
  });

  test('not where it does not count, or where it names none that is there', () => {
    const usual = routeOf('', cart);
    expect(routeOf(along('quick', 'context.security > 0'), cart)).toEqual(usual);
    expect(routeOf(along('gone'), cart)).toEqual(usual);
  });

  test('may be one that stops a less patient mode', () => {
    const stops = `@id("f") @route("slow") @reason("r") forbid (principal, action == Action::"execute", resource);`;
    expect(routeOf(stops, proposal())).toEqual({ waits: [30, 30], onSilence: 'proceed' });
  });
});

describe('a policy that wants the effect watched', () => {
  const watching = (minutes: number, condition = 'true') => `
    @id("look-${minutes}") @watch("${minutes}m") @reason("r")
    permit (principal is Agent, action in [Action::"execute", Action::"executeWithApproval"], resource)
    when { ${condition} };`;

  test('has it watched for as long as the most careful of them says', () => {
    const both = watching(5) + watching(30) + watching(60, 'context.security > 0');
    expect(ruledBy(`${ALL}${APPROVE}${both}`, deploy('2.5.0')).watchForMs).toBe(30 * 60_000);
    expect(ruledBy(`${ALL}${APPROVE}`, deploy('2.5.0'))).not.toHaveProperty('watchForMs');
  });

  test('INVARIANT 7: what has no metrics does not run then', () => {
    const flush = ruledBy(`${ALL}${APPROVE}${watching(5)}`, proposal(), unwatched);
    expect(flush).toMatchObject({ kind: 'permit', tier: 2 });
    expect(flush.reasons).toContain(
      'running it at once is not permitted: look-5 wants it watched, and its action type has no metrics to watch',
    );
  });
});
