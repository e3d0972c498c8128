import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAlertStore } from '../../src/adapters/postgres/alerts.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createHolds } from '../../src/adapters/postgres/holds.ts';
import { tellToLook } from '../../src/adapters/temporal/workflows.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { HoldScope } from '../../src/domain/admission/hold.ts';
import type { Alert } from '../../src/domain/analysis/alerts.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { lastOnRecord } from '../../src/domain/record/on-record.ts';
import { recomputed } from '../../src/domain/record/recompute-verdict.ts';
import { endOf } from '../support/agreement.ts';
import { anAlert } from '../support/alerts.ts';
import { testInstallation } from '../support/installation.ts';
import { trustDeploys } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the metrics of all services are now. From 1 to 10 nobody can tell whether that is good. */
let level = 0;

const CRITICAL = { alertname: 'HighErrorRate', severity: 'critical' };

/** Deploys and flushes are measured soon and then once an hour. A critical alert, a freeze and a hold end their watch. */
const watching = (): Partial<Installation> => {
  const { actionTypes, rules } = testInstallation().installation;
  const { 'version.deploy': deploying, 'cache.flush': flushing } = actionTypes;
  const [metric] = deploying?.watch?.metrics ?? [];
  if (!deploying || !flushing || !metric) throw new Error('deploys are watched');
  const watch = {
    metrics: [
      {
        ...metric,
        count: 3,
        intervalMs: HOUR,
        successCondition: 'result <= 1.0',
        failureCondition: 'result > 10.0',
      },
    ],
    decideWithinMs: 20 * MINUTE,
    abortOn: [
      { kind: 'alert', matchers: [{ label: 'severity', operator: '=~', value: 'critical|page' }] },
      { kind: 'freeze' },
      { kind: 'hold' },
    ],
  } as const;
  const now = Date.now();
  return {
    actionTypes: {
      ...actionTypes,
      'cache.flush': { ...flushing, watch },
      'version.deploy': { ...deploying, watch },
      'version.force': { ...deploying, name: 'version.force', watch, rollback: undefined },
    },
    rules: {
      ...rules,
      calendar: {
        timeZone: 'UTC',
        windows: [],
        // It begins while the flushed cart is watched.
        freezes: [{ name: 'sale', from: now + 30 * MINUTE, until: now + 5 * HOUR, services: ['cart'] }],
      },
    },
  };
};

const world = useWorld({
  installation: watching,
  faults: () => ({
    sources: {
      storefront: { read: async () => ({ kind: 'value', value: level, sampledAt: Date.now() }) },
    },
  }),
});

let gateway: Database;
beforeAll(async () => {
  gateway = await openDatabase(world().testDatabase.urls.gateway, 'gateway');
});
afterAll(() => gateway.close());
beforeEach(async () => {
  level = 0;
  await trustDeploys(world());
});
afterEach(async () => {
  const holds = createHolds(world().database);
  for (const { id } of await holds.list())
    await holds.lift(id, { by: 'linus', reason: 'over', at: Date.now() }, null);
});

/** An action that ran, and whose next check is in an hour. */
async function watched(proposed = deploy('2.4.0')): Promise<ActionHandle> {
  const action = await world().asked(proposed);
  await world().decide(proposed.target === 'checkout' ? 'grace' : 'linus', 'approve', action);
  await vi.waitFor(async () => expect((await action.state()).measurements).toHaveLength(1), PATIENCE);
  return action;
}

/** A gateway receives an alert about checkout now. */
async function fire(changes: Partial<Alert> = {}): Promise<Alert> {
  const now = Date.now();
  const alert = anAlert({
    service: 'checkout',
    fingerprint: crypto.randomUUID(),
    labels: CRITICAL,
    startsAt: now,
    receivedAt: now,
    ...changes,
  });
  await createAlertStore(gateway).keep([{ ...alert, status: 'firing' }]);
  return alert;
}

const placeHold = (scope: HoldScope) =>
  createHolds(world().database).place(
    { id: crypto.randomUUID(), scope, placedBy: 'linus', reason: 'incident 4711', at: Date.now() },
    null,
  );

const recordOf = async (action: ActionHandle) =>
  lastOnRecord(action.actionId, await world().ledger.entriesOf(action.actionId));

const TAKEN_BACK = ['admitted', 'executed', 'aborted', 'verdict', 'takenBack', 'closed'];

