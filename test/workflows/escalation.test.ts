import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { createPager } from '../../src/adapters/pagerduty.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { StepTemplate } from '../../src/domain/escalation/route-template.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { startPager } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const pager = await startPager();

/** Days on which it is business hours: none that is near, whenever this runs. */
const farDay = ((new Date().getUTCDay() + 2) % 7) + 1;

/** 0 owners; 1 by day 2 the team; 3 on call, 4 when not paged 6, else 5 twice more from 3; 6 everybody. */
const NIGHT: readonly StepTemplate[] = [
  { name: 'owners', notify: 'owners', by: 'mail', waitMs: 10 * MINUTE, next: 1 },
  { name: 'hours', when: 'businessHours', next: 2, else: 3 },
  { name: 'team', notify: 'group:checkout-team', by: 'mail', waitMs: 30 * MINUTE, next: 3 },
  { name: 'page', notify: 'schedule:sre', by: 'page', waitMs: 10 * MINUTE, next: 4 },
  { name: 'arrived', when: 'notDelivered', next: 6, else: 5 },
  { name: 'again', repeatFrom: 3, times: 2, next: 6 },
  { name: 'everybody', notify: 'group:catalog-team', by: 'mail', waitMs: 20 * MINUTE, next: 7 },
];
const LONGEST = 90 * MINUTE;

const { rules } = testInstallation().installation;

const escalating: Partial<Installation> = {
  rules: {
    ...rules,
    approval: { ...rules.approval, route: { steps: NIGHT, onSilence: 'deny', holdMs: 15 * MINUTE } },
    businessHours: { timeZone: 'UTC', days: [farDay], from: 9 * 60, to: 17 * 60 },
    schedules: {
      sre: {
        timeZone: 'UTC',
        rotation: { people: ['linus', 'margaret'], startsOn: Date.now(), everyMs: 7 * DAY },
        overrides: [],
      },
    },
  },
};

const world = useWorld({
  installation: () => escalating,
  faults: ({ installation: { people } }) => ({
    pager: createPager({ url: pager.url, routingKey: 'on-call', keys: { 'schedule:sre': 'sre' }, people }),
  }),
});

beforeEach(() => {
  pager.answers = [];
});
afterAll(() => pager.stop());

const pagesOf = ({ actionId }: ActionHandle) =>
  pager.taken.filter((event) => event.dedup_key === actionId).map(({ event_action }) => event_action);

async function opened(): Promise<ActionHandle> {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  await told(action, 1);
  return action;
}

/** Waits until so many messages were sent, or could not be. */
const told = (action: ActionHandle, messages: number) =>
  vi.waitFor(async () => expect((await action.state()).deliveries).toHaveLength(messages), PATIENCE);

const acknowledge = async (person: string, action: ActionHandle, of: World = world()) =>
  of.countersign.decide(
    action.workflowId,
    await of.sign(person, 'approve', action, { verdict: 'acknowledge' }),
  );

test('a night with every first responder silent: paged again and again, then everybody, and nothing is run', async () => {
  const action = await opened();
  const { openedAt = 0, deadline } = await action.state();
  expect(deadline).toBe(openedAt + LONGEST);

  await world().skip(action, 9.5 * MINUTE);
  expect(pagesOf(action)).toEqual([]);
  await world().skip(action, MINUTE);
  await told(action, 2);
  expect(pagesOf(action)).toEqual(['trigger']);
  // An open page does not ring again: it is taken back before.
  await world().skip(action, 10 * MINUTE);
  await told(action, 3);
  await world().skip(action, 10 * MINUTE);
  await told(action, 4);
  expect(pagesOf(action)).toEqual(['trigger', 'resolve', 'trigger', 'resolve', 'trigger']);
  expect(pager.taken.at(-1)).toMatchObject({ routing_key: 'sre' });

  await world().skip(action, 10 * MINUTE);
  await told(action, 5);
  // One of them is two: whoever may never decide is told in a mail of their own.
  expect(world().mailsOf(action)).toHaveLength(3);
  // The day's way would have taken longer, and the deadline was told: the action stays open until then.
  await world().skip(action, 48 * MINUTE);
  await world().until(action, 'waiting');
  await world().skip(action, 2 * MINUTE);

  expect(await endOf(world(), action)).toEqual({
    kind: 'expired',
    reason: 'nobody decided before the deadline',
  });
  expect(await world().effectsOf(action)).toEqual([]);
  expect(pagesOf(action).at(-1)).toBe('resolve');
  const { deliveries } = await action.state();
  expect(deliveries.map(({ step, by, whom, delivered }) => [step, by, whom, delivered])).toEqual([
    ['route-1', 'mail', 'checkout-team', true],
    ['route-2', 'page', 'sre', true],
    ['route-3', 'page', 'sre', true],
    ['route-4', 'page', 'sre', true],
    ['route-5', 'mail', 'catalog-team', true],
  ]);
});

