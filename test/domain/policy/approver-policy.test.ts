import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excludedFrom, peopleIn, type Requirement } from '../../../src/domain/approval/requirement.ts';
import { tallyOf } from '../../../src/domain/approval/vote-tally.ts';
import { permitted } from '../../../src/domain/policy/approver-policy.ts';
import { aQuorum, aVote } from '../support.ts';

const PEOPLE = ['ada', 'grace', 'linus', 'margaret'];

describe('whom policy does not let approve', () => {
  const whyNot = (person: string) => (person === 'ada' ? 'no-ada forbids it' : undefined);
  const both: Requirement = {
    allOf: [
      aQuorum('owners', 1, 'ada', 'grace'),
      { anyOf: [aQuorum('security', 1, 'ada', 'linus'), aQuorum('on-call', 1, 'margaret')] },
    ],
  };

  test('is left out, with the reason', () => {
    const left = permitted(aQuorum('owners', 1, 'ada', 'grace'), whyNot);
    expect(peopleIn(left)).toEqual(['grace']);
    expect(excludedFrom(left)).toEqual([{ person: 'ada', reason: 'no-ada forbids it' }]);
  });

  test('is left out of every group of a tree, which stays as it is otherwise', () => {
    const left = permitted(both, whyNot);
    expect(peopleIn(left)).toEqual(['grace', 'linus', 'margaret']);
    expect(left).toMatchObject({ allOf: [{ group: 'owners' }, { anyOf: [{ atLeast: 1 }, { atLeast: 1 }] }] });
  });

  test('and nobody is added', () => {
    expect(permitted(both, () => undefined)).toEqual(both);
  });

  test('INVARIANT 4: votes that are enough of those who are left are enough of all', () => {
    fc.assert(
      fc.property(fc.subarray(PEOPLE), fc.subarray(PEOPLE), (barred, voters) => {
        const left = permitted(both, (person) => (barred.includes(person) ? 'r' : undefined));
        const votes = voters.map((person) => aVote(person));
        if (tallyOf(left, votes).kind !== 'approved') return;
        expect(tallyOf(both, votes).kind).toBe('approved');
      }),
      { numRuns: 500 },
    );
  });
});
