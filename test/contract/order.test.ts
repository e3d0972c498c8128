import { describe, expect, test } from 'vitest';
import { decisionStatementSchema } from '../../src/contract/decision.ts';
import { orderSchema, readOrder } from '../../src/contract/order.ts';
import { jwsOf } from '../domain/support.ts';
import { newKey } from '../support/installation.ts';

const key = newKey();
const signed = { installation: 'storefront', person: 'linus', reason: 'a good month', at: 1_700_000_000_000 };
const GRANT = {
  kind: 'grant',
  agent: 'cache-agent',
  agentVersion: '1.4.0',
  actionType: 'cache.flush',
  serviceTier: 3,
  level: 2,
  ...signed,
};
const HOLD = { kind: 'hold', scope: { kind: 'everything' }, ...signed };
const DELEGATE = {
  kind: 'delegate',
  to: 'grace',
  scope: { kind: 'everything' },
  since: 1,
  until: 2,
  ...signed,
};
const LIFT = { kind: 'lift', holdId: 'hold-0123456789ab', ...signed };

describe('what an order may say', () => {
  test.each([
    ['a grant', GRANT],
    ['with model and prompt', { ...GRANT, model: 'vendor/m-2:beta', promptDigest: 'a'.repeat(64) }],
    ['a hold on everything', HOLD],
    ['on an agent', { ...HOLD, scope: { kind: 'agent', agent: 'cache-agent' } }],
    ['on an action type', { ...HOLD, scope: { kind: 'actionType', actionType: 'cache.flush' } }],
    ['on a service', { ...HOLD, scope: { kind: 'service', service: 'cart', environment: 'production' } }],
    ['the end of a hold', LIFT],
    ['a delegation', DELEGATE],
    ['for an action type', { ...DELEGATE, scope: { kind: 'actionType', actionType: 'cache.flush' } }],
    ['for a service', { ...DELEGATE, scope: { kind: 'service', service: 'cart' } }],
    ['its end', { kind: 'endDelegation', delegationId: 'delegation-1', ...signed }],
    ['through the gateway', { ...HOLD, authentication: 'passkey' }],
    ['of one that a failed rollback placed', { ...LIFT, holdId: 'deploy-agent.deploy-3.0.0/7' }],
  ])('%s', (_, order) => {
    expect(readOrder(jwsOf(key, order))).toEqual({ kind: 'order', order });
  });

  test.each<[string, object, string]>([
    ['of another kind', { ...HOLD, kind: 'pause' }, 'kind'],
    ['without a reason', { ...LIFT, reason: ' ' }, 'reason'],
    ['by nobody', { ...HOLD, person: undefined }, 'person'],
    ['at no time', { ...HOLD, at: 0.5 }, 'at'],
    ['of level 4', { ...GRANT, level: 4 }, 'level'],
    ['for service tier 0', { ...GRANT, serviceTier: 0 }, 'serviceTier'],
    ['for no version', { ...GRANT, agentVersion: undefined }, 'agentVersion'],
    ['with a prompt for a digest', { ...GRANT, promptDigest: 'be careful' }, 'promptDigest'],
    ['with a scope of another kind', { ...HOLD, scope: { kind: 'team', team: 'x' } }, 'scope.kind'],
    ['with more in its scope', { ...HOLD, scope: { kind: 'everything', agent: 'x' } }, 'scope.agent'],
    ['from one to another', { ...DELEGATE, from: 'ada' }, 'from'],
    ['for an agent', { ...DELEGATE, scope: { kind: 'agent', agent: 'x' } }, 'scope.kind'],
    ['without an end', { ...DELEGATE, until: undefined }, 'until'],
    ['by a password', { ...HOLD, authentication: 'password' }, 'authentication'],
    ['with a member more', { ...LIFT, force: true }, 'force'],
    ['to lift a hold with a hidden name', { ...LIFT, holdId: 'hold\u0000-1' }, 'holdId'],
  ])('nothing %s', (_, order, where) => {
    const read = readOrder(jwsOf(key, order));
    expect(read.kind === 'refused' && read.faults.map((fault) => fault.where)).toContain(where);
  });

  test.each([undefined, null, 7, {}, '', 'a.b.c', '..', 'x'.repeat(20_000)])('%s is no order', (input) => {
    expect(readOrder(input).kind).toBe('refused');
  });
});

test('an order is not a decision, and a decision is no order', () => {
  const decision = {
    installation: 'storefront',
    workflowId: 'action/a',
    runId: crypto.randomUUID(),
    digest: 'a'.repeat(64),
    person: 'linus',
    verdict: 'approve',
    decidedAt: 1,
    authentication: 'signing-key',
  };
  expect(decisionStatementSchema.safeParse(decision).success).toBe(true);
  expect(orderSchema.safeParse(decision).success).toBe(false);
  for (const order of [GRANT, HOLD, LIFT, DELEGATE]) {
    expect(decisionStatementSchema.safeParse(order).success).toBe(false);
  }
});
