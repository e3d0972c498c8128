import { afterEach, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/index.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Tier } from '../../src/domain/action/action.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
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

/** The rules of this world with an action type that sends something else, there and back. */
const withOtherRequest = (): Partial<ActivityDeps> => {
  const { actionTypes, environments } = world().installation;
  const type = actionTypes['version.deploy'];
  if (type?.execute.executor !== 'http') throw new Error('a deploy is an HTTP request');
  const execute = { ...type.execute, body: { version: '6.6.6' } };
  const other = { ...actionTypes, 'version.deploy': { ...type, execute, rollback: execute } };
  return { installation: testInstallation({ environments, actionTypes: other }).installation };
};

test('INVARIANT 2: what the installation would send by then is not what was approved: it is not admitted', async () => {
  const action = await waiting();
  await anotherWorker(withOtherRequest());
  await world().decide('grace', 'approve', action);
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({
    kind: 'deniedByPolicy',
    reason: expect.stringContaining('would send something else by now (execute, rollback)'),
  });
});

test('INVARIANT 2: nor does a worker with another installation send it once it is admitted', async () => {
  const action = await waiting();
  await anotherWorker({}, () => ({ execute: world().activities(withOtherRequest()).execute }));
  await world().decide('grace', 'approve', action);
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('would send something else; nothing was sent'),
  });
});

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

const STEPS = [
  'begin',
  'rule',
  'revise',
  'record',
  'settle',
  'admit',
  'execute',
  'measure',
  'rollBack',
  'notify',
  'resolvePage',
  'close',
  'openReview',
  'concludeReview',
  'remind',
  'resolveReviewPage',
  'carryOut',
];

test.each(STEPS)('INVARIANT 13: %s does nothing when a client starts it by itself', async (step) => {
  const action = await waiting();
  const { proposal: asked } = await action.state();
  const started = world().client.activity.execute(step, {
    id: `by-itself-${action.actionId}`,
    taskQueue: world().taskQueue,
    args: [
      {
        proposal: asked,
        said: 'succeeded',
        because: 'stopped',
        check: 0,
        announcement: { kind: 'proceeding' },
      },
    ],
    scheduleToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
  await expect(started).rejects.toMatchObject({
    cause: { type: 'NotOnRecord', message: expect.stringContaining('as a step of a workflow') },
  });
  await world().decide('grace', 'deny', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
});

test('INVARIANT 2: the rollback that is made is the approved one, whatever the installation says by then', async () => {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true });
  const before = (await world().state()).checkout?.version;
  const action = await waiting();
  await anotherWorker({}, () => ({ rollBack: world().activities(withOtherRequest()).rollBack }));
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  expect((await world().state()).checkout?.version).toBe(before);
  await world().storefrontFaults({});
});
