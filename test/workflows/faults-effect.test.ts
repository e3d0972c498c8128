import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import type {
  Installation,
  PlanTemplate,
  RollbackTemplate,
} from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { untilRetried } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { trustDeploys } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const TIMEOUT_MS = 1_000;

const quickly = <Template extends PlanTemplate | RollbackTemplate>(plan: Template): Template => ({
  ...plan,
  timeoutMs: TIMEOUT_MS,
});

/** Executors that lose patience after a second. */
const impatient = (): Partial<Installation> => {
  const { actionTypes } = testInstallation().installation;
  const quicker = Object.entries(actionTypes).map(([name, { execute, rollback, ...type }]) => [
    name,
    { ...type, execute: quickly(execute), ...(rollback ? { rollback: quickly(rollback) } : {}) },
  ]);
  return { actionTypes: Object.fromEntries(quicker) };
};

const world = useWorld({ installation: impatient });

beforeEach(() => trustDeploys(world()));
afterEach(() => world().storefrontFaults({}));

async function approved(asked: Proposal): Promise<ActionHandle> {
  const action = await world().countersign.propose(asked);
  await world().decide(asked.target === 'checkout' ? 'grace' : 'edsger', 'approve', action);
  return action;
}

test('INVARIANT 8: an effect whose answer came too late is asked for again with the same key, and made once', async () => {
  await world().storefrontFaults({ hangAfterEffectMs: 3 * TIMEOUT_MS });
  const action = await approved(deploy('2.4.0'));
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect((await action.state()).receipt?.summary).toContain('answered as before, not done again');
});

test('INVARIANT 8: a storefront that was down when the action ran gets it once when it is back', async () => {
  const action = await world().countersign.propose(deploy('2.3.1'));
  await world().until(action, 'waiting');
  await world().crashStorefront();
  await world().decide('grace', 'approve', action);
  await untilRetried(world(), action, 'execute');
  await world().restartStorefront();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect((await world().state()).checkout?.version).toBe('2.3.1');
});

test('INVARIANT 8: an effect made just before the storefront died is not made again when it is back', async () => {
  await world().storefrontFaults({ hangAfterEffectMs: 10 * MINUTE });
  const action = await approved(deploy('2.4.0'));
  await vi.waitFor(async () => expect(await world().effectsOf(action)).toEqual(['setVersion']), PATIENCE);
  await world().crashStorefront();
  await world().restartStorefront();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
});

test('a rollback that fails some times and then works is made once', async () => {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true, failUndo: true });
  const action = await approved(deploy('2.3.1'));
  await untilRetried(world(), action, 'rollBack');
  await world().storefrontFaults({});
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  expect((await world().state()).checkout?.version).toBe('2.4.0');
});

test('INVARIANT 8: a rollback whose answer came too late is asked for again with the same key, and made once', async () => {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true });
  const action = await approved(deploy('2.3.1'));
  await world().until(action, 'watching');
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true, hangAfterEffectMs: 3 * TIMEOUT_MS });
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  expect((await action.state()).rollback?.summary).toContain('answered as before, not done again');
});

test('what the storefront finds invalid has failed: nothing is taken back, and the target is free', async () => {
  const action = await approved(deploy('9.9.9'));
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('400') });
  const next = await approved(deploy('2.3.1'));
  expect(await endOf(world(), next)).toMatchObject({ kind: 'succeeded' });
});

test('an older fencing token is refused by the storefront: the action has failed and changed nothing', async () => {
  const newer = await fetch(`${world().storefront.url}/admin/catalog/version`, {
    method: 'PUT',
    headers: { 'idempotency-key': 'of-a-newer-holder', 'fencing-token': '1000' },
    body: JSON.stringify({ version: '1.8.1' }),
  });
  expect(newer.status).toBe(200);
  const action = await approved(deploy('1.9.0', { target: 'catalog' }));
  const outcome = await endOf(world(), action);
  expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('409') });
  expect((await world().state()).catalog?.version).toBe('1.8.1');
});

test('a rollback that never works holds the target and pages on-call', async () => {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true, failUndo: true });
  const action = await approved(deploy('1.5.0', { target: 'cart' }));
  await untilRetried(world(), action, 'rollBack');
  await world().skip(action, 5 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rollbackFailed' });
  expect((await world().state()).cart?.version).toBe('1.5.0');
  expect(world().pagesOf(action)).toEqual(['trigger']);

  const next = await approved(proposal({ target: 'cart' }));
  expect(await endOf(world(), next)).toMatchObject({ kind: 'held' });
});

test('a storefront that stays down is not known to be unchanged: the target is held and on-call is paged', async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  await world().crashStorefront();
  await world().decide('grace', 'approve', action);
  await untilRetried(world(), action, 'execute');
  await world().skip(action, 5 * MINUTE);
  expect((await action.result()).outcome.kind).toBe('rollbackFailed');
  await world().restartStorefront();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rollbackFailed' });
  expect(world().pagesOf(action)).toEqual(['trigger']);

  const next = await approved(deploy('2.4.0'));
  expect(await endOf(world(), next)).toMatchObject({ kind: 'held' });
});
