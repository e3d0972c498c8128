import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { deployByHand } from '../support/by-hand.ts';
import { testInstallation } from '../support/installation.ts';
import { trustDeploys } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;

/**
 * Checks ten minutes apart, of which one may fail: what the storefront does between two of them is the test's. After a
 * flush all of them may be unreadable.
 */
const patient = (): Partial<Installation> => {
  const { actionTypes } = testInstallation().installation;
  const slower = Object.entries(actionTypes).map(([name, type]) => {
    const metrics = type.watch?.metrics.map((metric) => ({
      ...metric,
      initialDelayMs: 10 * MINUTE,
      intervalMs: 10 * MINUTE,
      failureLimit: 1,
      consecutiveErrorLimit: name === 'cache.flush' ? 9 : 2,
    }));
    return [name, metrics ? { ...type, watch: { metrics } } : type] as const;
  });
  return { actionTypes: Object.fromEntries(slower) };
};

const world = useWorld({ installation: patient });

beforeEach(() => trustDeploys(world()));

const UNKNOWN = ['down', 'nan', 'empty', 'stale'] as const;

async function faulty(metrics: (typeof UNKNOWN)[number]): Promise<void> {
  await world().storefrontFaults({ metrics });
  onTestFinished(() => world().storefrontFaults({}));
}

/** Waits until the storefront's own metrics say so. */
async function untilErrorRatio(is: (ratio: number) => boolean): Promise<void> {
  await vi.waitFor(async () => {
    const text = await (await fetch(`${world().storefront.url}/metrics`)).text();
    const ratio = Number(/^storefront_error_ratio\{service="checkout"\} (\S+)/m.exec(text)?.[1]);
    expect(is(ratio), `the error ratio is ${ratio}`).toBe(true);
  }, PATIENCE);
}
const bad = (ratio: number) => ratio > 0.1;
const good = (ratio: number) => ratio <= 0.01;

async function watched(action: ActionHandle): Promise<void> {
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
}

test.each(UNKNOWN)(
  'INVARIANT 7: what metrics that are %s say is unknown, and the action is rolled back',
  async (metrics) => {
    await faulty(metrics);
    const action = await world().countersign.propose(deploy('2.4.0'));
    await watched(action);
    await world().skip(action, 30 * MINUTE);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
    const { verdict, measurements } = await action.state();
    expect(verdict).toMatchObject({ kind: 'error' });
    expect(measurements.map(({ phase }) => phase)).toEqual(['error', 'error', 'error']);
  },
);

test.each(UNKNOWN)('INVARIANT 7: silence does not proceed while the metrics are %s', async (metrics) => {
  await faulty(metrics);
  const action = await world().countersign.propose(proposal({ target: 'cart' }));
  await world().until(action, 'waiting');
  await world().skip(action, 5 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPolicy' });
});

test('silence does not proceed while the service is failing already', async () => {
  await deployByHand(world().storefront, '2.5.0');
  onTestFinished(() => deployByHand(world().storefront, '2.4.0').then(() => untilErrorRatio(good)));
  await untilErrorRatio(bad);
  const action = await world().countersign.propose(proposal({ target: 'checkout' }));
  await world().until(action, 'waiting');
  await world().skip(action, 5 * MINUTE);
  const { kind, reason } = await endOf(world(), action);
  expect(kind).toBe('deniedByPolicy');
  expect(reason).toContain('error-ratio is');
});

test('one failed measurement within the failure limit is tolerated', async () => {
  const action = await world().countersign.propose(deploy('2.5.0'));
  await watched(action);
  await untilErrorRatio(bad);
  await world().skip(action, 15 * MINUTE);
  await deployByHand(world().storefront, '2.4.0');
  await untilErrorRatio(good);
  await world().skip(action, 20 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  const { measurements } = await action.state();
  expect(measurements.map(({ phase }) => phase)).toEqual(['failed', 'successful', 'successful']);
});

test('one failed measurement more than the failure limit is rolled back, without waiting for the rest', async () => {
  const action = await world().countersign.propose(deploy('2.5.0'));
  await watched(action);
  await untilErrorRatio(bad);
  await world().skip(action, 15 * MINUTE);
  expect((await action.state()).status).toBe('watching');
  await world().skip(action, 10 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  const { verdict, measurements } = await action.state();
  expect(verdict).toMatchObject({ kind: 'regressed' });
  expect(measurements.map(({ phase }) => phase)).toEqual(['failed', 'failed']);
});

test('INVARIANT 7: a source that answers once and is gone makes nothing healthy', async () => {
  const action = await world().countersign.propose(deploy('1.5.0', { target: 'cart' }));
  await world().decide('edsger', 'approve', action);
  await world().until(action, 'watching');
  await world().skip(action, 10 * MINUTE);
  await vi.waitFor(async () => expect((await action.state()).measurements).toHaveLength(1), PATIENCE);
  await faulty('down');
  await world().skip(action, 30 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  const { verdict, measurements } = await action.state();
  expect(verdict).toMatchObject({ kind: 'error' });
  expect(measurements.map(({ phase }) => phase)).toEqual(['successful', 'error', 'error', 'error']);
});

test('INVARIANT 7: a metric that was never read is unknown, however many errors are tolerated', async () => {
  await faulty('down');
  const action = await world().countersign.propose(proposal({ target: 'cart' }));
  await world().decide('barbara', 'approve', action);
  await world().until(action, 'watching');
  await world().skip(action, 30 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
  expect((await action.state()).verdict).toMatchObject({ kind: 'error' });
});

test('what could not be read is read again soon, and the watch is as long as it was to be', async () => {
  await faulty('down');
  const action = await world().countersign.propose(deploy('1.5.0', { target: 'cart' }));
  await world().decide('edsger', 'approve', action);
  await world().until(action, 'watching');
  await world().skip(action, 10 * MINUTE);
  await vi.waitFor(async () => expect((await action.state()).measurements).toHaveLength(1), PATIENCE);
  await world().storefrontFaults({});
  await world().skip(action, 21 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  const { measurements, verdict } = await action.state();
  expect(measurements.map(({ phase }) => phase)).toEqual(['error', 'successful', 'successful', 'successful']);
  expect(verdict?.reason).toBe(
    '3 measurements within their limits; once nothing could be read, and it was read again',
  );
});
