import { describe, expect, test } from 'vitest';
import { CARRY_OUT_ORDER, orderWorkflowId } from '../../src/contract/ids.ts';
import type { HoldScope } from '../../src/domain/admission/hold.ts';
import type { ReadEntry } from '../../src/domain/ledger/ledger.ts';
import type { Unsigned } from '../../src/domain/orders/order.ts';
import { newKey } from '../support/installation.ts';
import { aGrant, aHold, orders, signed } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { aKey } from '../support/standing.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();
const MINUTE = 60_000;

const GRANT = aGrant(aKey(), 2);
const HOLD = aHold({ kind: 'agent', agent: 'cache-agent' });
const LIFT: Unsigned = { kind: 'lift', holdId: 'hold-0123456789ab', reason: 'mended' };

/** All that orders ever change. */
async function changes(): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  for await (const entry of world().ledger.all())
    if (['granted', 'holdPlaced', 'holdLifted'].includes(entry.kind)) entries.push(entry);
  return entries;
}

/** The order is refused for exactly this, and nothing came of it. */
async function expectRefused(jws: string, ...places: string[]): Promise<void> {
  const before = await changes();
  const refused = await world()
    .countersign.order(jws)
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'OrderRefused', faults: places.map((where) => ({ where })) });
  expect(await changes()).toEqual(before);
}

describe('INVARIANT 3: only what an entitled person signed just now is carried out', () => {
  test.each<[string, Unsigned]>([
    ['grant', GRANT],
    ['hold', HOLD],
    ['lift', LIFT],
  ])('INVARIANT 3: not a %s that somebody forged', async (_, unsigned) => {
    await expectRefused(await signed(world(), 'linus', unsigned, {}, newKey()), 'signature');
    await expectRefused(await signed(world(), 'linus', unsigned, {}, world().keyOf('grace')), 'signature');
  });

  test('INVARIANT 3: not one of somebody without the right', async () => {
    await expectRefused(await signed(world(), 'grace', GRANT), 'person');
    await expectRefused(await signed(world(), 'grace', LIFT), 'person');
  });

  test.each([
    ['older than 15 minutes', -16 * MINUTE],
    ['dated ahead', 6 * MINUTE],
  ])('INVARIANT 3: not one that is %s', async (_, offset) => {
    for (const unsigned of [GRANT, HOLD])
      await expectRefused(await signed(world(), 'linus', unsigned, { at: Date.now() + offset }), 'at');
  });

  test('INVARIANT 3: not one whose text was changed after it was signed', async () => {
    const [header, , signature] = (await signed(world(), 'linus', GRANT)).split('.');
    const { name: installation } = world().installation;
    const bent = { ...GRANT, level: 3, installation, person: 'linus', at: Date.now() };
    const payload = Buffer.from(JSON.stringify(bent)).toString('base64url');
    await expectRefused(`${header}.${payload}.${signature}`, 'signature');
  });

  test('INVARIANT 3: everything that speaks against it is said at once', async () => {
    const bent = { ...aGrant(aKey({ id: 'nobody' }), 2), actionType: 'schema.migrate' };
    await expectRefused(
      await signed(world(), 'grace', bent, { at: 1 }, newKey()),
      'signature',
      'at',
      'person',
      'agent',
      'level',
    );
  });

  test.each(['', 'a.b.c', 'nonsense'])('INVARIANT 3: not %s', async (jws) => {
    await expect(world().countersign.order(jws)).rejects.toMatchObject({ name: 'OrderRefused' });
    const options = { taskQueue: world().taskQueue, workflowId: orderWorkflowId(jws), args: [jws] };
    await expect(world().client.workflow.execute(CARRY_OUT_ORDER, options)).rejects.toMatchObject({
      cause: { cause: { type: 'OrderRefused' } },
    });
  });
});

describe('the same order twice is one', () => {
  test('handed in again, and many times at once', async () => {
    const jws = await signed(world(), 'linus', aGrant(aKey({ version: '7' }), 2));
    const before = (await changes()).length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => world().countersign.order(jws)));
    answers.push(await world().countersign.order(jws));
    expect(answers).toEqual(Array(11).fill({ kind: 'granted', level: 2 }));
    expect(await changes()).toHaveLength(before + 1);
  });

  test('a copy that is carried out under another name is refused', async () => {
    const jws = await signed(world(), 'linus', aGrant(aKey({ version: '8' }), 2));
    const options = { taskQueue: world().taskQueue, workflowId: 'order/mine', args: [jws] };
    await expect(world().client.workflow.execute(CARRY_OUT_ORDER, options)).rejects.toMatchObject({
      cause: { cause: { type: 'OrderRefused', details: [[{ where: 'the workflow id' }]] } },
    });
  });

  test('a copy of a hold does not place it again once it is lifted', async () => {
    const jws = await signed(world(), 'grace', aHold({ kind: 'service', service: 'web' }));
    const placed = await world().countersign.order(jws);
    const holdId = 'holdId' in placed ? placed.holdId : '';
    await orders(world(), 'linus', { kind: 'lift', holdId, reason: 'mended' });
    const options = {
      taskQueue: world().taskQueue,
      workflowId: orderWorkflowId(jws),
      args: [jws],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    };
    await world().client.workflow.execute(CARRY_OUT_ORDER, options);
    expect(await world().countersign.holds()).toEqual([]);
  });
});

