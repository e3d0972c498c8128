import { afterEach, describe, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { DelegationScope } from '../../src/domain/approval/delegation.ts';
import type { Unsigned } from '../../src/domain/orders/order.ts';
import { endOf } from '../support/agreement.ts';
import { GATEWAY_KEY, withGateway } from '../support/gateway.ts';
import { newKey, testInstallation } from '../support/installation.ts';
import { orders, signed } from '../support/orders.ts';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const HOUR = 3_600_000;

/** Two of the cart team, barbara and edsger, must approve. */
const world = useWorld({
  installation: () => {
    const { rules = testInstallation().installation.rules } = withGateway();
    const { approval } = rules;
    return {
      rules: { ...rules, approval: { ...approval, approval: { atLeast: 2, of: ['owners'] } } },
    };
  },
});

type Delegate = Extract<Unsigned, { kind: 'delegate' }>;
const to = (person: string, changes: Partial<Delegate> = {}): Delegate => ({
  kind: 'delegate',
  to: person,
  scope: { kind: 'everything' },
  reason: 'at the sea',
  since: Date.now() - HOUR,
  until: Date.now() + 24 * HOUR,
  ...changes,
});
const onCart = () => world().asked(proposal({ target: 'cart', declaredTier: 3 }));
const approversOf = async (action: ActionHandle) => {
  const { ruling } = await action.state();
  return ruling && 'requirement' in ruling && 'group' in ruling.requirement
    ? ruling.requirement.approvers.map(({ person, actsFor }) => ({ person, ...(actsFor ? { actsFor } : {}) }))
    : [];
};

/** Whoever has a place gives it back. */
afterEach(async () => {
  for (const { id, from } of await world().countersign.delegations())
    await orders(world(), from, { kind: 'endDelegation', delegationId: id, reason: 'back again' });
  expect(await world().countersign.delegations()).toEqual([]);
});

describe('a delegate', () => {
  test('decides in the place of whoever is away, is told at once, and counts for one', async () => {
    await orders(world(), 'barbara', to('grace'));
    const action = await onCart();
    expect(await approversOf(action)).toEqual([
      { person: 'grace', actsFor: ['barbara'] },
      { person: 'edsger' },
    ]);
    expect(world().mailsOf(action)[0]?.to.toSorted()).toEqual([
      'edsger@storefront.example',
      'grace@storefront.example',
    ]);
    await expect(world().decide('barbara', 'approve', action)).rejects.toMatchObject({
      refusal: 'requesterSide',
      message: expect.stringContaining('grace decides in their place until'),
    });
    await world().decide('grace', 'approve', action);
    expect((await action.state()).status).toBe('waiting');
    await world().decide('edsger', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });

  test('INVARIANT 4: who has a place of their own has no second one: then each keeps theirs', async () => {
    await orders(world(), 'barbara', to('edsger'));
    const action = await onCart();
    expect(await approversOf(action)).toEqual([{ person: 'barbara' }, { person: 'edsger' }]);
    await world().say('barbara', 'deny', action);
    await action.result();
  });

  test("INVARIANT 4: of the requester's side does not decide either", async () => {
    await orders(world(), 'radia', to('barbara'));
    const action = await world().countersign.propose(proposal({ target: 'cart', declaredTier: 3 }));
    const { outcome } = await action.result();
    expect(outcome).toMatchObject({
      kind: 'undeliverable',
      reason: expect.stringContaining('2 of cart-team must approve'),
    });
  });

  test("INVARIANT 4: nobody takes a place on the requester's behalf: a place given to it stays where it is", async () => {
    await orders(world(), 'barbara', to('radia'));
    const action = await onCart();
    expect(await approversOf(action)).toEqual([{ person: 'barbara' }, { person: 'edsger' }]);
    await world().say('barbara', 'deny', action);
    await action.result();
  });

  test.each<[string, DelegationScope, boolean]>([
    ['of that type', { kind: 'actionType', actionType: 'cache.flush' }, true],
    ['of another type', { kind: 'actionType', actionType: 'version.deploy' }, false],
    ['on that service', { kind: 'service', service: 'cart' }, true],
    ['on another service', { kind: 'service', service: 'checkout' }, false],
  ])('for actions %s decides on those alone', async (_, scope, holds) => {
    await orders(world(), 'barbara', to('grace', { scope }));
    const action = await onCart();
    expect((await approversOf(action)).some(({ person }) => person === 'grace')).toBe(holds);
    await world().say('edsger', 'deny', action);
    await action.result();
  });

  test('before the time has nothing to decide', async () => {
    await orders(world(), 'barbara', to('grace', { since: Date.now() + HOUR }));
    const action = await onCart();
    expect(await approversOf(action)).toEqual([{ person: 'barbara' }, { person: 'edsger' }]);
    await world().say('edsger', 'deny', action);
    await action.result();
  });

  test('whose delegation ends while people are waited for still decides on that action, and on no other', async () => {
    await orders(world(), 'barbara', to('grace'));
    const action = await onCart();
    const [{ id = '' } = {}] = await world().countersign.delegations();
    await orders(world(), 'grace', { kind: 'endDelegation', delegationId: id, reason: 'no time' });
    await world().decide('grace', 'approve', action);
    await world().decide('edsger', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    const next = await onCart();
    expect(await approversOf(next)).toEqual([{ person: 'barbara' }, { person: 'edsger' }]);
    await world().say('edsger', 'deny', next);
    await next.result();
  });
});

test('INVARIANT 4: after an entry that cannot be read nobody sits in a place that was given before it', async () => {
  await orders(world(), 'barbara', to('grace'));
  await world().ledger.append({
    eventId: 'foreign',
    actionId: 'delegations/all',
    kind: 'delegationEnded',
    at: Date.now(),
    body: {},
  });
  expect(await world().countersign.delegations()).toMatchObject([{ from: 'barbara', doubtful: true }]);
  expect(await approversOf(await onCart())).toEqual([{ person: 'barbara' }, { person: 'edsger' }]);

  const [{ id = '' } = {}] = await world().countersign.delegations();
  await orders(world(), 'barbara', { kind: 'endDelegation', delegationId: id, reason: 'in doubt' });
  await orders(world(), 'barbara', to('grace'));
  expect(await approversOf(await onCart())).toContainEqual({ person: 'grace', actsFor: ['barbara'] });
});

describe('a delegation is refused', () => {
  const refused = (faults: string[]) => ({
    name: 'OrderRefused',
    faults: faults.map((where) => expect.objectContaining({ where })),
  });

  test.each<[string, Delegate, string[]]>([
    ['to oneself', to('barbara'), ['to']],
    ['to nobody we know', to('mallory'), ['to']],
    ['that is over', to('grace', { until: Date.now() - 1 }), ['until']],
    [
      'that ends before it begins',
      to('grace', { since: Date.now() + 9 * HOUR, until: Date.now() + HOUR }),
      ['until'],
    ],
    ['for ever', to('grace', { until: Date.now() + 367 * 24 * HOUR }), ['until']],
    [
      'for a type that is not there',
      to('grace', { scope: { kind: 'actionType', actionType: 'x' } }),
      ['scope.actionType'],
    ],
  ])('%s', async (_, order, where) => {
    await expect(orders(world(), 'barbara', order)).rejects.toMatchObject(refused(where));
  });

  test('INVARIANT 4: where it would be given on, from either end, or twice', async () => {
    await orders(world(), 'barbara', to('grace'));
    await expect(orders(world(), 'grace', to('linus'))).rejects.toMatchObject(refused(['person']));
    await expect(orders(world(), 'edsger', to('barbara'))).rejects.toMatchObject(refused(['to']));
    await expect(orders(world(), 'barbara', to('linus'))).rejects.toMatchObject(refused(['scope']));
  });

  test('INVARIANT 3: when somebody else signed it, or was only signed in', async () => {
    const forged = await signed(world(), 'barbara', to('grace'), {}, newKey());
    await expect(world().countersign.order(forged)).rejects.toMatchObject(refused(['signature']));
    const byGateway = (authentication: 'session' | 'passkey') =>
      signed(world(), 'barbara', to('grace'), { authentication }, GATEWAY_KEY);
    await expect(world().countersign.order(await byGateway('session'))).rejects.toMatchObject(
      refused(['authentication']),
    );
    expect(await world().countersign.order(await byGateway('passkey'))).toMatchObject({ kind: 'delegated' });
  });

  test('from being ended by others', async () => {
    await orders(world(), 'barbara', to('grace'));
    const [{ id = '' } = {}] = await world().countersign.delegations();
    const end = { kind: 'endDelegation', delegationId: id, reason: 'mine' } as const;
    await expect(orders(world(), 'linus', end)).rejects.toMatchObject(refused(['person']));
  });
});
