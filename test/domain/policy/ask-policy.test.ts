import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tier } from '../../../src/domain/action/action.ts';
import { askModes, grantOf, limitIn, limitsOf, refusalOf } from '../../../src/domain/policy/ask-policy.ts';
import {
  type Authorization,
  type Authorize,
  MODES,
  type PolicyMention,
} from '../../../src/domain/policy/policy.ts';

const QUESTION = {
  principal: { type: 'Agent', id: 'a', within: [] },
  resource: { type: 'Service', id: 's', within: [] },
  context: {},
} as const;
const TIERS = [1, 2, 3, 4] as const;

const permit = (id: string, more: Partial<PolicyMention> = {}): PolicyMention => ({
  id,
  effect: 'permit',
  owner: 'on-call',
  reason: `because of ${id}`,
  ...more,
});
const forbid = (id: string, more: Partial<PolicyMention> = {}): PolicyMention => ({
  id,
  effect: 'forbid',
  owner: 'group:sre',
  reason: `because of ${id}`,
  ...more,
});
const allowed = (...determining: PolicyMention[]): Authorization => ({
  decision: 'allow',
  determining,
  errors: [],
});
const denied = (...determining: PolicyMention[]): Authorization => ({
  decision: 'deny',
  determining,
  errors: [],
});

/** Answers for the modes of tier 1 to 4, in their order. */
function answering(...answers: Authorization[]): Authorize {
  const byMode = new Map<string, Authorization | undefined>(MODES.map((mode, i) => [mode, answers[i]]));
  return ({ action }) => byMode.get(action) ?? denied();
}

/** Asked about an action that is watched. */
const ask = (floor: Tier, ...answers: Authorization[]) =>
  askModes(answering(...answers), QUESTION, { floor, watched: true });
const granted = (floor: Tier, ...answers: Authorization[]) => ask(floor, ...answers).granted;

