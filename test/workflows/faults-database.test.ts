import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { endOf } from '../support/agreement.ts';
import { activitiesOf, type Line, startLine, untilRetried } from '../support/faults.ts';
import { asRecorded, endedAfterLocalActivities, replay } from '../support/histories.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;

let line: Line;
/** How often the database was asked in vain. */
let lost = 0;
const counting = (error: unknown): never => {
  lost += 1;
  throw error;
};
/** Whose next commit is done, and never heard of. */
let losing: 'acquire' | 'release' | 'settled' | undefined;
/** Writes, and loses the answer where this step is to lose it. Meanwhile no message is recorded: its commit could be the lost one. */
async function written<T>(step: string, write: () => Promise<T>): Promise<T> {
  if (losing === step) {
    line.loseNextCommit();
    return write().finally(() => {
      losing = undefined;
    });
  }
  if (step === 'told') await vi.waitFor(() => expect(losing).toBeUndefined(), PATIENCE);
  return write();
}
const world = useWorld({
  databaseUrl: async (url) => {
    line = await startLine(url);
    return line.url;
  },
  faults: ({ ledger, leases }) => ({
    leases: {
      ...leases,
      acquire: (...asked) => written('acquire', () => leases.acquire(...asked)),
      release: (...asked) => written('release', () => leases.release(...asked)),
    },
    ledger: {
      ...ledger,
      // The first that an action needs of it.
      entriesOf: (id) => ledger.entriesOf(id).catch(counting),
      append: (fact) => written(fact.kind, () => ledger.append(fact).catch(counting)),
    },
  }),
});

beforeEach(async () => {
  await line.mend();
  await world().storefrontFaults({});
});

afterAll(() => line.close());

/** Approved while the database was away: the approval is in the history, what follows from it waits. */
async function approvedInVain(): Promise<ActionHandle> {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  await line.cut();
  await world().decide('grace', 'approve', action);
  await untilRetried(world(), action, 'settle');
  return action;
}

test('while the database is down no proposal is ruled on, and once it is back each is', async () => {
  await line.cut();
  lost = 0;
  const action = await world().countersign.propose(deploy('2.4.0'));
  const ruled = action.ruling();
  await vi.waitFor(() => expect(lost).toBeGreaterThan(1), PATIENCE);
  await line.mend();
  expect(await ruled).toMatchObject({ kind: 'permit', tier: 3 });
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
});

test('INVARIANT 9: nothing runs while the database is down, and once it is back what was approved runs', async () => {
  const action = await approvedInVain();
  expect(await world().effectsOf(action)).toEqual([]);
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
});

test('a permission runs out while the database is down: nothing runs when it is back', async () => {
  const action = await approvedInVain();
  await world().skip(action, 15 * MINUTE);
  expect(await world().effectsOf(action)).toEqual([]);
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
});

test('a settlement whose answer was lost is the same when it is asked for again', async () => {
  const action = await world().countersign.propose(deploy('2.3.1'));
  await world().until(action, 'waiting');
  losing = 'settled';
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(await activitiesOf(world(), action)).toContainEqual({ name: 'settle', attempt: 2 });
});

test('an admission whose answer was lost is the same admission when it is asked for again', async () => {
  const action = await world().countersign.propose(deploy('2.3.1'));
  await world().until(action, 'waiting');
  losing = 'acquire';
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(await activitiesOf(world(), action)).toContainEqual({ name: 'admit', attempt: 2 });
});

test('INVARIANT 9: what ran while the database went down is closed in the ledger once it is back', async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await line.cut();
  await untilRetried(world(), action, 'close');
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });

  const next = await world().countersign.propose(deploy('2.3.1'));
  await world().decide('grace', 'approve', next);
  expect(await endOf(world(), next)).toMatchObject({ kind: 'succeeded' });
});

test('INVARIANT 9: an outcome whose answer was lost is in the ledger once', async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  losing = 'release';
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(await activitiesOf(world(), action)).toContainEqual({ name: 'close', attempt: 2 });
});

/** Entries of a watch that ends in a rollback. The intent (`verdict`) is not among them: without the ledger, the history has it. */
const TAKEN_BACK = ['admitted', 'executed', 'measured', 'takenBack', 'measuredBack', 'closed'];

/**
 * What must be so for the database to go down at this moment. Each is on a service of its own: what was taken back several times is no
 * longer for agents.
 */
