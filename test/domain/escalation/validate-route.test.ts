import { describe, expect, test } from 'vitest';
import { type Link, routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';
import { askedTooSoon, routeFaultsOf, tellingsOf } from '../../../src/domain/escalation/validate-route.ts';

const tell = (waitMs: number, next?: number): Link & { by: string } => ({
  by: 'mail',
  waitMs,
  ...(next === undefined ? {} : { next }),
});
const branch = (next: number, otherwise: number, when = 'businessHours') => ({ when, next, else: otherwise });

describe('the longest way', () => {
  test.each([
    ['of a branch is the longer one', [branch(1, 2), tell(10, 3), tell(30)], 30],
    ['counts each repeat', [tell(10), { repeatFrom: 0, times: 3 }, tell(5)], 45],
    [
      'goes through a repeat in a repeat',
      [tell(10), { repeatFrom: 0, times: 2 }, { repeatFrom: 0, times: 1 }],
      40,
    ],
    [
      'may take another branch at every round',
      [branch(1, 2), tell(10, 3), tell(30, 3), { repeatFrom: 0, times: 1 }],
      60,
    ],
    ['ends where a step says so', [tell(10, 9), tell(1_000)], 10],
  ])('%s', (_, steps, longest) => {
    expect(routeDurationOf({ steps })).toBe(longest);
  });
});

describe('a route is refused', () => {
  test.each([
    ['that leads back to itself', [tell(1, 1), tell(1, 0)], 0, 'may never end'],
    ['with a branch that leads back', [tell(1), branch(0, 2)], 0, 'may never end'],
    ['with a step that nothing leads to', [tell(1, 2), tell(1)], 1, 'is reached by no other step'],
    [
      'with a repeat of what does not lead there',
      [branch(1, 2), tell(1, 3), { repeatFrom: 1, times: 1 }],
      2,
      'does not lead here',
    ],
    [
      'whose repeats multiply',
      [tell(1), ...[1, 2, 3].map(() => ({ repeatFrom: 0, times: 10 }))],
      1,
      'at most 2000',
    ],
  ])('%s', (_, steps, index, problem) => {
    expect(routeFaultsOf(steps)).toEqual([{ index, problem: expect.stringContaining(problem) }]);
  });

  test('but not one that ends on every way', () => {
    expect(routeFaultsOf([branch(1, 2), tell(1, 3), tell(1, 3), { repeatFrom: 0, times: 3 }])).toEqual([]);
  });
});

test('every way through a route tells somebody of its own', () => {
  expect(tellingsOf([tell(1), branch(2, 3), tell(1, 4), tell(1)])).toEqual([
    [0, 2],
    [0, 3],
  ]);
  expect(tellingsOf([branch(1, 2), tell(1)])).toEqual([[1], []]);
});

describe('whether a message arrived', () => {
  test.each([
    ['is asked too soon without a wait', [tell(0), branch(2, 3, 'notDelivered')], [1]],
    ['through steps that take no time', [tell(0), branch(2, 2), branch(3, 3, 'notDelivered')], [2]],
    ['before anybody was told', [branch(1, 1, 'notDelivered')], [0]],
    ['but not after a wait', [tell(5), branch(2, 3, 'notDelivered')], []],
    ['nor after a pause', [tell(0), { waitMs: 5 }, branch(3, 3, 'notDelivered')], []],
  ])('%s', (_, steps, soon) => {
    expect(askedTooSoon(steps)).toEqual(soon);
  });
});
