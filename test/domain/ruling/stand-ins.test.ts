import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delegation } from '../../../src/domain/approval/delegation.ts';
import { holdsFor } from '../../../src/domain/approval/delegation.ts';
import {
  ableIn,
  approversOf,
  denyingIn,
  peopleIn,
  type Requirement,
} from '../../../src/domain/approval/requirement.ts';
import { tallyOf } from '../../../src/domain/approval/vote-tally.ts';
import { circumstancesOf } from '../../../src/domain/calendar/calendar.ts';
import { requirementFor } from '../../../src/domain/installation/requester-side.ts';
import { rule } from '../../../src/domain/ruling/ruling.ts';
import { standInsOf } from '../../../src/domain/ruling/stand-ins.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, impactOf } from '../../support/policies.ts';
import { ALL, APPROVE } from '../../support/ruled-by.ts';
import { heldAt } from '../../support/standing.ts';
import { anAction, quorumOf } from '../support.ts';

const { installation } = testInstallation();
/** barbara and edsger own cart; radia owns the agent. */
const action = anAction({ target: 'cart', agent: { id: 'cache-agent', version: '1', owner: 'user:radia' } });
const owners = (atLeast: number) => requirementFor(installation, action, { atLeast, of: ['owners'] });

const gives = (from: string, to: string, changes: Partial<Delegation> = {}): Delegation => ({
  id: `${from}-${to}`,
  from,
  to,
  scope: { kind: 'everything' },
  since: 0,
  until: 1_000,
  reason: 'away',
  ...changes,
});
const places = (
  delegations: readonly Delegation[],
  editors: readonly string[] = [],
  whyNot: (person: string) => string | undefined = () => undefined,
  by = installation,
) => standInsOf(by, action, delegations, editors, whyNot);
const arranged = (atLeast: number, delegations: readonly Delegation[], editors: readonly string[] = []) =>
  quorumOf(places(delegations, editors).arrange(owners(atLeast)));
const seats = (...given: Parameters<typeof arranged>) =>
  arranged(...given).approvers.map(({ person, actsFor = [] }) => [person, ...actsFor].join(' for '));

describe('a delegation holds', () => {
  const scope = { kind: 'service', service: 'cart' } as const;
  test.each([
    ['just before it begins', gives('a', 'b', { since: 500 }), 499, false],
    ['when it begins', gives('a', 'b', { since: 500 }), 500, true],
    ['just before it ends', gives('a', 'b'), 999, true],
    ['when it ends', gives('a', 'b'), 1_000, false],
    ['on its service', gives('a', 'b', { scope }), 1, true],
    ['on another service', gives('a', 'b', { scope: { ...scope, service: 'web' } }), 1, false],
    ['for its type', gives('a', 'b', { scope: { kind: 'actionType', actionType: 'cache.flush' } }), 1, true],
    ['for another type', gives('a', 'b', { scope: { kind: 'actionType', actionType: 'x' } }), 1, false],
  ])('%s', (_, delegation, at, expected) => {
    expect(holdsFor(delegation, action, at)).toBe(expected);
  });
});

describe('INVARIANT 4: a delegate', () => {
  test('has the place of whoever is away, who then has none', () => {
    expect(seats(1, [gives('barbara', 'grace')])).toEqual(['grace for barbara', 'edsger']);
    expect(arranged(1, [gives('barbara', 'grace')]).excluded).toContainEqual({
      person: 'barbara',
      reason: 'grace decides in their place until 1970-01-01T00:00:01.000Z',
    });
    expect(places([gives('barbara', 'grace')]).reach(['barbara', 'edsger'])).toEqual(['grace', 'edsger']);
  });

  test('in doubt has no place, and is on the side of whoever gave it all the same', () => {
    const doubtful = [
      gives('barbara', 'grace', { doubtful: true }),
      gives('radia', 'edsger', { doubtful: true }),
    ];
    expect(seats(1, doubtful)).toEqual(['barbara']);
    expect(arranged(1, doubtful).excluded).toContainEqual(
      expect.objectContaining({
        person: 'edsger',
        reason: 'edsger decides for radia, who is on the side that asks for it',
      }),
    );
    expect(places(doubtful).reach(['barbara'])).toEqual(['barbara']);
  });

  test('of two people has one place', () => {
    const both = [gives('barbara', 'grace'), gives('edsger', 'grace')];
    expect(seats(1, both)).toEqual(['grace for barbara for edsger']);
    expect(seats(2, both)).toEqual(['barbara', 'edsger']);
  });

  test('with a place of their own keeps one', () => {
    expect(seats(1, [gives('barbara', 'edsger')])).toEqual(['edsger for barbara']);
  });

  test('who is away too gives nothing on', () => {
    expect(seats(1, [gives('barbara', 'grace'), gives('grace', 'linus')])).toEqual(['barbara', 'edsger']);
  });

  test("of the requester's side never decides, for whomever", () => {
    expect(seats(1, [gives('barbara', 'radia')])).toEqual(['barbara', 'edsger']);
    expect(seats(1, [gives('radia', 'barbara')])).toEqual(['edsger']);
    expect(seats(1, [gives('radia', 'grace'), gives('barbara', 'grace')])).toEqual(['barbara', 'edsger']);
  });
});