test('a page that cannot be delivered is gone round', async () => {
  pager.answers = [500];
  const action = await opened();
  await world().skip(action, 10.5 * MINUTE);
  await world().skip(action, 10 * MINUTE);
  await vi.waitFor(() => expect(world().mailsOf(action)).toHaveLength(3), PATIENCE);
  const mailed = (await action.state()).deliveries.filter(({ by }) => by === 'mail');
  expect(mailed.map(({ whom }) => whom)).toEqual(['checkout-team', 'catalog-team']);
  expect(pagesOf(action)).toEqual([]);
});

test('whoever acknowledges holds the next step for a set time, once, and decides nothing', async () => {
  const action = await opened();
  const { deadline: before = 0 } = await action.state();
  const { missing } = await acknowledge('grace', action);
  expect(missing).toBe(1);
  const { deadline = 0, acknowledgements = [] } = await action.state();
  expect(acknowledgements).toMatchObject([{ person: 'grace' }]);
  // Ten minutes after the opening it would have gone on: now it is fifteen after the acknowledgement.
  expect(deadline).toBeGreaterThan(before + 4 * MINUTE);
  expect(deadline).toBeLessThan(before + 7 * MINUTE);

  await world().skip(action, 13 * MINUTE);
  expect(pagesOf(action)).toEqual([]);
  await acknowledge('linus', action);
  expect((await action.state()).deadline).toBe(deadline);
  await world().skip(action, 3.5 * MINUTE);
  await told(action, 2);
  expect(pagesOf(action)).toEqual(['trigger']);

  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
});

test('an acknowledgement of somebody who may not decide, or in another name, is refused', async () => {
  const action = await opened();
  await expect(acknowledge('barbara', action)).rejects.toThrow(
    'barbara is not in checkout-team or sre-on-call',
  );
  await expect(acknowledge('ada', action)).rejects.toThrow('ada may not decide');
  const forged = await world().sign('grace', 'approve', action, { verdict: 'acknowledge' }, 'linus');
  await expect(world().countersign.decide(action.workflowId, forged)).rejects.toThrow('is refused');
  expect((await action.state()).acknowledgements ?? []).toEqual([]);
  await world().decide('grace', 'deny', action);
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
});

test.each([
  ['a millisecond before a step fell due holds that step', -1, []],
  ['when it fell due does not', 0, ['trigger']],
] as const)(
  'an acknowledgement signed %s, though a worker that was away sees it later',
  async (_, offset, pages) => {
    const action = await opened();
    const { openedAt = 0, deadline = 0 } = await action.state();
    const decidedAt = openedAt + 10 * MINUTE + offset;
    const changes = { verdict: 'acknowledge', decidedAt } as const;
    const jws = await world().sign('grace', 'approve', action, changes);
    const { skipped } = await world().withoutWorker(async () => {
      const skipping = world().skip(action, 12 * MINUTE);
      await vi.waitFor(
        async () => expect(await world().historyOf(action)).toContain('TIMER_FIRED'),
        PATIENCE,
      );
      await world().signal(action, { jws });
      return { skipped: skipping };
    });
    await skipped;
    expect(pagesOf(action)).toEqual(pages);
    // The step after the one that had fallen due is held too: by five minutes, as it is ten minutes away.
    const held = offset < 0 ? 15 * MINUTE - 1 : 5 * MINUTE;
    expect((await action.state()).deadline).toBe(deadline + held);
    await world().decide('grace', 'deny', action);
    await action.result();
  },
);

test('a message that never ends moves no step', async () => {
  const action = await opened();
  const { deadline } = await action.state();
  pager.answers = [500];
  await world().skip(action, 10.5 * MINUTE);
  await world().skip(action, LONGEST);
  expect((await action.result()).outcome.kind).toBe('expired');
  const { deadline: after, deliveries } = await action.state();
  expect(after).toBe(deadline);
  expect(deliveries.filter(({ by, delivered }) => by === 'page' && delivered)).toEqual([]);
});
