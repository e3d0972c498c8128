import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { ActionType } from '../../src/domain/installation/installation.ts';
import { freeAgents, SPARE, testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const SECOND = 1_000;
const CHECK_EVERY = 30 * SECOND;
const CHECKS = 3;

/** What a worker does before it takes a lease, and before it reads a metric. */
const nothing = async () => {};
const first = { acquire: nothing, read: nothing };

/** A deploy is watched for long enough to be cancelled meanwhile; a cache flush is not watched at all. */
function actionTypes(): Record<string, ActionType> {
  const types = testInstallation().installation.actionTypes;
  return Object.fromEntries(
    Object.entries(types).map(([name, { watch, ...type }]) => {
      const metrics = watch?.metrics.map((metric) => ({
        ...metric,
        initialDelayMs: CHECK_EVERY,
        intervalMs: CHECK_EVERY,
        count: CHECKS,
        consecutiveErrorLimit: 0,
      }));
      return [name, name === 'version.deploy' && metrics ? { ...type, watch: { metrics } } : type];
    }),
  );
}

const world = useWorld({
  installation: () => ({ actionTypes: actionTypes(), agents: agents() }),
  faults: ({ leases, sources }) => ({
    leases: {
      ...leases,
      acquire: (...asked) => first.acquire().then(() => leases.acquire(...asked)),
    },
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [
        name,
        { read: (query: string) => first.read().then(() => source.read(query)) },
      ]),
    ),
  }),
});

/** Something that is begun, and not done until it is let go. */
function barrier() {
  let reach = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const pass = () => {
    reach();
    return opened;
  };
  return { pass, reached, open: () => open() };
}

const versionOfCheckout = async () => (await world().state()).checkout?.version;

/** Each stops what it asked for, which costs a level: the next one begins at its own. */
const agents = () => ({
  ...testInstallation().installation.agents,
  ...freeAgents(SPARE),
});
const spare = SPARE.values();
const agent = () => ({ id: spare.next().value ?? '', version: '1.0.0' });

async function approved(version: string): Promise<ActionHandle> {
  const action = await world().asked(deploy(version, { agent: agent() }));
  await world().decide('grace', 'approve', action);
  return action;
}

const untilHistoryHas = (action: ActionHandle, event: string) =>
  vi.waitFor(async () => expect(await world().historyOf(action)).toContain(event), PATIENCE);

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
  await world().skip(action, 15.5 * 60 * SECOND);
  expect(world().pagesOf(action)).toEqual(['trigger']);
  await action.cancel();
  expect((await action.result()).outcome.kind).toBe('cancelled');
  expect(world().pagesOf(action)).toEqual(['trigger', 'resolve']);
});

test('cancelled before any worker has seen it: nothing runs', async () => {
  const action = await world().withoutWorker(async () => {
    const proposed = await world().countersign.propose(proposal({ agent: agent() }));
    await proposed.cancel();
    return proposed;
  });
  expect((await action.result()).outcome.kind).toBe('cancelled');
  // The step that rules on it admits it too, before the cancellation is looked at: the target is freed at once.
  expect(await world().ledgerOf(action)).toEqual(['ruled', 'admitted', 'closed']);
  expect(await world().effectsOf(action)).toEqual([]);
});

describe('cancelled while it is admitted', () => {
  test('it never runs, though it was admitted in the end, and the target is free', async () => {
    const { pass, reached, open } = barrier();
    first.acquire = pass;
    const action = await approved('2.4.0');
    await reached;
    await action.cancel();
    await untilHistoryHas(action, 'ACTIVITY_TASK_CANCEL_REQUESTED');
    first.acquire = nothing;
    open();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().ledgerOf(action)).toEqual(['ruled', 'settled', 'admitted', 'closed']);
    expect(await world().effectsOf(action)).toEqual([]);

    const next = await approved('2.4.0');
    await world().until(next, 'watching');
    await next.cancel();
    await next.result();
  });

  test('it ends as cancelled, also when the database does not answer', async () => {
    let attempts = 0;
    first.acquire = async () => {
      attempts += 1;
      throw new Error('the database is down');
    };
    const action = await approved('2.4.0');
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(3), PATIENCE);
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    first.acquire = nothing;
    expect(await world().effectsOf(action)).toEqual([]);
  });

  test('while another action holds the target, that one goes on', async () => {
    const holder = await approved('2.4.0');
    await world().until(holder, 'watching');
    const action = await approved('2.3.1');
    await world().until(action, 'admitting');
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual([]);

    await world().skip(holder, CHECKS * CHECK_EVERY);
    expect((await holder.result()).outcome.kind).toBe('succeeded');
    expect(await world().effectsOf(holder)).toEqual(['setVersion']);
  });
});