describe('a delegation leaves the place with whoever gave it while the delegate cannot take it', () => {
  const approvers = (requirement: Requirement) => approversOf(requirement).map(({ person }) => person);

  test('as they have no key', () => {
    const { grace, ...others } = installation.people;
    const people = { ...others, ...(grace ? { grace: { ...grace, keys: [] } } : {}) };
    const keyless = places([gives('barbara', 'grace')], [], () => undefined, { ...installation, people });
    expect(approvers(keyless.arrange(owners(1)))).toEqual(['barbara', 'edsger']);
    expect(keyless.reach(['barbara'])).toEqual(['barbara']);
  });

  test('as policy does not let them', () => {
    const grace = (person: string) => (person === 'grace' ? 'no policy lets her' : undefined);
    expect(approvers(places([gives('barbara', 'grace')], [], grace).arrange(owners(1)))).toEqual([
      'barbara',
      'edsger',
    ]);
  });

  test('as an owner of the agent named them, who keep their own no', () => {
    const taken = arranged(1, [gives('barbara', 'edsger'), gives('radia', 'edsger')]);
    expect(taken.approvers.map(({ person }) => person)).toEqual(['barbara']);
    const vote = { person: 'edsger', decidedAt: 1, jws: '', authentication: 'signing-key' } as const;
    expect(tallyOf(taken, [{ ...vote, verdict: 'deny', reason: 'no' }])).toEqual({
      kind: 'denied',
      by: 'edsger',
      reason: 'no',
    });
    expect(tallyOf(taken, [{ ...vote, verdict: 'approve' }])).toMatchObject({ kind: 'open', by: [] });
  });

  test('as one delegate would have to count for two groups', () => {
    const policies = authorizeBy(`${ALL}${APPROVE}
      @id("people") @reason("r")
      forbid (principal is Agent, action in [Action::"execute", Action::"executeAfterWindow"], resource);`);
    const both = {
      allOf: [
        { atLeast: 1, of: ['owners'] },
        { atLeast: 1, of: ['on-call'] },
      ],
    } as const;
    const from = testInstallation({
      groups: { ...installation.groups, 'cart-team': ['barbara'], 'sre-on-call': ['linus'] },
      rules: { ...installation.rules, approval: { ...installation.rules.approval, approval: both } },
    }).installation;
    const given = [gives('barbara', 'grace'), gives('linus', 'grace')];
    const ruling = rule(from, policies, {
      action,
      impact: impactOf(from, action),
      held: heldAt(3),
      circumstances: circumstancesOf(from, action, 1),
      at: 1,
      delegations: given,
    });
    expect('requirement' in ruling && approvers(ruling.requirement)).toEqual(['barbara', 'linus']);
  });

  test('INVARIANT 14: however owners of the agent give their place away, whoever could deny still can', () => {
    const anybody = fc.constantFrom(...Object.keys(installation.people));
    fc.assert(
      fc.property(fc.array(anybody, { maxLength: 6 }), (named) => {
        const after = places(named.map((to) => gives('radia', to))).arrange(owners(1));
        const heard = [...approversOf(after), ...denyingIn(after)].map(({ person }) => person);
        expect(new Set(heard)).toEqual(new Set(['barbara', 'edsger']));
      }),
    );
  });

  test('however places are given away, each of those who could decide does, or has a delegate who does', () => {
    const everybody = Object.keys(installation.people);
    const anyone = fc.constantFrom(...everybody);
    const any = fc.uniqueArray(
      fc.tuple(anyone, anyone).map(([from, to]) => gives(from, to)),
      { maxLength: 6, selector: ({ from }) => from },
    );
    fc.assert(
      fc.property(any, fc.subarray(everybody), fc.subarray(everybody), (delegations, kept, keyless) => {
        const people = Object.fromEntries(
          Object.entries(installation.people).map(([name, person]) => [
            name,
            keyless.includes(name) ? { ...person, keys: [] } : person,
          ]),
        );
        const whyNot = (person: string) => (kept.includes(person) ? 'no policy lets them' : undefined);
        const here = places(delegations, [], whyNot, { ...installation, people });
        const before = standInsOf({ ...installation, people }, action, [], [], whyNot).arrange(owners(1));
        const after = here.arrange(owners(1));
        const seated = approversOf(after).flatMap(({ person, actsFor = [] }) => [person, ...actsFor]);
        const sided = denyingIn(after).map(({ person }) => person);
        for (const person of ableIn(before)) expect([...seated, ...sided]).toContain(person);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('INVARIANT 4: whoever edited an action', () => {
  test('asks for it, and so does their delegate', () => {
    expect(seats(1, [], ['barbara'])).toEqual(['edsger']);
    expect(seats(1, [gives('barbara', 'edsger')], ['barbara'])).toEqual([]);
    expect(places([], ['barbara']).sideOf('barbara')).toBe(
      'barbara edited it, and so asks for it as it is now',
    );
  });
});

test("INVARIANT 4: however places are given away, nobody of the requester's side decides and nobody sits twice", () => {
  const everybody = Object.keys(installation.people);
  const anyone = fc.constantFrom(...everybody);
  const any = fc.array(
    fc.tuple(anyone, anyone).map(([from, to]) => gives(from, to)),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(any, fc.subarray(everybody, { maxLength: 2 }), (delegations, editors) => {
      const before = owners(1);
      const after = places(delegations, editors).arrange(before);
      const deciding = approversOf(after).map(({ person }) => person);
      expect(new Set(deciding).size).toBe(deciding.length);
      for (const person of ['radia', ...editors]) expect(deciding).not.toContain(person);
      for (const { from, to } of delegations)
        if (from === 'radia' || editors.includes(from)) expect(deciding).not.toContain(to);
      expect(ableIn(after).length).toBeLessThanOrEqual(peopleIn(before).length);
    }),
    { numRuns: 1_000 },
  );
});
