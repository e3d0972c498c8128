import { describe, expect, test } from 'vitest';
import {
  type Ballot,
  cast,
  MOST_WITHDRAWALS,
  whyNotCast,
  whyNotWithdrawn,
  withdraw,
} from '../../../src/domain/approval/ballot.ts';
import type { DecisionStatement } from '../../../src/domain/approval/decision-statement.ts';
import { aRequirement, aVote } from '../support.ts';

const NONE: Ballot = { votes: [], withdrawals: [] };
const two = aRequirement(2, 'ada', 'grace', 'linus');

const withdrawal = (person: string, decidedAt: number): DecisionStatement => ({
  installation: 'i',
  workflowId: 'w',
  runId: 'r',
  digest: 'd',
  person,
  verdict: 'withdraw',
  decidedAt,
  authentication: 'signing-key',
});
const refusalOf = (ballot: Ballot, person: string, at: number, requirement = two) =>
  whyNotWithdrawn(ballot, requirement, withdrawal(person, at))?.refusal;

describe('one vote a person', () => {
  test('the same again changes nothing, a denial replaces an approval, nothing replaces a denial', () => {
    const approved = cast(NONE, aVote('ada'));
    expect(cast(approved, aVote('ada', 'approve', { jws: 'other' }))).toEqual(approved);
    const denied = cast(approved, aVote('ada', 'deny'));
    expect(denied.votes).toEqual([aVote('ada', 'deny')]);
    expect(cast(denied, aVote('ada'))).toEqual(denied);
  });
});

describe('INVARIANT 14: what changes nothing is not heard', () => {
  test.each([
    ['approve', 'approve', 'unchanged'],
    ['approve', 'deny', undefined],
    ['deny', 'deny', 'unchanged'],
    ['deny', 'approve', 'unchanged'],
  ] as const)('after %s, %s', (first, second, refusal) => {
    const ballot = cast(NONE, aVote('ada', first));
    expect(whyNotCast(ballot, aVote('ada', second, { jws: 'another' }))?.refusal).toBe(refusal);
    expect(whyNotCast(ballot, aVote('grace', second))).toBeUndefined();
  });
});

describe('a vote that is withdrawn', () => {
  const cast1 = cast(cast(NONE, aVote('ada', 'approve', { decidedAt: 1_000 })), aVote('grace'));
  const withdrawn = withdraw(cast1, withdrawal('ada', 2_000), 'signed back');

  test('is kept beside the others, with when it was taken back', () => {
    expect(withdrawn.votes).toEqual([aVote('grace')]);
    expect(withdrawn.withdrawals).toEqual([
      { ...aVote('ada'), withdrawnAt: 2_000, withdrawal: 'signed back' },
    ]);
  });

  test.each([
    ['before it was withdrawn', 1_999, 'replayed'],
    ['at that instant', 2_000, 'replayed'],
    ['after it', 2_001, undefined],
  ] as const)('INVARIANT 3: another one that was signed %s', (_, decidedAt, refusal) => {
    expect(whyNotCast(withdrawn, aVote('ada', 'approve', { decidedAt }))?.refusal).toBe(refusal);
    expect(whyNotCast(withdrawn, aVote('linus', 'approve', { decidedAt }))).toBeUndefined();
  });

  test('must be there, and not be younger than what withdraws it', () => {
    expect(refusalOf(NONE, 'ada', 2_000)).toBe('noVote');
    expect(refusalOf(withdrawn, 'ada', 3_000)).toBe('noVote');
    expect(refusalOf(cast1, 'ada', 999)).toBe('replayed');
    expect(refusalOf(cast(NONE, aVote('ada')), 'ada', 1_000)).toBeUndefined();
  });

  test('stays once people have decided, however they did', () => {
    expect(refusalOf(cast1, 'ada', 2_000)).toBe('notOpen');
    expect(refusalOf(cast(NONE, aVote('ada', 'deny')), 'ada', 2_000)).toBe('notOpen');
    expect(refusalOf(cast1, 'ada', 2_000, aRequirement(3, 'ada', 'grace', 'linus'))).toBeUndefined();
  });

  test('can be so only so often', () => {
    const often = { votes: [aVote('ada')], withdrawals: Array(MOST_WITHDRAWALS).fill({}) };
    expect(refusalOf(often, 'ada', 2_000)).toBe('tooMany');
    expect(refusalOf({ ...often, withdrawals: often.withdrawals.slice(1) }, 'ada', 2_000)).toBeUndefined();
  });
});