describe('an alert that comes while an action is watched', () => {
  test('takes it back at once: not at the next check, and the ledger says what it was, in its order', async () => {
    const action = await watched();
    const alert = await fire({ summary: 'one order in ten fails' });
    expect(await world().nudge()).toBe(1);
    const { kind, reason } = await endOf(world(), action);
    expect(kind).toBe('rolledBack');
    for (const part of [
      'the alert HighErrorRate on checkout',
      'it came from alertmanager',
      'one order in ten fails',
    ])
      expect(reason).toContain(part);
    expect(await world().effectsOf(action)).toHaveLength(2);
    const ledger = await world().ledgerOf(action);
    expect(ledger.slice(ledger.indexOf('admitted'), ledger.indexOf('closed') + 1)).toEqual(TAKEN_BACK);
    expect((await action.state()).verdict).toMatchObject({
      kind: 'regressed',
      reason: expect.stringContaining('HighErrorRate'),
    });
    const record = await recordOf(action);
    expect(record?.aborted).toMatchObject({ outside: { kind: 'alert', alert } });
    expect(record?.measured).toHaveLength(1);
    expect(record && recomputed(record)).toMatchObject({
      kind: 'recomputed',
      isSame: true,
      recorded: { kind: 'regressed' },
    });
    // It is over: nobody is told once more.
    expect(await world().nudge()).toBe(0);
  });

  test('is found at the next check where no message came through', async () => {
    const action = await watched();
    await fire();
    await world().skip(action, HOUR);
    expect(await endOf(world(), action)).toMatchObject({
      kind: 'rolledBack',
      reason: expect.stringContaining('HighErrorRate'),
    });
    expect((await recordOf(action))?.measured).toHaveLength(1);
  });

  test('counts although it is over before anybody looks', async () => {
    const action = await watched();
    const alert = await fire();
    await createAlertStore(gateway).keep([{ ...alert, status: 'resolved', endedAt: Date.now() }]);
    await world().nudge();
    expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  });

  test('changes nothing where it is of another service or environment, does not match, or began before', async () => {
    const began = Date.now();
    const action = await watched();
    await fire({ service: 'cart' });
    await fire({ environment: 'staging' });
    await fire({ labels: { ...CRITICAL, severity: 'warning' } });
    await fire({ startsAt: began - MINUTE });
    await fire({ startsAt: Date.now() + MINUTE, receivedAt: began });
    expect(await world().nudge()).toBe(0);
    // INVARIANT 13: nor where somebody tells the workflow that something came.
    await tellToLook(world().client)(action.workflowId);
    await world().skip(action, HOUR);
    await vi.waitFor(async () => expect((await action.state()).measurements).toHaveLength(2), PATIENCE);
    await world().skip(action, HOUR);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    expect(await world().ledgerOf(action)).not.toContain('aborted');
  });

  test('takes an effect back of which people are asked whether to keep it', async () => {
    const action = await world().asked(deploy('2.4.0'));
    level = 5;
    await world().decide('grace', 'approve', action);
    await world().until(action, 'undecided');
    level = 0;
    await fire();
    expect(await world().nudge()).toBe(1);
    expect(await endOf(world(), action)).toMatchObject({
      kind: 'rolledBack',
      reason: expect.stringContaining('HighErrorRate'),
    });
    expect(await world().effectsOf(action)).toHaveLength(2);
  });

  test('changes nothing once a person keeps the effect', async () => {
    const action = await world().asked(deploy('2.4.0'));
    level = 5;
    await world().decide('grace', 'approve', action);
    await world().until(action, 'undecided');
    await world().say('grace', 'keep', action, { reason: 'the dashboards are calm' });
    await fire();
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    expect(await world().nudge()).toBe(0);
  });

  test('holds the target and pages where nothing can take the effect back', async () => {
    const action = await watched(deploy('2.4.0', { actionType: 'version.force' }));
    await fire();
    await world().nudge();
    expect(await endOf(world(), action)).toMatchObject({
      kind: 'rollbackFailed',
      reason: expect.stringMatching(/HighErrorRate.*it has no rollback/),
    });
    expect(await createHolds(world().database).list()).toMatchObject([
      { placedBy: action.workflowId, scope: { service: 'checkout' } },
    ]);
    await vi.waitFor(() => expect(world().pagesOf(action)).toContain('trigger'), PATIENCE);
  });
});

test('a hold that comes while an action is watched takes it back, one on something else does not', async () => {
  const action = await watched();
  await placeHold({ kind: 'service', service: 'cart' });
  expect(await world().nudge()).toBe(0);
  await placeHold({ kind: 'service', service: 'checkout' });
  expect(await world().nudge()).toBe(1);
  expect(await endOf(world(), action)).toMatchObject({
    kind: 'rolledBack',
    reason: expect.stringMatching(/a hold came: checkout .* placed by linus: incident 4711/),
  });
});

test('a freeze that begins while an action is watched takes it back', async () => {
  const action = await watched(proposal({ target: 'cart' }));
  await world().skip(action, HOUR);
  expect(await endOf(world(), action)).toMatchObject({
    kind: 'rolledBack',
    reason: expect.stringContaining('the freeze "sale" began'),
  });
});
