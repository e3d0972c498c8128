import { expect, test } from 'vitest';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { similarReasons, similarTo } from '../../../src/domain/risk/similar-actions.ts';
import { anAction, aPastAction } from '../support.ts';

const action = anAction();
const of = (...past: Partial<PastAction>[]) => similarTo(action, past.map(aPastAction));

test.each([
  ['of the same type on the same target', {}, 1],
  ['on another target of the same service tier', { target: 'search' }, 1],
  ['on the same target when it was of another tier', { serviceTier: 1 }, 1],
  ['in another environment', { environment: 'staging' }, 1],
  ['on another target of another tier', { target: 'cart', serviceTier: 2 }, 0],
  ['of another type', { actionType: 'config.change' }, 0],
  ['that is not over', { closed: undefined }, 0],
  ['that is this very action', { actionId: action.id }, 0],
] satisfies [string, Partial<PastAction>, number][])('one %s', (_, changes, count) => {
  expect(of(changes).count).toBe(count);
});

test('outcomes are counted and never merged', () => {
  const ended = (outcome: NonNullable<PastAction['closed']>['outcome']) => ({ closed: { at: 0, outcome } });
  const similar = of(ended('succeeded'), ended('expired'), ended('succeeded'), ended('deniedByPerson'));
  expect(similar).toMatchObject({ count: 4, outcomes: { succeeded: 2, expired: 1, deniedByPerson: 1 } });
  expect(similarReasons(similar)).toEqual([
    '4 like it are on record: 2 succeeded, 1 expired, 1 deniedByPerson',
  ]);
});

test('the last five are named, the one that ended last first', () => {
  const ends = [3, 7, 1, 6, 2, 5, 4].map((at) => ({
    actionId: `a.${at}`,
    closed: { at, outcome: 'succeeded' } as const,
  }));
  const { count, last } = of(...ends);
  expect(count).toBe(7);
  expect(last.map(({ actionId }) => actionId)).toEqual(['a.7', 'a.6', 'a.5', 'a.4', 'a.3']);
  expect(last[0]).toEqual({
    actionId: 'a.7',
    target: 'catalog',
    environment: 'production',
    outcome: 'succeeded',
    at: 7,
  });
});

test('those on the same target are named before newer ones elsewhere', () => {
  const ended = (actionId: string, target: string, at: number) => ({
    actionId,
    target,
    closed: { at, outcome: 'succeeded' } as const,
  });
  const { last } = of(ended('old', 'catalog', 1), ended('newest', 'search', 9), ended('newer', 'catalog', 2));
  expect(last.map(({ actionId }) => actionId)).toEqual(['newer', 'old', 'newest']);
});

test('each says what it changed and why it ended so, where that was recorded', () => {
  const closed = { outcome: 'rolledBack', reason: 'latency-p95 is 0.4, it was 0.2 before' } as const;
  const params = { key: 'queueLimit', value: 1e-7, tags: ['a'] };
  const [newer, older] = of({ actionId: 'older' }, { params, closed: { ...closed, at: 3_000 } }).last;
  expect(newer).toMatchObject({
    changed: 'key queueLimit, value 0.0000001, tags ["a"]',
    reason: closed.reason,
  });
  expect(older).not.toHaveProperty('changed');
  expect(older).not.toHaveProperty('reason');
});

test('what it changed is cut, and never within a character', () => {
  const { last } = of({ params: { note: `${'a'.repeat(154)}😀😀` } });
  expect(last[0]?.changed).toBe(`note ${'a'.repeat(154)}...`);
});

test('that nothing is on record is said', () => {
  expect(similarReasons(of())).toEqual(['nothing like it is on record']);
  expect(similarReasons(of({}))).toEqual(['1 like it is on record: 1 succeeded']);
});
