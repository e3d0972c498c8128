import { afterEach, expect, test, vi } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { endOf } from '../support/agreement.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

afterEach(() => world().storefrontFaults({}));

/** Two actions on checkout that are approved at the same moment */
async function approvedTogether(...versions: readonly string[]): Promise<ActionHandle[]> {
  const actions = await Promise.all(versions.map((version) => world().countersign.propose(deploy(version))));
  await Promise.all(actions.map((action) => world().until(action, 'waiting')));
  await Promise.all(actions.map((action) => world().decide('grace', 'approve', action)));
  return actions;
}

/** What was done to checkout for these actions: whose turn it was, and under which fencing token. */
async function turnsOf(actions: readonly ActionHandle[]) {
  const ids = actions.map(({ actionId }) => actionId);
  const effects = await effectsOf(world().storefront.url);
  return effects.flatMap(({ idempotencyKey, operation, fencingToken }) => {
    const turn = ids.indexOf(idempotencyKey.split('/')[0] ?? '');
    return turn === -1 ? [] : [{ turn, operation, fencingToken }];
  });
}

/** Places of the entries in the ledger, by kind. */
async function placesOf({ actionId }: ActionHandle): Promise<Record<string, number>> {
  const entries = await world().ledger.entriesOf(actionId);
  return Object.fromEntries(entries.map(({ kind, seq }) => [kind, seq]));
}

test('INVARIANT 8: of two actions approved at once the second is admitted after the first is closed', async () => {
  const actions = await approvedTogether('2.4.0', '2.3.1');
  await vi.waitFor(async () => {
    const states = await Promise.all(actions.map((action) => action.state()));
    expect(states.map(({ status }) => status).sort()).toEqual(['admitting', 'watching']);
  }, PATIENCE);
  for (const action of actions) {
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  }
  const places = await Promise.all(actions.map(placesOf));
  const [first, second] = places.sort((a, b) => Number(a.admitted) - Number(b.admitted));
  expect(second?.admitted).toBeGreaterThan(Number(first?.closed));
  const [one, two] = await turnsOf(actions);
  expect(two?.fencingToken).toBeGreaterThan(Number(one?.fencingToken));
});

test('INVARIANT 8: an action waits until the one before it is taken back, and never runs in between', async () => {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true, failUndo: true });
  // Neither sets the version that is there: once taken back, it would be in doubt, and people would be asked about the next action again.
  const other = (await world().state()).checkout?.version === '2.4.0' ? '2.3.1' : '2.4.0';
  const actions = await approvedTogether(other, other);
  await vi.waitFor(async () => {
    const states = await Promise.all(actions.map((action) => action.state()));
    expect(states.map(({ status }) => status).sort()).toEqual(['admitting', 'rollingBack']);
  }, PATIENCE);
  expect(await turnsOf(actions)).toHaveLength(1);
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true });
  const outcomes = await Promise.all(actions.map(async (action) => (await endOf(world(), action)).kind));
  expect(outcomes.sort()).toEqual(['rolledBack', 'succeeded']);
  const turns = await turnsOf(actions);
  expect(turns.map(({ operation }) => operation)).toEqual(['setVersion', 'undo', 'setVersion']);
  expect(turns.map(({ turn }) => turn === turns[0]?.turn)).toEqual([true, true, false]);
});
