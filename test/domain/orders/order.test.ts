import { describe, expect, test } from 'vitest';
import type { HoldScope } from '../../../src/domain/admission/hold.ts';
import type { Installation } from '../../../src/domain/installation/installation.ts';
import { type GrantOrder, type Order, orderFaults, type Unsigned } from '../../../src/domain/orders/order.ts';
import { ORDER_VALID_MS } from '../../../src/domain/orders/order-signature.ts';
import type { Authorize } from '../../../src/domain/policy/policy.ts';
import { newKey, testInstallation } from '../../support/installation.ts';
import { authorizeBy, DEFAULT_POLICIES, defaultAuthorize } from '../../support/policies.ts';
import { actionTypeWith, jwsOf } from '../support.ts';

const { installation, keys } = testInstallation();
const NOW = Date.UTC(2026, 2, 14, 15);
const MINUTE = 60_000;

const GRANT: Unsigned<GrantOrder> = {
  kind: 'grant',
  agent: 'cache-agent',
  agentVersion: '1.4.0',
  actionType: 'cache.flush',
  serviceTier: 3,
  level: 3,
  reason: 'a good month',
};
const hold = (scope: HoldScope): Unsigned => ({ kind: 'hold', scope, reason: 'errors since noon' });
const HOLD = hold({ kind: 'everything' });
const LIFT: Unsigned = { kind: 'lift', holdId: 'hold-1', reason: 'mended' };
const ERASE: Unsigned = { kind: 'erase', subject: 'cache-agent.flush', entries: [4], reason: 'a password' };
const LEGAL_HOLD: Unsigned = { kind: 'placeLegalHold', scope: { kind: 'everything' }, reason: 'case 4711' };
const END_LEGAL_HOLD: Unsigned = { kind: 'endLegalHold', legalHoldId: 'legal-hold-1', reason: 'closed' };

interface Case {
  /** Whose name is on it. */
  readonly person?: string;
  /** Whose key signs it. */
  readonly key?: string;
  readonly at?: number;
  readonly from?: Installation;
  readonly authorize?: Authorize;
  /** The installation that it says it is for. */
  readonly meant?: string;
}

/** Where the faults of an order are: `linus` may grant, everybody may place a hold. */
function faultsOf(
  unsigned: Unsigned,
  {
    person = 'linus',
    key = person,
    at = NOW,
    from = installation,
    authorize = defaultAuthorize,
    meant = installation.name,
  }: Case = {},
) {
  const order: Order = { ...unsigned, installation: meant, person, at };
  const jws = jwsOf(keys[key] ?? newKey(), order);
  return orderFaults(from, authorize, order, jws, NOW);
}
const placesOf = (unsigned: Unsigned, given: Case = {}) =>
  faultsOf(unsigned, given).map(({ where }) => where);

const EACH: [string, Unsigned][] = [
  ['grant', GRANT],
  ['hold', HOLD],
  ['lift', LIFT],
];

describe.each(EACH)('a %s', (_, unsigned) => {
  test('of somebody who may, signed now, has nothing against it', () => {
    expect(faultsOf(unsigned)).toEqual([]);
  });

  test('INVARIANT 6: for another installation is refused', () => {
    expect(faultsOf(unsigned, { meant: 'staging' })).toContainEqual({
      where: 'installation',
      problem: 'it is for staging, this is storefront',
    });
  });

  test('INVARIANT 3: in the name of one who is not in the catalog is refused', () => {
    expect(placesOf(unsigned, { person: 'mallory' })).toContain('person');
  });

  test('INVARIANT 3: signed with the key of somebody else is refused', () => {
    expect(placesOf(unsigned, { key: 'grace' })).toEqual(['signature']);
  });

  test('INVARIANT 3: of a person without a key is refused', () => {
    const people = { ...installation.people, linus: { ...installation.people.linus, keys: [] } };
    const from = testInstallation({ people: people as Installation['people'] }).installation;
    expect(placesOf(unsigned, { from })).toEqual(['signature']);
  });

  test.each([
    ['15 minutes old', NOW - ORDER_VALID_MS, []],
    ['older than 15 minutes', NOW - ORDER_VALID_MS - 1, ['at']],
    ['5 minutes ahead', NOW + 5 * MINUTE, []],
    ['more than 5 minutes ahead', NOW + 5 * MINUTE + 1, ['at']],
  ])('that is %s', (_when, at, where) => {
    expect(placesOf(unsigned, { at })).toEqual(where);
  });
});

