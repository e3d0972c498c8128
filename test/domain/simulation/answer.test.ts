import { describe, expect, test } from 'vitest';
import type { Requirement } from '../../../src/domain/approval/requirement.ts';
import { type Answer, differenceOf, implies } from '../../../src/domain/simulation/answer.ts';
import { aQuorum, aRequirement } from '../support.ts';

const one = aRequirement(1, 'linus', 'margaret');
const two = aRequirement(2, 'linus', 'margaret');
const more = aRequirement(1, 'linus', 'margaret', 'grace');
const checkout = aQuorum('checkout-team', 1, 'ada', 'grace');

describe('who meets the one requirement meets the other', () => {
  test.each<[string, Requirement, Requirement, boolean, boolean]>([
    ['the same', one, one, true, true],
    ['fewer people are needed', one, two, false, true],
    ['one person more may approve', one, more, true, false],
    ['other people', one, checkout, false, false],
    ['a second group must approve too', one, { allOf: [one, checkout] }, false, true],
    ['a second group may approve instead', one, { anyOf: [one, checkout] }, true, false],
    ['both groups, in another order', { allOf: [one, checkout] }, { allOf: [checkout, one] }, true, true],
    ['a group that is asked for twice', { allOf: [one, one] }, one, true, false],
  ])('%s', (_, first, second, forth, back) => {
    expect([implies(first, second), implies(second, first)]).toEqual([forth, back]);
  });

  test('people who could not decide do not count', () => {
    const powerless = { ...one, approvers: one.approvers.map((each) => ({ ...each, keys: [] })) };
    expect(implies({ anyOf: [checkout, powerless] }, checkout)).toBe(true);
  });
});

const judged = { reasons: [], floor: 1, modes: [], context: {} } as const;
const review = { withinMs: 1, requirement: one };
const route = (waitMs: number, onSilence: 'deny' | 'proceed') =>
  ({ steps: [{ by: 'mail', whom: 'owners', people: ['linus'], waitMs }], onSilence }) as const;

const atOnce: Answer = { ...judged, kind: 'permit', tier: 1, mode: 'execute', review, admitWithinMs: 1 };
const window = (minutes: number, requirement: Requirement = one): Answer => ({
  ...judged,
  kind: 'permit',
  tier: 2,
  mode: 'executeAfterWindow',
  requirement,
  route: route(minutes * 60_000, 'proceed'),
  review,
  admitWithinMs: 1,
});
const approval = (requirement: Requirement): Answer => ({
  ...judged,
  kind: 'permit',
  tier: 3,
  mode: 'executeWithApproval',
  requirement,
  route: route(60_000, 'deny'),
  admitWithinMs: 1,
});
const told: Answer = { ...judged, kind: 'permit', tier: 4, mode: 'recommend' };
const denied: Answer = { ...judged, kind: 'forbid', tier: 4, outcome: 'deniedByPolicy' };
const refused: Answer = { kind: 'refused', reasons: ['params.count: must be a number'] };
const watched: Answer = { ...atOnce, watchForMs: 600_000 };

describe('a later answer is', () => {
  test.each<[string, Answer, Answer, 'looser' | 'stricter' | 'same' | 'both']>([
    ['the same', window(5), window(5), 'same'],
    ['looser at once than in a window', window(5), atOnce, 'looser'],
    ['looser in a window than with approval', approval(one), window(5), 'looser'],
    ['stricter with approval than at once', atOnce, approval(one), 'stricter'],
    ['stricter when only recommended', approval(one), told, 'stricter'],
    ['stricter when denied', told, denied, 'stricter'],
    ['stricter when refused', atOnce, refused, 'stricter'],
    ['the same whether denied or refused', denied, refused, 'same'],
    ['looser with a window that is shorter', window(5), window(4), 'looser'],
    ['stricter with a window that is longer', window(5), window(6), 'stricter'],
    ['looser where fewer people can stop it', window(5, more), window(5, one), 'looser'],
    ['stricter where more people can stop it', window(5, one), window(5, more), 'stricter'],
    ['both where it is shorter and more people can stop it', window(5, one), window(4, more), 'both'],
    ['looser where fewer people must approve', approval(two), approval(one), 'looser'],
    ['stricter where more people must approve', approval(one), approval(two), 'stricter'],
    ['looser where more people may approve', approval(one), approval(more), 'looser'],
    ['both where other people approve', approval(one), approval(checkout), 'both'],
    ['looser where a policy wants no watch any more', watched, atOnce, 'looser'],
    ['stricter where a policy wants it watched', atOnce, watched, 'stricter'],
  ])('%s', (_, before, after, expected) => {
    const { looser, stricter } = differenceOf(before, after);
    const found = looser.length > 0 ? (stricter.length > 0 ? 'both' : 'looser') : undefined;
    expect(found ?? (stricter.length > 0 ? 'stricter' : 'same')).toBe(expected);
    // The other way round it is the opposite.
    const back = differenceOf(after, before);
    expect([back.looser.length > 0, back.stricter.length > 0]).toEqual([
      stricter.length > 0,
      looser.length > 0,
    ]);
  });

  test('told in words', () => {
    expect(differenceOf(approval(two), window(5)).looser).toEqual([
      'it waits for 2 of sre-on-call; then it runs after 5m unless somebody denies it',
    ]);
    expect(differenceOf(atOnce, refused).stricter).toEqual([
      'it runs at once; then it is refused (params.count: must be a number)',
    ]);
  });
});
