import { describe, expect, test } from 'vitest';
import type { Delegation } from '../../../src/domain/approval/delegation.ts';
import type { Installation } from '../../../src/domain/installation/installation.ts';
import {
  type DelegateOrder,
  delegationFaults,
  endFaults,
  LONGEST_DELEGATION_MS,
} from '../../../src/domain/orders/delegation-order.ts';
import { testInstallation } from '../../support/installation.ts';

const { installation } = testInstallation();
const NOW = Date.UTC(2026, 2, 14, 15);
const HOUR = 3_600_000;

const order = {
  installation: installation.name,
  person: 'barbara',
  to: 'grace',
  scope: { kind: 'everything' },
  reason: 'away',
  at: NOW,
  since: NOW,
  until: NOW + HOUR,
} as const satisfies Omit<DelegateOrder, 'kind'>;

const standing = (changes: Partial<Delegation>): Delegation => ({
  id: 'd-1',
  from: 'barbara',
  to: 'linus',
  scope: { kind: 'everything' },
  reason: 'away',
  since: NOW,
  until: NOW + HOUR,
  ...changes,
});
const faultsIn = (
  changes: Partial<Omit<DelegateOrder, 'kind'>>,
  others: readonly Delegation[] = [],
  from: Installation = installation,
) =>
  delegationFaults(from, { ...order, ...changes } as Omit<DelegateOrder, 'kind'>, others, NOW).map(
    ({ where }) => where,
  );

describe('a delegation', () => {
  test.each<[string, Partial<Omit<DelegateOrder, 'kind'>>, string[]]>([
    ['as it should be', {}, []],
    ['to oneself', { to: 'barbara' }, ['to']],
    ['to somebody unknown', { to: 'mallory' }, ['to']],
    ['to a name of every object', { to: 'constructor' }, ['to']],
    ['that ends when it begins', { since: NOW + HOUR }, ['until']],
    ['that ends now', { since: NOW - 1, until: NOW }, ['until']],
    ['as long as may be', { until: NOW + LONGEST_DELEGATION_MS }, []],
    ['longer than that', { until: NOW + LONGEST_DELEGATION_MS + 1 }, ['until']],
    ['for an unknown service', { scope: { kind: 'service', service: 'x' } }, ['scope.service']],
  ])('%s', (_, changes, where) => {
    expect(faultsIn(changes)).toEqual(where);
  });

  test('to somebody who has no key is good only where people can sign in', () => {
    const people = { ...installation.people, grace: { ...known('grace'), keys: [] } };
    const keyless = testInstallation({ people });
    const gateway = { url: 'https://c.example', keys: ['k'], stepUpFromTier: 3 } as const;
    const signingIn = testInstallation({ people, rules: { ...installation.rules, gateway } });
    expect(faultsIn({}, [], keyless.installation)).toEqual(['to']);
    expect(faultsIn({}, [], signingIn.installation)).toEqual([]);
  });

  test.each<[string, Partial<Delegation>, string[]]>([
    ['of the same place', {}, ['scope']],
    ['of the same place for one service', { scope: { kind: 'service', service: 'cart' } }, ['scope']],
    ['of the same place, before', { since: NOW - HOUR, until: NOW }, []],
    ['of the same place, afterwards', { since: NOW + HOUR, until: NOW + 2 * HOUR }, []],
    ['to whoever gives it', { from: 'linus', to: 'barbara' }, ['person']],
    ['by whoever would get it', { from: 'grace', to: 'linus' }, ['to']],
    ['to whoever would get it, by somebody else', { from: 'edsger', to: 'grace' }, []],
    ['among others', { from: 'edsger', to: 'linus' }, []],
  ])('INVARIANT 4: beside one %s', (_, other, where) => {
    expect(faultsIn({}, [standing(other)])).toEqual(where);
  });

  test('of one service beside one of another is another', () => {
    const cart = { kind: 'service', service: 'cart' } as const;
    const web = standing({ scope: { kind: 'service', service: 'web' } });
    expect(faultsIn({ scope: cart }, [web])).toEqual([]);
    expect(faultsIn({ scope: cart }, [standing({ scope: cart })])).toEqual(['scope']);
  });
});

describe('the end of a delegation', () => {
  const end = (person: string, delegationId = 'd-1') =>
    endFaults({ installation: installation.name, person, delegationId, reason: 'back', at: NOW }, [
      standing({}),
    ]).map(({ where }) => where);

  test.each([
    ['who gave the place', 'barbara', []],
    ['who has it', 'linus', []],
    ['anybody else', 'grace', ['person']],
  ])('by %s', (_, person, where) => {
    expect(end(person)).toEqual(where);
  });

  test('that does not stand names those that do', () => {
    expect(end('barbara', 'd-2')).toEqual(['delegationId']);
  });
});

function known(name: string) {
  const person = installation.people[name];
  if (!person) throw new Error(`${name} is not in the catalog`);
  return person;
}
