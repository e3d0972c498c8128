import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quorum, Requirement, Vote } from '../../../src/domain/approval/requirement.ts';
import { isUnsatisfiable, tallyOf } from '../../../src/domain/approval/vote-tally.ts';
import { aRequirement, aVote } from '../support.ts';

const PEOPLE = ['ada', 'barbara', 'edsger', 'grace', 'linus', 'margaret'];

const anyVote: fc.Arbitrary<Vote> = fc
  .record({ person: fc.constantFrom(...PEOPLE), verdict: fc.constantFrom('approve', 'deny') })
  .map(({ person, verdict }) => aVote(person, verdict));
const anyApproval = fc.constantFrom(...PEOPLE).map((person) => aVote(person));
const anyRequirement: fc.Arbitrary<Quorum> = fc
  .record({ atLeast: fc.integer({ min: 1, max: 4 }), people: fc.subarray(PEOPLE) })
  .map(({ atLeast, people }) => aRequirement(atLeast, ...people));

/** What a standing says, without who is named first. */
const kindOf = (requirement: Requirement, votes: readonly Vote[]) => {
  const standing = tallyOf(requirement, votes);
  return standing.kind === 'open' ? `open, ${standing.missing} missing` : standing.kind;
};

describe('how many approvals are needed', () => {
  const requirement = aRequirement(2, 'ada', 'grace', 'linus');

  test.each([
    [[], { kind: 'open', by: [], missing: 2, needed: '2 of sre-on-call' }],
    [['ada'], { kind: 'open', by: ['ada'], missing: 1, needed: '1 of sre-on-call' }],
    [['ada', 'grace'], { kind: 'approved', by: ['ada', 'grace'] }],
    [['ada', 'grace', 'linus'], { kind: 'approved', by: ['ada', 'grace', 'linus'] }],
  ])('2 are needed, %j approved', (people, standing) => {
    expect(
      tallyOf(
        requirement,
        people.map((person) => aVote(person)),
      ),
    ).toEqual(standing);
  });
});

describe('INVARIANT 4: who counts', () => {
  test('INVARIANT 4: one person who approves twice counts once', () => {
    expect(tallyOf(aRequirement(2, 'ada', 'grace'), [aVote('ada'), aVote('ada')])).toMatchObject({
      kind: 'open',
      missing: 1,
    });
  });

  test('INVARIANT 4: a person listed twice among the approvers still counts once', () => {
    expect(tallyOf(aRequirement(2, 'ada', 'ada'), [aVote('ada'), aVote('ada')]).kind).toBe('open');
  });

  test('INVARIANT 4: an approval from outside changes nothing, and neither does a denial', () => {
    const requirement = aRequirement(1, 'ada');
    expect(tallyOf(requirement, [aVote('linus'), aVote('linus', 'deny')])).toMatchObject({
      kind: 'open',
      missing: 1,
    });
  });

  test('INVARIANT 4: a denial wins over any number of approvals seen with it', () => {
    const requirement = aRequirement(1, 'ada', 'grace', 'linus');
    const votes = [aVote('ada'), aVote('grace'), aVote('linus', 'deny', { reason: 'the sale is on' })];
    expect(tallyOf(requirement, votes)).toEqual({ kind: 'denied', by: 'linus', reason: 'the sale is on' });
  });

  test('INVARIANT 4: whoever both approves and denies has denied', () => {
    const requirement = aRequirement(1, 'ada');
    expect(tallyOf(requirement, [aVote('ada'), aVote('ada', 'deny')]).kind).toBe('denied');
    expect(tallyOf(requirement, [aVote('ada', 'deny'), aVote('ada')]).kind).toBe('denied');
  });

  test('INVARIANT 4: approved means so many different entitled people, and no denial of theirs', () => {
    fc.assert(
      fc.property(anyRequirement, fc.array(anyVote, { maxLength: 12 }), (requirement, votes) => {
        const entitled = requirement.approvers.map(({ person }) => person);
        const theirs = votes.filter(({ person }) => entitled.includes(person));
        const denied = theirs.some(({ verdict }) => verdict === 'deny');
        const different = PEOPLE.filter((person) => theirs.some((vote) => vote.person === person)).length;
        const missing = requirement.atLeast - different;
        const expected = denied ? 'denied' : missing > 0 ? `open, ${missing} missing` : 'approved';
        expect(kindOf(requirement, votes)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('INVARIANT 4: neither the order of votes nor their repetition matters', () => {
    const shuffled = fc.array(anyVote, { maxLength: 8 }).chain((votes) =>
      fc.tuple(
        fc.constant(votes),
        fc.shuffledSubarray([...votes, ...votes, ...votes], {
          minLength: votes.length * 3,
          maxLength: votes.length * 3,
        }),
      ),
    );
    fc.assert(
      fc.property(anyRequirement, shuffled, (requirement, [votes, again]) => {
        expect(kindOf(requirement, again)).toBe(kindOf(requirement, votes));
      }),
      { numRuns: 1_000 },
    );
  });

  test('INVARIANT 4: who is named was entitled and did sign that', () => {
    fc.assert(
      fc.property(anyRequirement, fc.array(anyVote, { maxLength: 12 }), (requirement, votes) => {
        const standing = tallyOf(requirement, votes);
        if (standing.kind === 'open') return;
        const named = standing.kind === 'denied' ? [standing.by] : standing.by;
        const verdict = standing.kind === 'denied' ? 'deny' : 'approve';
        for (const person of named) {
          expect(requirement.approvers.map((approver) => approver.person)).toContain(person);
          expect(votes.some((vote) => vote.person === person && vote.verdict === verdict)).toBe(true);
        }
        expect(new Set(named).size).toBe(named.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('INVARIANT 4: one more approval never closes what was open to denial, and never reopens', () => {
    fc.assert(
      fc.property(
        anyRequirement,
        fc.array(anyVote, { maxLength: 8 }),
        anyApproval,
        (requirement, votes, more) => {
          const before = tallyOf(requirement, votes).kind;
          const after = tallyOf(requirement, [...votes, more]).kind;
          expect(before === 'open' ? ['open', 'approved'] : [before]).toContain(after);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('a requirement that nobody can meet', () => {
  const keyless = { person: 'grace', keys: [] };

  test.each([
    ['one more than there are', 3, true],
    ['all of them', 2, false],
    ['fewer', 1, false],
  ])('%s must approve', (_, atLeast, unsatisfiable) => {
    expect(isUnsatisfiable(aRequirement(atLeast, 'ada', 'linus'))).toBe(unsatisfiable);
  });

  test('someone without a key cannot sign, so they are not counted on', () => {
    const requirement = aRequirement(2, 'ada');
    expect(isUnsatisfiable({ ...requirement, approvers: [...requirement.approvers, keyless] })).toBe(true);
  });

  test('nobody at all can never approve', () => {
    expect(isUnsatisfiable(aRequirement(1))).toBe(true);
  });

  test('what is satisfiable is approved once everybody who can has signed', () => {
    fc.assert(
      fc.property(anyRequirement, (requirement) => {
        const everybody = requirement.approvers.map(({ person }) => aVote(person));
        expect(tallyOf(requirement, everybody).kind === 'approved').toBe(!isUnsatisfiable(requirement));
      }),
      { numRuns: 1_000 },
    );
  });
});
