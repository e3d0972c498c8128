import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  approversOf,
  excludedFrom,
  groupsIn,
  peopleIn,
  type Quorum,
  quorumsIn,
  type Requirement,
  textOf,
  type Vote,
} from '../../../src/domain/approval/requirement.ts';
import { isUnsatisfiable, tallyOf, whyUnsatisfiable } from '../../../src/domain/approval/vote-tally.ts';
import { aQuorum, aVote } from '../support.ts';

const PEOPLE = ['ada', 'barbara', 'edsger', 'grace', 'linus'];

/** ada is in both groups. */
const team = aQuorum('checkout-team', 1, 'ada', 'grace');
const security = aQuorum('security', 1, 'ada', 'linus');
const data = aQuorum('data', 2, 'barbara', 'edsger', 'grace');

const anyQuorum: fc.Arbitrary<Quorum> = fc
  .record({
    group: fc.constantFrom('a', 'b', 'c', 'd'),
    atLeast: fc.integer({ min: 1, max: 2 }),
    people: fc.subarray(PEOPLE),
  })
  .map(({ group, atLeast, people }) => aQuorum(group, atLeast, ...people));
const { tree: anyRequirement } = fc.letrec<{ tree: Requirement; several: Requirement[] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2 },
    anyQuorum,
    tie('several').map((allOf) => ({ allOf })),
    tie('several').map((anyOf) => ({ anyOf })),
  ),
  several: fc.array(tie('tree'), { minLength: 1, maxLength: 2 }),
}));
const anyVotes: fc.Arbitrary<Vote[]> = fc.array(
  fc
    .record({ person: fc.constantFrom(...PEOPLE, 'radia'), deny: fc.nat(11) })
    .map(({ person, deny }) => aVote(person, deny === 0 ? 'deny' : 'approve')),
  { maxLength: 8 },
);
const approvals = (people: readonly string[]) => people.map((person) => aVote(person));

/** Whether these people are enough, found by trying every group for every person. */
function enough(requirement: Requirement, people: readonly string[]): boolean {
  const quorums = quorumsIn(requirement);
  const complete = (node: Requirement, counts: ReadonlyMap<Quorum, number>): boolean => {
    if ('group' in node) return (counts.get(node) ?? 0) >= node.atLeast;
    return 'allOf' in node
      ? node.allOf.every((part) => complete(part, counts))
      : node.anyOf.some((part) => complete(part, counts));
  };
  const tried = ([person, ...rest]: readonly string[], counts: ReadonlyMap<Quorum, number>): boolean => {
    if (person === undefined) return complete(requirement, counts);
    const theirs = quorums.filter(({ approvers }) => approvers.some((each) => each.person === person));
    return (
      tried(rest, counts) ||
      theirs.some((quorum) => tried(rest, new Map(counts).set(quorum, (counts.get(quorum) ?? 0) + 1)))
    );
  };
  return tried(people, new Map());
}

describe('all of several groups', () => {
  const both: Requirement = { allOf: [team, security] };

  test.each([
    [[], { kind: 'open', by: [], missing: 2, needed: '1 of checkout-team and 1 of security' }],
    [['grace'], { kind: 'open', by: ['grace'], missing: 1, needed: '1 of security' }],
    [['linus'], { kind: 'open', by: ['linus'], missing: 1, needed: '1 of checkout-team' }],
    [['ada'], { kind: 'open', by: ['ada'], missing: 1, needed: '1 of checkout-team or security' }],
    [['grace', 'linus'], { kind: 'approved', by: ['grace', 'linus'] }],
    [['ada', 'linus'], { kind: 'approved', by: ['ada', 'linus'] }],
    [['ada', 'grace'], { kind: 'approved', by: ['ada', 'grace'] }],
    [
      ['radia', 'radia'],
      { kind: 'open', by: [], missing: 2, needed: '1 of checkout-team and 1 of security' },
    ],
  ])('%j approved', (people, standing) => {
    expect(tallyOf(both, approvals(people))).toEqual(standing);
  });

  test('INVARIANT 4: one person in two groups fills one place, however often they approve', () => {
    expect(tallyOf(both, approvals(['ada', 'ada', 'ada'])).kind).toBe('open');
  });

  test('INVARIANT 4: a denial from either side wins, first or last', () => {
    for (const person of ['grace', 'linus', 'ada']) {
      const no = aVote(person, 'deny', { reason: 'not today' });
      const others = approvals(['ada', 'grace', 'linus'].filter((other) => other !== person));
      const denied = { kind: 'denied', by: person, reason: 'not today' };
      expect(tallyOf(both, [no, ...others])).toEqual(denied);
      expect(tallyOf(both, [...others, no])).toEqual(denied);
    }
  });
});

describe('any of several groups', () => {
  const either: Requirement = { anyOf: [security, data] };

  test.each([
    [[], 'open', '1 of security or 2 of data'],
    [['barbara'], 'open', '1 of security or 1 of data'],
    [['linus'], 'approved', ''],
    [['barbara', 'grace'], 'approved', ''],
  ])('%j approved', (people, kind, needed) => {
    const standing = tallyOf(either, approvals(people));
    expect(standing.kind).toBe(kind);
    if (standing.kind === 'open') expect(standing.needed).toBe(needed);
  });

  test('what is missing is counted along the shortest way', () => {
    expect(tallyOf(either, [])).toMatchObject({ missing: 1 });
    expect(tallyOf({ anyOf: [data] }, [])).toMatchObject({ missing: 2 });
  });

  test('the nearest ways are told first, and no more than four of them', () => {
    const many = { anyOf: [3, 1, 4, 2, 5, 6].map((n) => aQuorum(`g${n}`, n, ...PEOPLE, 'radia')) };
    expect(tallyOf(many, [])).toMatchObject({
      missing: 1,
      needed: '1 of g1 or 2 of g2 or 3 of g3 or 4 of g4 or 2 other combinations',
    });
  });

  test('INVARIANT 4: a denial counts although the other way is complete', () => {
    expect(tallyOf(either, [aVote('linus'), aVote('barbara', 'deny')]).kind).toBe('denied');
  });
});