describe('the ruling is the first mode that is permitted', () => {
  const [yes, no] = [allowed(permit('p')), denied(forbid('f'))];

  test.each([
    [[yes, yes, yes, yes], 1],
    [[no, yes, yes, yes], 2],
    [[no, no, yes, yes], 3],
    [[no, no, no, yes], 4],
    [[no, yes, no, yes], 2],
    [[no, no, no, no], undefined],
  ])('%#: tier %s', (answers, tier) => {
    expect(granted(1, ...answers)).toBe(tier);
  });

  test('INVARIANT 10: and never one below the floor, whatever policies permit', () => {
    const anyAnswer = fc.constantFrom(yes, no);
    fc.assert(
      fc.property(
        fc.constantFrom(...TIERS),
        fc.tuple(anyAnswer, anyAnswer, anyAnswer, anyAnswer),
        (floor, four) => {
          const expected = TIERS.find((tier) => tier >= floor && four[tier - 1] === yes);
          expect(granted(floor, ...four)).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('no more is asked than that', () => {
    const { asked } = ask(1, no, yes, yes, yes);
    expect(asked.map(({ mode, permitted }) => [mode, permitted])).toEqual([
      ['execute', false],
      ['executeAfterWindow', true],
    ]);
  });

  test('what lies below the floor is asked too, and told', () => {
    const { asked, granted } = ask(3, yes, no, yes);
    expect(granted).toBe(3);
    expect(asked.map(({ permitted }) => permitted)).toEqual([true, false, true]);
  });
});

describe('what must be approved is never automatic', () => {
  const sign = forbid('sign', { requires: 'two-people' });

  test('a rule that a policy requires is collected from every mode, also below the floor', () => {
    const both = denied(sign, forbid('other', { requires: 'a-rule' }));
    const { counted, granted } = ask(3, both, denied(sign), allowed(permit('p')));
    expect(granted).toBe(3);
    expect(counted.map(({ id, requires }) => [id, requires])).toEqual([
      ['sign', 'two-people'],
      ['other', 'a-rule'],
      ['p', undefined],
    ]);
  });

  test('INVARIANT 1: a policy that requires a rule at once, and not in a window, lets nothing run in a window', () => {
    const yes = allowed(permit('p'));
    expect(granted(1, denied(sign), yes, yes, yes)).toBe(3);
    expect(granted(1, allowed({ ...permit('p'), requires: 'two-people' }), yes, yes, yes)).toBe(3);
    expect(granted(1, denied(forbid('f')), yes, yes, yes)).toBe(2);
  });

  test('rules are collected however many policies count; of the policies, twenty are kept', () => {
    const many = Array.from({ length: 30 }, (_, n) => forbid(`f${n}`, { requires: `rule-${n}` }));
    const { asked, counted } = ask(1, denied(...many), denied(), allowed(permit('p')));
    expect(counted).toHaveLength(31);
    expect(asked[0]?.policies).toHaveLength(20);
  });
});

describe('what a policy wants done', () => {
  const quick = permit('quick', { route: 'quick' });
  const slow = forbid('slow', { route: 'slow', watchForMs: 60_000 });
  const idsOf = (floor: Tier, ...answers: Authorization[]) =>
    ask(floor, ...answers).counted.map(({ id }) => id);

  test('counts when it permits what is granted, or stopped what came before', () => {
    expect(idsOf(1, denied(slow), allowed(quick))).toEqual(['slow', 'quick']);
  });

  test('does not count where it permits what the floor does not let through', () => {
    expect(idsOf(3, allowed(quick), allowed(quick), allowed(permit('p')))).toEqual(['p']);
  });

  test('INVARIANT 7: what cannot be watched does not run where a policy wants it watched; it is recommended', () => {
    const watching = allowed(permit('look', { watchForMs: 60_000 }));
    const answers = answering(watching, watching, watching, allowed(permit('say')));
    const of = (watched: boolean) => askModes(answers, QUESTION, { floor: 1, watched });
    expect(of(true).granted).toBe(1);
    expect(of(false).granted).toBe(4);
    expect(of(false).asked[0]?.errors).toEqual([
      'look wants it watched, and its action type has no metrics to watch',
    ]);
    expect(
      askModes(answering(denied(slow), allowed(quick)), QUESTION, { floor: 1, watched: false }).granted,
    ).toBe(undefined);
  });
});

describe('in words', () => {
  const errors = ['p could not be evaluated: overflow'];

  test.each([
    [denied(forbid('f')), 'f forbids it (because of f)'],
    [denied(forbid('f'), forbid('g')), 'f forbids it (because of f), g forbids it (because of g)'],
    [denied(), 'no policy permits it'],
    [{ decision: 'deny', determining: [permit('p')], errors }, 'p could not be evaluated: overflow'],
  ] as const)('%#: why a mode is not permitted', (answer, words) => {
    const [first] = ask(1, answer).asked;
    expect(first && refusalOf(first)).toBe(`running it at once is not permitted: ${words}`);
  });

  test('what was permitted, and by which policies', () => {
    const { asked } = ask(1, denied(), allowed(permit('p'), permit('q')));
    expect(grantOf(asked)).toBe('running it after a window is permitted by p, q');
    expect(grantOf(ask(1).asked)).toBeUndefined();
    expect(grantOf([])).toBeUndefined();
  });

  test('a policy limited a ruling when it stopped what the floor allowed, or requires a rule; each once', () => {
    const { asked } = ask(
      2,
      denied(forbid('below'), forbid('sign', { requires: 'two-people' })),
      denied(forbid('at'), forbid('both')),
      denied(forbid('both')),
      allowed(permit('p')),
    );
    expect(limitsOf(asked, 2).map(({ id }) => id)).toEqual(['sign', 'at', 'both']);
  });

  test.each([
    [forbid('f'), 'f of group:sre: because of f'],
    [forbid('f', { requires: 'r' }), 'f of group:sre: because of f; it requires r'],
    [
      permit('p', { route: 'quick', watchForMs: 1_800_000 }),
      'p of on-call: because of p; it asks along quick; it wants it watched for 30 min',
    ],
  ])('%#: whose it is, why, and what it requires', (policy, words) => {
    expect(limitIn(policy)).toBe(words);
  });
});