describe('cancelled while the storefront has changed and not yet answered', () => {
  const hasChanged = (action: ActionHandle, operation: string) =>
    vi.waitFor(async () => expect(await world().effectsOf(action)).toEqual([operation]), PATIENCE);

  test('what is watched is taken back', async () => {
    const before = await versionOfCheckout();
    await world().storefrontFaults({ hangAfterEffectMs: 3 * SECOND });
    const action = await approved('2.3.1');
    await hasChanged(action, 'setVersion');
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    expect(await versionOfCheckout()).toBe(before);
  });

  test('what is not watched is taken back', async () => {
    await world().storefrontFaults({ hangAfterEffectMs: 3 * SECOND });
    const action = await world().countersign.propose(proposal({ agent: agent() }));
    await hasChanged(action, 'flushCache');
    await action.cancel();
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await world().effectsOf(action)).toEqual(['flushCache', 'warmCache']);
  });
});

describe('cancelled while its effect is watched', () => {
  const takenBack = {
    kind: 'cancelled',
    reason: 'the requester cancelled it; it was taken back, and its metrics are back',
  };

  test('it is taken back', async () => {
    const before = await versionOfCheckout();
    const action = await approved('2.3.1');
    await world().until(action, 'watching');
    expect(await versionOfCheckout()).toBe('2.3.1');
    await action.cancel();
    expect((await action.result()).outcome).toEqual(takenBack);
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    expect(await versionOfCheckout()).toBe(before);
    expect(await world().ledgerOf(action)).toEqual([
      'ruled',
      'settled',
      'admitted',
      'executed',
      'verdict',
      'takenBack',
      'closed',
    ]);
  });

  test('a measurement under way is no reason to say otherwise', async () => {
    const { pass, reached, open } = barrier();
    const action = await approved('2.3.1');
    await world().until(action, 'watching');
    first.read = pass;
    const skipped = world().skip(action, CHECK_EVERY);
    await reached;
    await action.cancel();
    await untilHistoryHas(action, 'ACTIVITY_TASK_CANCEL_REQUESTED');
    first.read = nothing;
    open();
    expect((await action.result()).outcome).toEqual(takenBack);
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    await skipped;
  });
});

test('cancelled while it is taken back: it is taken back once', async () => {
  const before = await versionOfCheckout();
  const action = await approved('2.5.0');
  await world().until(action, 'watching');
  await vi.waitFor(async () => expect(await errorRatioOfCheckout()).toBeGreaterThan(0.05), PATIENCE);
  await world().storefrontFaults({ hangAfterEffectMs: 3 * SECOND });
  const skipped = world().skip(action, CHECK_EVERY);
  await world().until(action, 'rollingBack');
  await action.cancel();
  expect((await action.result()).outcome.kind).toBe('rolledBack');
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
  expect(await versionOfCheckout()).toBe(before);
  await skipped;
});

async function errorRatioOfCheckout(): Promise<number> {
  const metrics = await (await fetch(`${world().storefront.url}/metrics`)).text();
  return Number(/^storefront_error_ratio\{service="checkout"\} (\S+)/m.exec(metrics)?.[1]);
}

test('cancelled after it is closed: it stays as it ended', async () => {
  const action = await world().countersign.propose(proposal({ agent: agent() }));
  const closed = await action.result();
  const history = await world().historyOf(action);
  await action.cancel();
  expect(closed.outcome.kind).toBe('succeeded');
  expect(await action.result()).toEqual(closed);
  expect(await world().historyOf(action)).toEqual(history);
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
});