describe('INVARIANT 4: any requirement', () => {
  test('INVARIANT 4: is approved exactly when people can be found for all places, each for one', () => {
    fc.assert(
      fc.property(anyRequirement, anyVotes, (requirement, votes) => {
        const counted = votes.filter(({ person }) => peopleIn(requirement).includes(person));
        const denied = counted.some(({ verdict }) => verdict === 'deny');
        const different = [...new Set(counted.map(({ person }) => person))];
        const expected = denied ? 'denied' : enough(requirement, different) ? 'approved' : 'open';
        expect(tallyOf(requirement, votes).kind).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('INVARIANT 4: is not met by fewer people than it says are missing', () => {
    fc.assert(
      fc.property(
        anyRequirement,
        fc.subarray(PEOPLE),
        fc.shuffledSubarray(PEOPLE),
        (requirement, first, more) => {
          const standing = tallyOf(requirement, approvals(first));
          if (standing.kind !== 'open') return;
          const added = more.filter((person) => !first.includes(person));
          if (enough(requirement, [...first, ...added])) {
            expect(added.length).toBeGreaterThanOrEqual(standing.missing);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('INVARIANT 4: whoever is outside changes nothing', () => {
    fc.assert(
      fc.property(anyRequirement, anyVotes, (requirement, votes) => {
        const inside = votes.filter(({ person }) => peopleIn(requirement).includes(person));
        expect(tallyOf(requirement, votes)).toEqual(tallyOf(requirement, inside));
      }),
      { numRuns: 500 },
    );
  });

  test('one that nobody could meet is not met by everybody, and one that is met could be', () => {
    fc.assert(
      fc.property(anyRequirement, (requirement) => {
        const everybody = tallyOf(requirement, approvals(peopleIn(requirement)));
        expect(isUnsatisfiable(requirement)).toBe(everybody.kind !== 'approved');
        expect(whyUnsatisfiable(requirement) === undefined).toBe(everybody.kind === 'approved');
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([[{ allOf: [] }], [{ anyOf: [] }], [{ allOf: [{ anyOf: [] }] }]])(
    'INVARIANT 1: %j, which no file can say, is met by nobody',
    (requirement) => {
      expect(tallyOf(requirement, approvals(PEOPLE)).kind).toBe('open');
      expect(isUnsatisfiable(requirement)).toBe(true);
    },
  );
});

describe('why a requirement cannot be met', () => {
  const alone = aQuorum('checkout-team', 1, 'ada');
  const keyless: Quorum = { ...security, approvers: [{ person: 'linus', keys: [] }] };

  test.each<[string, Requirement, string | undefined]>([
    ['it can', { allOf: [team, security] }, undefined],
    ['too few of a group', aQuorum('data', 2, 'ada'), '2 of data must approve, and 1 could'],
    [
      'one person for two groups',
      { allOf: [alone, aQuorum('security', 1, 'ada')] },
      '1 of checkout-team and 1 of security must approve, and 1 of checkout-team or security would be missing if all did who could',
    ],
    [
      'nobody of one group has a key',
      { allOf: [team, keyless] },
      '1 of checkout-team and 1 of security must approve, and 1 of security would be missing if all did who could',
    ],
    ['another group can', { anyOf: [keyless, team] }, undefined],
  ])('%s', (_, requirement, why) => {
    expect(whyUnsatisfiable(requirement)).toBe(why);
  });
});

describe('who is in a requirement', () => {
  const both: Requirement = {
    allOf: [{ ...team, excluded: [{ person: 'radia', reason: 'asks' }] }, security],
  };

  test('everybody who may decide, once, with the keys of all groups', () => {
    const other = { ...security, approvers: [{ person: 'ada', keys: ['another key', 'key of ada'] }] };
    expect(approversOf({ allOf: [team, other] })).toEqual([
      { person: 'ada', keys: ['key of ada', 'another key'] },
      { person: 'grace', keys: ['key of grace'] },
    ]);
  });

  test('everybody who may not, once', () => {
    expect(excludedFrom({ anyOf: [both, both] })).toEqual([{ person: 'radia', reason: 'asks' }]);
  });

  test('the groups, each once', () => {
    expect(groupsIn({ allOf: [both, { anyOf: [security, data] }] })).toBe(
      'checkout-team or security or data',
    );
  });

  test.each<[Requirement, string]>([
    [team, '1 of checkout-team'],
    [{ allOf: [team, security] }, '1 of checkout-team and 1 of security'],
    [{ anyOf: [team, data] }, '1 of checkout-team or 2 of data'],
    [{ allOf: [team, { anyOf: [security, data] }] }, '1 of checkout-team, and (1 of security or 2 of data)'],
    [{ allOf: [{ allOf: [team, security] }, data] }, '1 of checkout-team and 1 of security and 2 of data'],
    [
      { allOf: [aQuorum('checkout-team or sre-on-call', 1), security] },
      '1 of checkout-team or sre-on-call, and 1 of security',
    ],
  ])('%j reads', (requirement, text) => {
    expect(textOf(requirement)).toBe(text);
  });
});
