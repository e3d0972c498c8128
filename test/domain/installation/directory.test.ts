import { describe, expect, test } from 'vitest';
import {
  approversOf,
  excludedFrom,
  peopleIn,
  quorumsIn,
  textOf,
} from '../../../src/domain/approval/requirement.ts';
import { audience, membersOf } from '../../../src/domain/installation/directory.ts';
import { requirementFor } from '../../../src/domain/installation/requester-side.ts';
import { testInstallation } from '../../support/installation.ts';
import { anAction, quorumOf } from '../support.ts';

const { installation, keys } = testInstallation();

/** What deploy-agent, of ada's platform-ai, asks for on checkout, which ada and grace own. */
const onCheckout = anAction({
  target: 'checkout',
  agent: { id: 'deploy-agent', version: '1', owner: 'group:platform-ai' },
});

describe('the members of', () => {
  test.each([
    ['group:checkout-team', ['ada', 'grace']],
    ['user:radia', ['radia']],
    ['group:radia', []],
    ['user:checkout-team', []],
    ['group:unknown', []],
    ['user:unknown', []],
    ['group:', []],
    ['user:', []],
    ['', []],
    ['group:__proto__', []],
    ['group:constructor', []],
    ['user:__proto__', []],
    ['user:toString', []],
  ])('%j are %j', (ref, people) => {
    expect(membersOf(installation, ref)).toEqual(people);
  });
});

describe('an audience', () => {
  test.each([
    [['owners'], 'checkout-team', ['ada', 'grace']],
    [['on-call'], 'sre-on-call', ['linus', 'margaret']],
    [['group:cart-team'], 'cart-team', ['barbara', 'edsger']],
    [['owners', 'on-call'], 'checkout-team or sre-on-call', ['ada', 'grace', 'linus', 'margaret']],
    [['data-owners'], 'checkout-team', ['ada', 'grace']],
    [[], '', []],
  ])('of %j is %j: %j', (whom, named, people) => {
    expect(audience(installation, onCheckout, whom)).toEqual({ whom: named, people });
  });

  test.each([
    [undefined, 'checkout-team', ['ada', 'grace']],
    [[], 'checkout-team', ['ada', 'grace']],
    [['group:cart-team'], 'cart-team', ['barbara', 'edsger']],
    [['group:cart-team', 'user:radia'], 'cart-team or radia', ['barbara', 'edsger', 'radia']],
  ])('of the owners of its data, %j', (dataOwners, whom, people) => {
    const checkout = {
      name: 'checkout',
      owner: 'group:checkout-team',
      serviceTier: 1,
      dependsOn: [],
    } as const;
    const from = testInstallation({ services: { checkout: { ...checkout, dataOwners } } }).installation;
    expect(audience(from, onCheckout, ['data-owners'])).toEqual({ whom, people });
  });

  test('names each person once, whatever groups they are in', () => {
    const { people } = audience(installation, onCheckout, [
      'group:cart-team',
      'group:catalog-team',
      'owners',
    ]);
    expect(people).toEqual(['barbara', 'edsger', 'ada', 'grace']);
  });

  test('names each group once', () => {
    const { rules } = installation;
    const onCallOwns = testInstallation({ rules: { ...rules, onCall: 'group:checkout-team' } });
    const { whom } = audience(onCallOwns.installation, onCheckout, ['owners', 'on-call']);
    expect(whom).toBe('checkout-team');
  });

  test('is one person where one person owns the service', () => {
    const services = {
      checkout: {
        name: 'checkout',
        owner: 'user:radia',
        serviceTier: 1 as const,
        dependsOn: [],
        timeZone: 'UTC',
      },
    };
    const owned = testInstallation({ services }).installation;
    expect(audience(owned, onCheckout, ['owners'])).toEqual({ whom: 'radia', people: ['radia'] });
  });

  test('of the owners of a service that is not in the catalog is nobody', () => {
    for (const target of ['unknown', '__proto__']) {
      expect(audience(installation, anAction({ target }), ['owners']).people).toEqual([]);
    }
  });
});

describe("INVARIANT 4: the requester's side never approves", () => {
  test('INVARIANT 4: everybody in a group that owns the agent is left out, and told why', () => {
    const requirement = requirementFor(installation, onCheckout, { atLeast: 1, of: ['owners', 'on-call'] });
    expect(requirement).toEqual({
      atLeast: 1,
      group: 'checkout-team or sre-on-call',
      approvers: ['grace', 'linus', 'margaret'].map((person) => ({ person, keys: [keys[person]?.x] })),
      excluded: [{ person: 'ada', reason: 'platform-ai owns the agent deploy-agent, which asked for this' }],
    });
  });

  test('INVARIANT 4: a person who owns the agent alone is left out', () => {
    const byAda = { ...onCheckout, agent: { id: 'deploy-agent', version: '1', owner: 'user:ada' } };
    const requirement = requirementFor(installation, byAda, { atLeast: 1, of: ['owners'] });
    const { approvers, excluded } = quorumOf(requirement);
    expect(approvers.map(({ person }) => person)).toEqual(['grace']);
    expect(excluded).toEqual([
      { person: 'ada', reason: 'ada owns the agent deploy-agent, which asked for this' },
    ]);
  });

  test('INVARIANT 4: nobody is left when the group that must approve owns the agent', () => {
    const byOwners = {
      ...onCheckout,
      agent: { id: 'deploy-agent', version: '1', owner: 'group:checkout-team' },
    };
    const requirement = requirementFor(installation, byOwners, { atLeast: 1, of: ['owners'] });
    expect(peopleIn(requirement)).toEqual([]);
  });

  test('INVARIANT 4: nor does it in any part of a rule with several', () => {
    const owners = { atLeast: 1, of: ['owners'] };
    const requirement = requirementFor(installation, onCheckout, {
      allOf: [owners, { anyOf: [owners, { atLeast: 2, of: ['on-call', 'group:platform-ai'] }] }],
    });
    expect(textOf(requirement)).toBe(
      '1 of checkout-team, and (1 of checkout-team, or 2 of sre-on-call or platform-ai)',
    );
    expect(quorumsIn(requirement).map(({ approvers }) => approvers.map(({ person }) => person))).toEqual([
      ['grace'],
      ['grace'],
      ['linus', 'margaret'],
    ]);
    expect(excludedFrom(requirement).map(({ person }) => person)).toEqual(['ada']);
  });

  test('INVARIANT 4: for every agent, service and group, no approver is of the side that asks', () => {
    for (const { id, owner } of Object.values(installation.agents)) {
      for (const target of Object.keys(installation.services)) {
        for (const whom of [
          'owners',
          'on-call',
          ...Object.keys(installation.groups).map((name) => `group:${name}`),
        ]) {
          const action = anAction({ target, agent: { id, version: '1', owner } });
          const approvers = peopleIn(requirementFor(installation, action, { atLeast: 1, of: [whom] }));
          const side = membersOf(installation, owner);
          expect(approvers.filter((person) => side.includes(person))).toEqual([]);
        }
      }
    }
  });

  test('someone in the group whom the catalog does not know has no key to sign with', () => {
    const groups = { ...installation.groups, 'checkout-team': ['grace', 'ghost'] };
    const from = testInstallation({ groups }).installation;
    const requirement = requirementFor(from, onCheckout, { atLeast: 1, of: ['owners'] });
    expect(approversOf(requirement)).toContainEqual({ person: 'ghost', keys: [] });
  });
});
