import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Reconcile } from '../../src/domain/action/action.ts';
import type { Installation, PlanTemplate } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { activitiesOf, untilRetried } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { trustDeploys } from '../support/orders.ts';
import { deploy } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;

const reconcile: Reconcile = {
  ask: {
    by: 'http',
    url: `\${environment.adminUrl}/\${target}/operations/\${action.id}`,
    timeoutMs: 2_000,
  },
  present: 'status == 200',
  absent: 'status == 404 && answer.type == "unknown-operation"',
  settleMs: 30_000,
};

const quickly = (plan: PlanTemplate): PlanTemplate => ({ ...plan, timeoutMs: 2_000 });

/** Deployments that the storefront is asked for where their answer is lost. */
const lookedUp = (): Partial<Installation> => {
  const { actionTypes } = testInstallation().installation;
  const type = actionTypes['version.deploy'];
  if (!type) throw new Error('there is no version.deploy');
  return {
    actionTypes: { ...actionTypes, 'version.deploy': { ...type, execute: quickly(type.execute), reconcile } },
  };
};

const world = useWorld({ installation: lookedUp });

beforeEach(() => trustDeploys(world()));
afterEach(() => world().storefrontFaults({}));

/** A deployment of cart that was approved, and whose attempts all end without an answer. */
async function unanswered(version: string, faults: object): Promise<ActionHandle> {
  await world().storefrontFaults(faults);
  const action = await world().countersign.propose(deploy(version, { target: 'cart' }));
  await world().decide('edsger', 'approve', action);
  await untilRetried(world(), action, 'execute');
  await world().skip(action, 10 * MINUTE);
  return action;
}

const looksOf = async (action: ActionHandle) =>
  ((await action.state()).reconciled ?? []).map(({ found }) => found);

test('what was lost on the way and is not there has failed: nothing is taken back, and the target is free', async () => {
  const action = await unanswered('1.5.0', { changes: 'lost' });
  expect(await endOf(world(), action)).toEqual({
    kind: 'failed',
    reason: expect.stringMatching(/^it was looked up and is not there: 404 Not Found: .*unknown-operation/),
  });
  expect(await looksOf(action)).toEqual(['absent', 'absent', 'absent']);
  expect(await world().effectsOf(action)).toEqual([]);

  await world().storefrontFaults({});
  const next = await world().countersign.propose(deploy('1.5.0', { target: 'cart' }));
  await world().decide('edsger', 'approve', next);
  expect(await endOf(world(), next)).toMatchObject({ kind: 'succeeded' });
});

test('what is there, only its answer was lost, is taken back', async () => {
  const action = await unanswered('1.5.0', { changes: 'unanswered' });
  expect(await endOf(world(), action)).toMatchObject({
    kind: 'rolledBack',
    reason: expect.stringMatching(
      /^it is not known whether it ran: .*; it was looked up and is there: 200 OK: .*setVersion/,
    ),
  });
  expect(await looksOf(action)).toEqual(['present']);
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
});

test('INVARIANT 7: what cannot be looked up may be there: it is taken back', async () => {
  const action = await unanswered('1.5.0', { changes: 'unanswered', operations: 'down' });
  expect(await endOf(world(), action)).toMatchObject({
    kind: 'rolledBack',
    reason: expect.stringContaining(
      'it was looked up, and it is not known whether it is there: the answer says nothing of it: 500 Internal Server Error',
    ),
  });
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
});

test('what has an answer is not looked up', async () => {
  const action = await world().countersign.propose(deploy('1.5.0', { target: 'cart' }));
  await world().decide('edsger', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect((await activitiesOf(world(), action)).map(({ name }) => name)).not.toContain('reconcile');
});
