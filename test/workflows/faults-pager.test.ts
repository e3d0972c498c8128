import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { endOf } from '../support/agreement.ts';
import { startLine, startPager, untilRetried } from '../support/faults.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const WINDOW = 5 * MINUTE;

const pager = await startPager();
const line = await startLine(pager.url);
const world = useWorld({ pagerUrl: line.url });

beforeEach(async () => {
  pager.answers = [];
  await line.mend();
});

afterAll(async () => {
  await line.close();
  pager.stop();
});

const windowOpened = async () => {
  const action = await world().countersign.propose(proposal({ target: 'cart' }));
  await world().until(action, 'waiting');
  return action;
};

const of = ({ actionId }: ActionHandle) => ({ dedup_key: actionId });
const takenFor = ({ actionId }: ActionHandle) => pager.taken.filter((e) => e.dedup_key === actionId);
const sentFor = ({ actionId }: ActionHandle) => pager.sent.filter((e) => e.dedup_key === actionId);

test('silence in a window never proceeds when every page is answered 500', async () => {
  pager.answers = [500];
  const action = await windowOpened();
  await world().skip(action, WINDOW + 2 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'undeliverable' });
  expect(sentFor(action).length).toBeGreaterThan(1);
});

test('silence in a window never proceeds when the pager cannot be reached', async () => {
  await line.cut();
  const action = await windowOpened();
  await world().skip(action, WINDOW + 2 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'undeliverable' });
});

test('a page that is refused for good is not repeated, and silence does not proceed', async () => {
  pager.answers = [400];
  const action = await windowOpened();
  await world().skip(action, WINDOW);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'undeliverable' });
  expect(sentFor(action)).toHaveLength(1);
});

test('after a page that failed twice and then arrived silence proceeds, with one incident', async () => {
  pager.answers = [500, 500, 202];
  const action = await windowOpened();
  await world().skip(action, WINDOW);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(sentFor(action)).toMatchObject(
    ['trigger', 'trigger', 'trigger', 'resolve'].map((event_action) => ({ ...of(action), event_action })),
  );
  expect(takenFor(action).map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
});

test('a pager that hangs once does not stop a window from proceeding', async () => {
  const action = await windowOpened();
  line.freeze();
  const passing = world().skip(action, WINDOW);
  await untilRetried(world(), action, 'notify');
  line.thaw();
  await passing;
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(new Set(takenFor(action).map(({ dedup_key }) => dedup_key))).toEqual(new Set([action.actionId]));
});

test('while the pager is down a denial in the window stops the action', async () => {
  pager.answers = [500];
  const action = await windowOpened();
  await world().decide('barbara', 'deny', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
});

test('a denial signed in the window counts while on-call is being paged in vain', async () => {
  pager.answers = [500];
  const action = await windowOpened();
  const denial = await world().sign('barbara', 'deny', action);
  await world().skip(action, WINDOW);
  await vi.waitFor(() => expect(sentFor(action)).not.toEqual([]), PATIENCE);
  await world().countersign.decide(action.workflowId, denial);
  await world().skip(action, 2 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
});

test('while the pager is down mail still asks for a tier-3 approval, and silence expires', async () => {
  pager.answers = [500];
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  await world().skip(action, 30 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
  // One to those who decide, one to those who are only told.
  expect(world().mailsOf(action)).toHaveLength(2);
  expect(takenFor(action)).toEqual([]);
});