describe('who may', () => {
  test.each([
    ['grace', 'hold', HOLD, []],
    ['grace', 'grant', GRANT, ['person']],
    ['grace', 'lift', LIFT, ['person']],
    ['margaret', 'grant', GRANT, []],
    ['margaret', 'lift', LIFT, []],
    ['radia', 'erase', ERASE, []],
    ['grace', 'erase', ERASE, ['person']],
    ['grace', 'placeLegalHold', LEGAL_HOLD, []],
    ['grace', 'endLegalHold', END_LEGAL_HOLD, []],
    ['radia', 'placeLegalHold', LEGAL_HOLD, ['person']],
    ['radia', 'endLegalHold', END_LEGAL_HOLD, ['person']],
  ] as const)('%s: %s', (person, _, unsigned, where) => {
    expect(placesOf(unsigned, { person })).toEqual(where);
  });

  test('nobody grants or lifts where operators named nobody, and it says where to', () => {
    const { standing: _, ...rules } = installation.rules;
    const from = testInstallation({ rules }).installation;
    expect(placesOf(HOLD, { from })).toEqual([]);
    for (const unsigned of [GRANT, LIFT]) {
      expect(faultsOf(unsigned, { from })).toEqual([
        { where: 'person', problem: expect.stringMatching(/countersign\.yaml, as standing: \{ grantedBy/) },
      ]);
    }
  });

  test('nobody erases or places legal holds where operators named nobody, and it says where to', () => {
    const { ledger: _, ...rules } = installation.rules;
    const from = testInstallation({ rules }).installation;
    expect(faultsOf(ERASE, { person: 'radia', from })).toEqual([
      { where: 'person', problem: expect.stringContaining('as ledger: { erasedBy: group:name }') },
    ]);
    expect(faultsOf(LEGAL_HOLD, { person: 'grace', from })).toEqual([
      { where: 'person', problem: expect.stringContaining('as ledger: { legalHoldsBy: group:name }') },
    ]);
  });

  test('INVARIANT 4: who owns an agent grants it nothing, and may still stop it', () => {
    const from = testInstallation({
      rules: { ...installation.rules, standing: { grantedBy: 'user:radia' } },
    }).installation;
    expect(faultsOf(GRANT, { person: 'radia', from })).toEqual([
      { where: 'person', problem: expect.stringContaining('user:radia owns cache-agent') },
    ]);
    expect(faultsOf({ ...GRANT, agent: 'deploy-agent' }, { person: 'radia', from })).toEqual([]);
    const own = hold({ kind: 'agent', agent: 'cache-agent' });
    expect(faultsOf(own, { person: 'radia', from })).toEqual([]);
  });
});

describe('a grant reaches no further than the ceiling', () => {
  const secret = actionTypeWith({
    name: 'keys.rotate',
    rollback: { executor: 'command', argv: ['x'], timeoutMs: 1 },
    severity: { performance: 0, security: 3, dataAccess: 0, serviceDisruption: 0 },
  });
  const actionTypes = { ...installation.actionTypes, 'keys.rotate': secret };
  const from = testInstallation({ actionTypes }).installation;

  test.each([
    ['schema.migrate', 0, []],
    ['schema.migrate', 1, []],
    ['schema.migrate', 2, ['level']],
    ['keys.rotate', 1, []],
    ['keys.rotate', 2, ['level']],
    ['cache.flush', 3, []],
  ] as const)('%s, level %i', (actionType, level, where) => {
    expect(placesOf({ ...GRANT, actionType, level }, { from })).toEqual(where);
  });
});

describe('names that nothing has', () => {
  test.each<[Unsigned, string[]]>([
    [{ ...GRANT, agent: 'cache-agnet', actionType: 'constructor' }, ['agent', 'actionType']],
    [hold({ kind: 'agent', agent: 'cache-agnet' }), ['scope.agent']],
    [hold({ kind: 'actionType', actionType: 'cache' }), ['scope.actionType']],
    [hold({ kind: 'service', service: 'cart' }), []],
    [hold({ kind: 'service', service: 'cart', environment: 'production' }), []],
    [
      hold({ kind: 'service', service: 'carts', environment: 'prod' }),
      ['scope.service', 'scope.environment'],
    ],
  ])('%o', (unsigned, where) => {
    expect(placesOf(unsigned)).toEqual(where);
  });
});

test('everything that speaks against an order is named at once', () => {
  const bent = { ...GRANT, agent: 'nobody', actionType: 'schema.migrate' };
  const where = placesOf(bent, { person: 'grace', key: 'ada', at: NOW - 16 * MINUTE });
  expect(where).toEqual(['signature', 'at', 'person', 'agent', 'level']);
});

describe('policies limit who may grant', () => {
  const cautious = authorizeBy(
    DEFAULT_POLICIES,
    `@id("not-so-far") @reason("levels of critical services are for nobody alone")
     forbid (principal, action == Action::"grant", resource)
     when { context.level == 3 && context.serviceTier <= 3 };`,
  );

  test('to lower levels, and say why', () => {
    expect(faultsOf(GRANT, { authorize: cautious })).toEqual([
      {
        where: 'person',
        problem:
          'linus may not grant this: not-so-far forbids it (levels of critical services are for nobody alone)',
      },
    ]);
    expect(faultsOf({ ...GRANT, level: 2 }, { authorize: cautious })).toEqual([]);
  });

  test('INVARIANT 1: and where none permits it, nobody may', () => {
    expect(placesOf(GRANT, { authorize: authorizeBy('') })).toEqual(['person']);
  });

  test("holds are everybody's, whatever policies say", () => {
    expect(faultsOf(HOLD, { authorize: authorizeBy('') })).toEqual([]);
  });
});
