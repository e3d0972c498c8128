import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { endOf } from '../support/agreement.ts';
import { activitiesOf, type Line, startLine, untilRetried } from '../support/faults.ts';
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
const world = useWorld({
  databaseUrl: async (url) => {
    line = await startLine(url);
    return line.url;
  },
  faults: ({ ledger }) => ({
    ledger: {
      ...ledger,
      // The first that an action needs of it.
      entriesOf: (id) => ledger.entriesOf(id).catch(counting),
      append: (fact) => ledger.append(fact).catch(counting),
    },
  }),
});

beforeEach(async () => {
  await line.mend();
  await world().storefrontFaults({});
});

afterAll(() => line.close());

/** Approved while the database was away: the approval is in the history, the admission waits. */
async function approvedInVain(): Promise<ActionHandle> {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  await line.cut();
  await world().decide('grace', 'approve', action);
  await untilRetried(world(), action, 'admit');
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
  await vi.waitFor(async () => expect((await action.state()).outcome?.kind).toBe('expired'), PATIENCE);
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
});

test('an admission whose answer was lost is the same admission when it is asked for again', async () => {
  const action = await world().countersign.propose(deploy('2.3.1'));
  await world().until(action, 'waiting');
  line.loseNextCommit();
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
  await world().until(action, 'watching');
  line.loseNextCommit();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(await activitiesOf(world(), action)).toContainEqual({ name: 'close', attempt: 2 });
});

test('INVARIANT 9: nothing is taken back before the verdict is in the ledger', async () => {
  await world().storefrontFaults({ metrics: 'nan' });
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await line.cut();
  await untilRetried(world(), action, 'record');
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
  await line.mend();
  expect(await endOf(world(), action)).toMatchObject({ kind: 'rolledBack' });
});