const MOMENTS = {
  'in the watch': {
    target: 'checkout',
    version: '2.4.0',
    by: 'grace',
    failUndo: false,
    until: (action: ActionHandle) => world().until(action, 'watching'),
  },
  'in the rollback': {
    target: 'cart',
    version: '1.5.0',
    by: 'edsger',
    failUndo: true,
    until: (action: ActionHandle) => world().until(action, 'rollingBack'),
  },
  'before the close': {
    target: 'catalog',
    version: '1.8.1',
    by: 'edsger',
    failUndo: false,
    until: (action: ActionHandle) =>
      vi.waitFor(async () => expect((await action.state()).measuredBack).not.toEqual([]), PATIENCE),
  },
};

test.each(Object.entries(MOMENTS))(
  'INVARIANT 9: taking an effect back does not wait for a database that goes down %s, and the ledger is completed in order',
  async (_moment, { target, version, by, failUndo, until }) => {
    const faults = { metrics: 'nan', untilUndone: true };
    await world().storefrontFaults({ ...faults, failUndo });
    const action = await world().countersign.propose(deploy(version, { target }));
    await world().decide(by, 'approve', action);
    await until(action);
    await line.cut();
    await world().storefrontFaults(faults);
    await vi.waitFor(
      async () => expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']),
      PATIENCE,
    );
    await untilRetried(world(), action, 'close');
    await line.mend();
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({ kind: 'rolledBack', reason: expect.stringContaining('error-ratio') });
    const entries = await world().ledger.entriesOf(action.actionId);
    const kinds = new Set(entries.map(({ kind }) => kind));
    expect([...kinds].filter((kind) => TAKEN_BACK.includes(kind))).toEqual(TAKEN_BACK);
  },
);

test('INVARIANT 9: a database that is away for a while in the watch is completed in order, and every check counts', async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await line.cut();
  // At least one check is taken without it, and at least one afterwards.
  await vi.waitFor(async () => expect((await action.state()).measurements).not.toEqual([]), PATIENCE);
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  const entries = await world().ledger.entriesOf(action.actionId);
  const checks = entries.flatMap(({ kind, body }) =>
    kind === 'measured' ? Reflect.get(Object(body), 'check') : [],
  );
  expect(checks).toEqual([0, 1, 2]);
  const history = asRecorded(await world().client.workflow.getHandle(action.workflowId).fetchHistory());
  await replay(endedAfterLocalActivities(history));
});

test('INVARIANT 9: a rollback that is not verified while the database is away is paged at once, once', {
  timeout: 180_000,
}, async () => {
  await world().storefrontFaults({ metrics: 'nan' });
  const action = await world().countersign.propose(deploy('1.5.0', { target: 'cart' }));
  await world().decide('edsger', 'approve', action);
  await world().until(action, 'watching');
  await line.cut();
  await vi.waitFor(() => expect(world().pagesOf(action).at(-1)).toBe('trigger'), {
    ...PATIENCE,
    timeout: 120_000,
  });
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
  await untilRetried(world(), action, 'close');
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({
    kind: 'rollbackUnverified',
    reason: expect.stringContaining('its metrics are not back: error-ratio was unreadable 3 times in a row'),
  });
  const triggers = world()
    .pagesOf(action)
    .filter((event) => event === 'trigger');
  expect(triggers).toHaveLength(1);
  await world().storefrontFaults({});
});

test('INVARIANT 9: a rollback that fails while the database is away is paged at once, once, and is in the ledger afterwards', {
  timeout: 180_000,
}, async () => {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true, failUndo: true });
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await line.cut();
  await vi.waitFor(() => expect(world().pagesOf(action).at(-1)).toBe('trigger'), {
    ...PATIENCE,
    timeout: 120_000,
  });
  await untilRetried(world(), action, 'close');
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({
    kind: 'rollbackFailed',
    reason: expect.stringContaining('taking it back failed: '),
  });
  expect(await world().ledgerOf(action)).toContain('takenBack');
  expect(
    world()
      .pagesOf(action)
      .filter((event) => event === 'trigger'),
  ).toHaveLength(1);
  expect(world().pagesOf(action).at(-1)).toBe('trigger');
  await world().storefrontFaults({});
});

// The last one: the ledger's clock follows that of the action, which is an hour ahead from here on.
test('an hour without a database adds few events to the history of a proposal', {
  timeout: 120_000,
}, async () => {
  await line.cut();
  lost = 0;
  const action = await world().countersign.propose(deploy('2.4.0'));
  await vi.waitFor(() => expect(lost).toBeGreaterThan(3), PATIENCE);
  await world().skip(action, 60 * MINUTE);
  const { client } = world();
  const { historyLength } = await client.workflow.getHandle(action.workflowId).describe();
  // A workflow task that is extended every eight seconds would add 1350.
  expect(historyLength).toBeLessThan(400);
  await line.mend();
  // The longest that is waited between two attempts.
  await world().skip(action, 2 * MINUTE);
  expect(await action.ruling()).toMatchObject({ kind: 'permit', tier: 3 });
});
