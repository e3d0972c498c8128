import { afterAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { startLine, startPager, untilRetried } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { startSmtp } from '../support/smtp.ts';
import { PATIENCE, useWorld, World } from '../support/world.ts';

const MINUTE = 60_000;

const smtp = await startSmtp();
const line = await startLine(smtp.url);
const pager = await startPager();
const world = useWorld({ smtpUrl: line.url, pagerUrl: pager.url });

beforeEach(async () => {
  await line.mend();
  pager.answers = [];
  Object.assign(smtp.switches, { refuse: {}, refuseSender: undefined, dropAtData: undefined });
});

afterAll(async () => {
  await line.close();
  await smtp.stop();
  pager.stop();
});

const asked = async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  return action;
};

const about = ({ actionId }: ActionHandle, mails: readonly string[]) =>
  mails.filter((raw) => raw.includes(`X-Countersign-Action: ${actionId}\r\n`));
const mailsOf = (action: ActionHandle) => smtp.mails.filter(({ raw }) => about(action, [raw]).length > 0);
const triggersOf = ({ actionId }: ActionHandle) =>
  pager.taken.filter((event) => event.dedup_key === actionId && event.event_action === 'trigger');

async function deliveryOf(action: ActionHandle, step: string) {
  const { deliveries } = await action.state();
  return deliveries.find((delivery) => delivery.step === step);
}

test('while mail is down a tier-3 action is approved and runs', async () => {
  await line.cut();
  const action = await asked();
  await untilRetried(world(), action, 'notify');
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
});

test('while mail is down on-call is paged at the same minute, and silence expires at the same minute', async () => {
  await line.cut();
  const action = await asked();
  // Ends clear of what is due: time that is let go while work is under way may go on to the next timer.
  await world().skip(action, 14.5 * MINUTE);
  expect(await deliveryOf(action, 'route-1')).toMatchObject({ by: 'mail', delivered: false });
  expect(triggersOf(action)).toEqual([]);
  await world().skip(action, 1 * MINUTE);
  await vi.waitFor(() => expect(triggersOf(action)).toHaveLength(1), PATIENCE);
  await world().skip(action, 14 * MINUTE);
  expect((await action.state()).status).toBe('waiting');
  await world().skip(action, 1 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
});

test('silence after no message could be delivered is undeliverable, which is not expired', async () => {
  await line.cut();
  pager.answers = [500];
  const action = await asked();
  await world().skip(action, 30 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'undeliverable' });
  const { deliveries } = await action.state();
  expect(deliveries.map(({ by, delivered }) => [by, delivered])).toEqual([
    ['mail', false],
    ['page', false],
  ]);
});

test('a window whose mail could not be delivered proceeds, because on-call was paged', async () => {
  await line.cut();
  const action = await world().countersign.propose(proposal({ target: 'cart' }));
  await world().until(action, 'waiting');
  await world().skip(action, 5 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(triggersOf(action)).toHaveLength(1);
});

test('what a mail server refuses for now is sent again, and arrives once', async () => {
  smtp.switches.refuseSender = 451;
  const action = await asked();
  await untilRetried(world(), action, 'notify');
  smtp.switches.refuseSender = undefined;
  // One to those who decide, one to those who are only told.
  await vi.waitFor(() => expect(mailsOf(action)).toHaveLength(2), PATIENCE);
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(mailsOf(action)).toHaveLength(2);
});

test('a mail whose answer was lost is sent again under the same Message-ID', async () => {
  smtp.switches.dropAtData = true;
  const action = await asked();
  await untilRetried(world(), action, 'notify');
  smtp.switches.dropAtData = undefined;
  await vi.waitFor(() => expect(mailsOf(action)).toHaveLength(1), PATIENCE);
  const ids = about(action, smtp.attempts).map((raw) => /^Message-ID: (.+)$/m.exec(raw)?.[1]);
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
  await world().decide('grace', 'deny', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
});

test('a mail that one of two recipients is refused reaches the other once, and its delivery names who was left out', async () => {
  smtp.switches.refuse = { 'barbara@storefront.example': 550 };
  const action = await world().countersign.propose(deploy('1.5.0', { target: 'cart' }));
  await vi.waitFor(async () => {
    const detail = expect.stringMatching(/took it for edsger; not for barbara: 550/);
    expect(await deliveryOf(action, 'route-1')).toMatchObject({ delivered: true, detail });
  }, PATIENCE);
  await world().skip(action, 30 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
  expect(mailsOf(action).map(({ to }) => to)).toEqual([['edsger@storefront.example']]);
});

test('while the mail server hangs a tier-3 action is approved and runs', async () => {
  line.freeze();
  const action = await asked();
  await untilRetried(world(), action, 'notify');
  await world().decide('grace', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect(mailsOf(action)).toEqual([]);
});

/** Short enough to pass for real: only then is a mail under way when the next step and the deadline come. */
const impatient = (): Partial<Installation> => {
  const { rules } = testInstallation().installation;
  const steps = rules.approval.route.steps.map((step) => ({ ...step, waitMs: 8_000 }));
  return { rules: { ...rules, approval: { ...rules.approval, route: { steps, onSilence: 'deny' } } } };
};

test('while the mail server hangs the page is sent and the deadline passes as if it did not', async () => {
  line.freeze();
  const other = await World.start({ installation: impatient, smtpUrl: line.url, pagerUrl: pager.url });
  onTestFinished(() => other.stop());
  const action = await other.countersign.propose(deploy('2.4.0'));
  await vi.waitFor(() => expect(triggersOf(action)).toHaveLength(1), PATIENCE);
  expect((await action.state()).deliveries.map(({ step }) => step)).not.toContain('route-1');
  expect(await endOf(other, action)).toMatchObject({ kind: 'expired' });
  expect((await action.state()).deliveries.map(({ step, delivered }) => [step, delivered])).toEqual([
    ['route-2', true],
    ['route-1', false],
  ]);
  expect(mailsOf(action)).toEqual([]);
});
