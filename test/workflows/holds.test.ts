import { afterEach, expect, test } from 'vitest';
import type { Holds } from '../../src/activities/ports/holds.ts';
import { createHolds } from '../../src/adapters/postgres/holds.ts';
import { describeHold, type HoldScope } from '../../src/domain/admission/hold.ts';
import { endOf } from '../support/agreement.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;

const world = useWorld();

const holds = (): Holds => createHolds(world().database);

async function place(scope: HoldScope) {
  const hold = { id: crypto.randomUUID(), scope, placedBy: 'linus', reason: 'incident 4711', at: Date.now() };
  await holds().place(hold, null);
  return hold;
}

const liftAll = async () => {
  for (const { id } of await holds().list())
    await holds().lift(id, { by: 'linus', reason: 'over', at: Date.now() }, null);
};

afterEach(async () => {
  await liftAll();
  await world().storefrontFaults({});
});

test('a hold stops a window that is about to pass, and says who placed it and why', async () => {
  const action = await world().countersign.propose(proposal({ target: 'cart' }));
  await world().until(action, 'waiting');
  await world().skip(action, 4 * MINUTE);
  const hold = await place({ kind: 'agent', agent: 'cache-agent' });
  await world().skip(action, 1 * MINUTE);
  expect(await endOf(world(), action)).toEqual({ kind: 'held', reason: describeHold(hold) });
});

test('a hold stops what a person approved, until it is lifted', async () => {
  await place({ kind: 'service', service: 'checkout' });
  const stopped = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', stopped);
  expect(await endOf(world(), stopped)).toMatchObject({ kind: 'held' });
  await liftAll();
  const next = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', next);
  expect(await endOf(world(), next)).toMatchObject({ kind: 'succeeded' });
});

test('where an action could not be taken back nothing runs until a person lifts the hold', async () => {
  await world().storefrontFaults({ metrics: 'nan', failUndo: true });
  const failed = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', failed);
  const { reason } = await endOf(world(), failed);
  await world().storefrontFaults({});
  const [hold] = await holds().list();
  expect(hold).toMatchObject({ placedBy: `action/${failed.actionId}`, reason });

  const stopped = await world().countersign.propose(deploy('2.3.1'));
  await world().decide('grace', 'approve', stopped);
  const outcome = await endOf(world(), stopped);
  expect(outcome).toMatchObject({ kind: 'held', reason: expect.stringContaining(failed.actionId) });
  await liftAll();
  const next = await world().countersign.propose(deploy('2.3.1'));
  await world().decide('grace', 'approve', next);
  expect(await endOf(world(), next)).toMatchObject({ kind: 'succeeded' });
});
