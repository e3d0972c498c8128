import { describe, expect, test } from 'vitest';
import type { Alternative, AlternativeAction, Proposal } from '../../../src/domain/action/action.ts';
import { actionsAmong, asNoAction, asRuled } from '../../../src/domain/background/alternatives.ts';
import { circumstancesOf } from '../../../src/domain/calendar/calendar.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact } from '../../../src/domain/risk/impact.ts';
import { judge } from '../../../src/domain/ruling/judge.ts';
import { testInstallation } from '../../support/installation.ts';
import { defaultAuthorize, RULED_AT } from '../../support/policies.ts';
import { deploy } from '../../support/proposals.ts';
import { heldAt } from '../../support/standing.ts';
import { aPastAction, calmFacts } from '../support.ts';

const { installation } = testInstallation();

const option = (action?: AlternativeAction): Alternative => ({
  option: 'something else',
  confidence: 0.4,
  whyNot: 'slower',
  ...(action ? { action } : {}),
});
const considered = (...alternatives: Alternative[]): Proposal =>
  deploy('2.5.0', { rationale: { summary: 'It mends totals.', confidence: 0.9, alternatives } });

describe('the alternatives that are looked into', () => {
  test('are those that the agent names as actions, with their places; nothing is guessed from their texts', () => {
    const proposal = considered(
      { ...option(), option: 'cache.flush on catalog' },
      option({ type: 'cache.flush', target: 'catalog', params: { keys: ['prices'] } }),
    );
    expect(actionsAmong(proposal)).toEqual([
      {
        place: 1,
        proposal: { ...proposal, actionType: 'cache.flush', target: 'catalog', params: { keys: ['prices'] } },
      },
    ]);
  });

  test('have the target and the environment of the proposal, and no parameters of it', () => {
    expect(actionsAmong(considered(option({ type: 'cache.flush' })))[0]?.proposal).toMatchObject({
      target: 'checkout',
      environment: 'production',
      params: {},
    });
  });

  test('are three at the most', () => {
    const alternatives = ['a', 'b', 'c', 'd'].map((type) => option({ type }));
    expect(actionsAmong(considered(...alternatives)).map(({ place }) => place)).toEqual([0, 1, 2]);
  });

  test('are not ruled by the tier that the agent declares for the action itself', () => {
    const proposal = { ...considered(option({ type: 'cache.flush' })), declaredTier: 4 } as const;
    expect(actionsAmong(proposal)[0]?.proposal).not.toHaveProperty('declaredTier');
  });
});

describe('what an alternative would be ruled', () => {
  const ruled = (action: AlternativeAction, authorize = defaultAuthorize, past = calmFacts.past) => {
    const [alternative] = actionsAmong(considered(option(action)));
    const resolved = alternative && resolve(installation, alternative.proposal, () => []);
    if (resolved?.kind !== 'resolved') throw new Error('it is no action');
    const impact = assessImpact(installation, resolved, { ...calmFacts, past });
    const circumstances = circumstancesOf(installation, resolved.action, RULED_AT);
    const asked = { action: resolved.action, impact, held: heldAt(3), circumstances, at: RULED_AT };
    return asRuled(0, asked, judge(installation, authorize, asked));
  };

  test('is its tier, its mode, its risk, and how such actions ended on its target', () => {
    const past = [
      aPastAction({ actionId: 'one' }),
      aPastAction({ actionId: 'two', closed: { at: 3_000, outcome: 'rolledBack' } }),
      aPastAction({ actionId: 'elsewhere', target: 'search' }),
    ];
    expect(ruled({ type: 'cache.flush', target: 'catalog' }, defaultAuthorize, past)).toEqual({
      kind: 'permitted',
      place: 0,
      title: 'flush the cache of catalog',
      tier: 1,
      mode: 'execute',
      risk: expect.any(Number),
      onTarget: { ran: 2, well: 1 },
    });
    expect(ruled({ type: 'schema.migrate' })).toMatchObject({ tier: 4, mode: 'recommend' });
  });

  test('is a refusal with its reason, where policy permits nothing', () => {
    const nothing = () => ({ decision: 'deny', determining: [], errors: [] }) as const;
    expect(ruled({ type: 'cache.flush' }, nothing)).toMatchObject({
      kind: 'forbidden',
      reason: expect.stringContaining('no policy permits it'),
    });
  });

  test("INVARIANT 12: the agent's words in a title stay on one line, hide nothing, and are cut", () => {
    const { action, impact } = aRuling();
    const title = `deploy ${'\u{1F600}'.repeat(400)}\n\u202E`;
    const facts = asRuled(0, { action: { ...action, title }, impact }, aRuling().judgement);
    const shown = 'title' in facts ? facts.title : '';
    expect(shown.length).toBeLessThanOrEqual(303);
    expect(shown).not.toMatch(/\p{Surrogate}/u);
    const shortTitle = { ...action, title: 'flush\n\u202E it' };
    expect(asRuled(0, { action: shortTitle, impact }, aRuling().judgement)).toMatchObject({
      title: 'flush\\u{A}\\u{202E} it',
    });
  });

  function aRuling() {
    const resolved = resolve(installation, considered(option()), () => []);
    if (resolved.kind !== 'resolved') throw new Error('it is no action');
    const impact = assessImpact(installation, resolved, calmFacts);
    const circumstances = circumstancesOf(installation, resolved.action, RULED_AT);
    const asked = { action: resolved.action, impact, held: heldAt(3), circumstances, at: RULED_AT };
    return { ...asked, judgement: judge(installation, defaultAuthorize, asked) };
  }
});

test('an alternative that is no action here says why', () => {
  const unknown = [{ where: 'actionType', problem: 'cache.warm is unknown' }];
  expect(asNoAction(2, unknown)).toEqual({
    kind: 'noAction',
    place: 2,
    reason: 'it names no action type of this installation',
  });
  expect(asNoAction(0, [{ where: 'params.count', problem: 'must be at most 9' }])).toMatchObject({
    reason: 'it fits no action here: params.count: must be at most 9',
  });
});
