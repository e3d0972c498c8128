import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

/** What taking the lease on a target does besides taking it. */
let beforeAdmission: () => Promise<void> = async () => {};

const SECOND = 1_000;
const WATCHED_FOR = 90 * SECOND;

/** A deploy is watched for long enough to be cancelled meanwhile; a cache flush is not watched at all. */
const world = useWorld({
  installation: () => {
    const {
      'version.deploy': deployType,
      'cache.flush': flushType,
      ...others
    } = testInstallation().installation.actionTypes;
    if (!deployType?.watch || !flushType)
      throw new Error('the action types of the installation have changed');
    const { watch: _, ...unwatched } = flushType;
    const metrics = deployType.watch.metrics.map((metric) => ({
      ...metric,
      initialDelayMs: 30 * SECOND,
      intervalMs: 30 * SECOND,
    }));
    return {
      actionTypes: {
        ...others,
        'version.deploy': { ...deployType, watch: { metrics } },
        'cache.flush': unwatched,
      },
    };
  },
  faults: ({ leases }) => ({
    leases: {
      ...leases,
      acquire: async (lease, intent) => {
        await beforeAdmission();
        return leases.acquire(lease, intent);
      },
    },
  }),
});

const versionOfCheckout = async () => (await world().state()).checkout?.version;

async function approved(version: string): Promise<ActionHandle> {
  const action = await world().asked(deploy(version));
  await world().decide('grace', 'approve', action);
  return action;
}

test('cancelled while people are asked: nothing runs, and no later approval counts', async () => {
  const action = await world().asked(deploy('2.4.0'));
  const approval = await world().sign('grace', 'approve', action);
  await action.cancel();
  expect((await action.result()).outcome).toEqual({
    kind: 'cancelled',
    reason: 'the requester cancelled it',
  });
  const late = world().countersign.decide(action.workflowId, approval);
  await expect(late).rejects.toMatchObject({ name: 'DecisionRefused', refusal: 'notOpen' });
  expect(await world().ledgerOf(action)).toEqual(['ruled', 'closed']);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('cancelled while on-call is paged: the page is taken back', async () => {
  const action = await world().asked(deploy('2.4.0'));
  await world().skip(action, 15 * 60 * SECOND);
  expect(world().pagesOf(action)).toEqual(['trigger']);
  await action.cancel();
  expect((await action.result()).outcome.kind).toBe('cancelled');
  expect(world().pagesOf(action)).toEqual(['trigger', 'resolve']);
});

test('cancelled before any worker has seen it: nothing runs', async () => {
  const action = await world().withoutWorker(async () => {
    const proposed = await world().countersign.propose(proposal());
    await proposed.cancel();
    return proposed;
  });
  expect((await action.result()).outcome.kind).toBe('cancelled');
  expect(await world().ledgerOf(action)).toEqual(['ruled', 'closed']);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('cancelled while its effect is watched: it is taken back', async () => {
  const before = await versionOfCheckout();
  const action = await approved('2.4.0');
  await world().until(action, 'watching');
  expect(await versionOfCheckout()).toBe('2.4.0');
  await action.cancel();
  expect((await action.result()).outcome).toEqual({
    kind: 'cancelled',
    reason: 'the requester cancelled it and it was taken back',
  });
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
  expect(await versionOfCheckout()).toBe(before);
  expect(await world().ledgerOf(action)).toEqual(['ruled', 'admitted', 'verdict', 'closed']);
});

describe('cancelled while the storefront has changed and not yet answered', () => {
  const effectOf = (action: ActionHandle, operation: string) =>
    vi.waitFor(async () => expect(await world().effectsOf(action)).toEqual([operation]), PATIENCE);

  test('what is watched is taken back', async () => {
    const before = await versionOfCheckout();
    await world().storefrontFaults({ hangAfterEffectMs: 3 * SECOND });
    const action = await approved('2.4.0');
    await effectOf(action, 'setVersion');
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    expect(await versionOfCheckout()).toBe(before);
  });

  test('what is not watched is taken back', async () => {
    await world().storefrontFaults({ hangAfterEffectMs: 3 * SECOND });
    const action = await world().countersign.propose(proposal());
    await effectOf(action, 'flushCache');
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual(['flushCache', 'warmCache']);
  });
});

describe('cancelled while it is admitted', () => {
  test('it never runs, though it was admitted in the end', async () => {
    let asked = () => {};
    let admit = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const mayAdmit = new Promise<void>((resolve) => {
      admit = resolve;
    });
    beforeAdmission = () => {
      asked();
      return mayAdmit;
    };
    const action = await approved('2.4.0');
    await isAsked;
    await action.cancel();
    await vi.waitFor(
      async () => expect(await world().historyOf(action)).toContain('ACTIVITY_TASK_CANCEL_REQUESTED'),
      PATIENCE,
    );
    beforeAdmission = async () => {};
    admit();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual([]);
  });

  test('it ends as cancelled, also when it could not be admitted', async () => {
    let attempts = 0;
    beforeAdmission = async () => {
      attempts += 1;
      throw new Error('the database is down');
    };
    const action = await approved('2.4.0');
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(3), PATIENCE);
    await action.cancel();
    await vi.waitFor(
      async () => expect(await world().historyOf(action)).toContain('ACTIVITY_TASK_CANCELED'),
      PATIENCE,
    );
    beforeAdmission = async () => {};
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual([]);
  });

  test('while another action holds the target, that one is left alone', async () => {
    const holder = await approved('2.4.0');
    await world().until(holder, 'watching');
    const action = await approved('2.3.1');
    await world().until(action, 'admitting');
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual([]);
    expect((await holder.state()).status).toBe('watching');

    await world().skip(holder, WATCHED_FOR);
    expect((await holder.result()).outcome.kind).toBe('succeeded');
    expect(await world().effectsOf(holder)).toEqual(['setVersion']);
  });
});

test('cancelled while it is taken back: it is taken back once', async () => {
  const before = await versionOfCheckout();
  const action = await approved('2.5.0');
  await world().until(action, 'watching');
  await vi.waitFor(async () => expect(await errorRatio('checkout')).toBeGreaterThan(0.05), PATIENCE);
  await world().storefrontFaults({ hangAfterEffectMs: 3 * SECOND });
  await Promise.all([world().skip(action, 30 * SECOND), cancelOnce(action, 'rollingBack')]);
  expect((await action.result()).outcome.kind).toBe('rolledBack');
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
  expect(await versionOfCheckout()).toBe(before);
});

test('cancelled after it is closed: it stays as it ended', async () => {
  const action = await world().countersign.propose(proposal());
  const { outcome } = await action.result();
  const history = await world().historyOf(action);
  await action.cancel();
  expect(await action.result()).toEqual({ actionId: action.actionId, outcome });
  expect(outcome.kind).toBe('succeeded');
  expect(await world().historyOf(action)).toEqual(history);
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
});

async function cancelOnce(action: ActionHandle, status: 'rollingBack'): Promise<void> {
  await world().until(action, status);
  await action.cancel();
}

async function errorRatio(service: string): Promise<number> {
  const text = await (await fetch(`${world().storefront.url}/metrics`)).text();
  const [, value] =
    new RegExp(`^storefront_error_ratio\\{service="${service}"\\} (\\S+)`, 'm').exec(text) ?? [];
  return Number(value);
}