test('INVARIANT 13: a client cannot have an order carried out by itself', async () => {
  const jws = await signed(world(), 'linus', GRANT);
  const started = world().client.activity.execute('carryOut', {
    id: 'by-itself',
    taskQueue: world().taskQueue,
    scheduleToCloseTimeout: '10s',
    args: [jws],
    retry: { maximumAttempts: 1 },
  });
  await expect(started).rejects.toMatchObject({
    cause: { type: 'NotOnRecord', message: expect.stringContaining('as a step of a workflow') },
  });
});

test('a grant that was signed before the agent lost a level does not undo that', async () => {
  const key = aKey({ version: '9' });
  const old = await signed(world(), 'linus', aGrant(key, 3), { at: Date.now() - 2 * MINUTE });
  const { agent } = key;
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true });
  const failed = await world().countersign.propose(proposal({ agent, declaredTier: 2 }));
  await world().decide('linus', 'approve', failed);
  expect((await failed.result()).outcome.kind).toBe('rolledBack');
  await world().storefrontFaults({});
  await expectRefused(old, 'at');
  expect(await orders(world(), 'linus', aGrant(key, 3))).toEqual({ kind: 'granted', level: 3 });
});

describe('holds', () => {
  const SCOPES: HoldScope[] = [
    { kind: 'everything' },
    { kind: 'agent', agent: 'cache-agent' },
    { kind: 'actionType', actionType: 'cache.flush' },
    { kind: 'service', service: 'cart', environment: 'production' },
  ];

  test.each(SCOPES)('INVARIANT 1: a hold on %o stops a window that is about to pass', async (scope) => {
    const agent = { id: 'cache-agent', version: '1.4.0' };
    await orders(world(), 'linus', aGrant({ agent, actionType: 'cache.flush', serviceTier: 2 }, 3));
    const action = await world().countersign.propose(proposal({ target: 'cart' }));
    await world().until(action, 'waiting');
    await world().skip(action, 4 * MINUTE);
    // Anybody in the catalog may: radia is in no group.
    const placed = await orders(world(), 'radia', aHold(scope));
    expect(await world().countersign.holds()).toMatchObject([{ scope, placedBy: 'radia' }]);
    await world().skip(action, MINUTE);
    expect((await action.result()).outcome).toMatchObject({
      kind: 'held',
      reason: expect.stringMatching(/radia.*errors since noon/),
    });
    expect(await world().effectsOf(action)).toEqual([]);

    const holdId = 'holdId' in placed ? placed.holdId : '';
    const lift: Unsigned = { kind: 'lift', holdId, reason: 'mended' };
    await expectRefused(await signed(world(), 'radia', lift), 'person');
    // INVARIANT 4: nor may whoever granted the agent its level.
    const granter = await signed(world(), 'linus', lift);
    if (scope.kind === 'agent') await expectRefused(granter, 'person');
    expect(await orders(world(), 'margaret', lift)).toEqual({ kind: 'holdLifted', holdId });
    expect(await world().countersign.holds()).toEqual([]);
    const again = await world().countersign.propose(proposal({ target: 'cart' }));
    await world().decide('barbara', 'approve', again);
    expect((await again.result()).outcome.kind).toBe('succeeded');
  });

  test('INVARIANT 1: it stops what people approved, too', async () => {
    const placed = await orders(world(), 'grace', aHold({ kind: 'service', service: 'checkout' }));
    const action = await world().countersign.propose(deploy('2.4.0'));
    await world().decide('grace', 'approve', action);
    expect((await action.result()).outcome.kind).toBe('held');
    await orders(world(), 'linus', {
      kind: 'lift',
      holdId: 'holdId' in placed ? placed.holdId : '',
      reason: 'mended',
    });
  });

  test('a hold that does not stand, or stands no more, cannot be lifted', async () => {
    await expectRefused(await signed(world(), 'linus', LIFT), 'holdId');
    const placed = await orders(world(), 'grace', aHold({ kind: 'service', service: 'web' }));
    const lift: Unsigned = {
      kind: 'lift',
      holdId: 'holdId' in placed ? placed.holdId : '',
      reason: 'mended',
    };
    const jws = await signed(world(), 'linus', lift);
    await world().countersign.order(jws);
    await expectRefused(await signed(world(), 'margaret', lift), 'holdId');
    expect(await world().countersign.order(jws)).toMatchObject({ kind: 'holdLifted' });
  });
});
