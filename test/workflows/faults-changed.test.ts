import { afterEach, expect, test } from 'vitest';
import type { ExecuteInput } from '../../src/activities/execute.ts';
import type { ActivityDeps } from '../../src/activities/index.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Action, Tier } from '../../src/domain/action.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { Installation } from '../../src/domain/installation.ts';
import { endOf } from '../support/agreement.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;

const world = useWorld();

type Worker = Parameters<World['startWorker']>;

async function anotherWorker(...worker: Worker): Promise<void> {
  await world().stopWorker();
  await world().startWorker(...worker);
}

afterEach(() => anotherWorker());

const waiting = async (asked = deploy('2.4.0')): Promise<ActionHandle> => {
  const action = await world().countersign.propose(asked);
  await world().until(action, 'waiting');
  return action;
};

/** The same action with another version in the request that would be sent, and with another rollback. */
function bent(action: Action): Action {
  const { execute } = action;
  if (execute.executor !== 'http') throw new Error('a deploy is an HTTP request');
  const other = { ...execute, body: { version: '2.5.0' } };
  return { ...action, execute: other, rollback: other };
}

const OTHER = digestOf('something else');

const CHANGES: Readonly<Record<string, (input: ExecuteInput) => ExecuteInput>> = {
  'with another request': (input) => ({ ...input, action: bent(input.action) }),
  'under another digest': (input) => ({ ...input, digest: OTHER }),
  'under other rules': (input) => ({ ...input, pins: { ...input.pins, policy: OTHER } }),
};
const changes = Object.entries(CHANGES);

test.each(changes)(
  'INVARIANT 2: what comes to the executor %s than was approved does not run',
  async (_, change) => {
    const action = await waiting();
    await anotherWorker({}, ({ execute }) => ({ execute: (input) => execute(change(input)) }));
    await world().decide('grace', 'approve', action);
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('digest') });
  },
);

test.each(changes)(
  'INVARIANT 2: what comes to be admitted %s than was approved is not admitted',
  async (_, change) => {
    const action = await waiting();
    await anotherWorker({}, ({ admit }) => ({
      admit: (input) => admit({ ...input, ...change({ ...input, fencingToken: 0 }) }),
    }));
    await world().decide('grace', 'approve', action);
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({ kind: 'deniedByPolicy', reason: expect.stringContaining('digest') });
  },
);

/** The rules of this world with other tiers for an action type. */
const withTier = (name: string, tier: Tier): Partial<ActivityDeps> => {
  const { actionTypes } = world().installation;
  const tiers = { 1: tier, 2: tier, 3: tier, 4: tier };
  const type = Object.fromEntries(
    Object.entries(actionTypes).map(([key, was]) => [key, key === name ? { ...was, tier: tiers } : was]),
  );
  const { environments } = world().installation;
  return { installation: testInstallation({ environments, actionTypes: type }).installation };
};

test('INVARIANT 1: an approval does not run what the rules leave to people by the time it is given', async () => {
  const action = await waiting();
  await anotherWorker(withTier('version.deploy', 4));
  await world().decide('grace', 'approve', action);
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({ kind: 'deniedByPolicy', reason: expect.stringContaining('tier 4 now') });
});

test('INVARIANT 1: silence does not run what the rules let only people approve by the end of the window', async () => {
  const action = await waiting(proposal({ target: 'cart' }));
  await anotherWorker(withTier('cache.flush', 3));
  await world().skip(action, 5 * MINUTE);
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({ kind: 'deniedByPolicy', reason: expect.stringContaining('tier 3 now') });
});

/** This world with other rules, or with other people in its groups. */
const withChanges = (changes: Partial<Pick<Installation, 'rules' | 'groups'>>): Partial<ActivityDeps> => {
  const { digests: _, dependents: __, ...installation } = world().installation;
  return { installation: testInstallation({ ...installation, ...changes }).installation };
};

test('INVARIANT 1: an approval does not run what more people must approve by the time it is given', async () => {
  const action = await waiting();
  const { rules } = world().installation;
  const when = { category: 'serviceDisruption', atLeast: 3 } as const;
  const approvals = [{ when, require: { atLeast: 1, of: ['group:cart-team'] } }];
  await anotherWorker(withChanges({ rules: { ...rules, approvals } }));
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toEqual({
    kind: 'deniedByPolicy',
    reason: expect.stringMatching(
      /^the approvals are not enough any more: 1 of cart-team is missing: .*; it was ruled under other rules: policy \w{12}, here it is \w{12}$/,
    ),
  });
});

test('INVARIANT 1: an approval of somebody who has left the group by then does not run it', async () => {
  const action = await waiting();
  const { groups } = world().installation;
  await anotherWorker(withChanges({ groups: { ...groups, 'checkout-team': ['ada', 'barbara'] } }));
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toEqual({
    kind: 'deniedByPolicy',
    reason: expect.stringMatching(
      /^the approvals are not enough any more: 1 of checkout-team or sre-on-call is missing: .*; it was ruled under other rules: catalog \w{12}, here it is \w{12}$/,
    ),
  });
});

test('an approval does not run a type of action that no longer exists', async () => {
  const action = await waiting();
  const { 'version.deploy': _, ...actionTypes } = world().installation.actionTypes;
  const { environments } = world().installation;
  await anotherWorker({ installation: testInstallation({ environments, actionTypes }).installation });
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPolicy' });
});

test('looser rules never loosen an action that waits already', async () => {
  const action = await waiting();
  await anotherWorker(withTier('version.deploy', 1));
  await world().skip(action, 30 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
});

test.each(['assess', 'execute', 'rollBack', 'admit', 'close'])(
  'INVARIANT 1: %s does nothing when a client starts it by itself',
  async (step) => {
    const action = await waiting();
    const { action: known, ruling, runId } = await action.state();
    const { pins, digest, tier } = ruling ?? {};
    const outcome = { kind: 'succeeded', reason: 'a client says so' };
    const input = { action: known, runId, pins, digest, tier, fencingToken: 1, votes: [], outcome, at: 0 };
    const started = world().client.activity.execute(step, {
      id: `by-itself-${action.actionId}`,
      taskQueue: world().taskQueue,
      args: [input],
      scheduleToCloseTimeout: '10s',
      retry: { maximumAttempts: 1 },
    });
    await expect(started).rejects.toMatchObject({
      cause: { message: expect.stringContaining('as a step of') },
    });
    await world().decide('grace', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  },
);

test('INVARIANT 2: a rollback other than the approved one is not made: the target is held', async () => {
  await world().storefrontFaults({ metrics: 'nan' });
  const action = await waiting();
  await anotherWorker({}, ({ rollBack }) => ({
    rollBack: (input) => rollBack({ ...input, action: bent(input.action) }),
  }));
  await world().decide('grace', 'approve', action);
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({ kind: 'rollbackFailed', reason: expect.stringContaining('digest') });
  expect((await world().state()).checkout?.version).toBe('2.4.0');
});
