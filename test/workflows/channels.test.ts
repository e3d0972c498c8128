import { Webhook } from 'standardwebhooks';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { createSlack } from '../../src/adapters/slack/slack.ts';
import { createWebhook } from '../../src/adapters/webhook.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { startReceiver } from '../support/receiver.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const slack = await startReceiver();
const hook = await startReceiver();
const { rules } = testInstallation().installation;

const world = useWorld({
  installation: () => ({
    rules: {
      ...rules,
      approval: {
        ...rules.approval,
        route: {
          onSilence: 'deny',
          mailSettled: true,
          steps: [
            { notify: 'owners', by: 'mail', waitMs: 0 },
            { notify: 'owners', by: 'slack', waitMs: 0 },
            { notify: 'owners', by: 'webhook', waitMs: 30 * MINUTE },
          ],
        },
      },
    },
  }),
  faults: () => ({
    slack: createSlack({ channel: 'C0123456789', apiUrl: slack.url, auth: { bearer: 'xoxb-test' } }, {}),
    webhook: createWebhook({ url: hook.url, secret: SECRET }),
  }),
});

beforeEach(() => {
  slack.answers = [];
  hook.answers = [];
});
afterAll(() => {
  slack.stop();
  hook.stop();
});

async function opened(version: string): Promise<ActionHandle> {
  const action = await world().countersign.propose(deploy(version));
  await vi.waitFor(async () => expect((await action.state()).deliveries).toHaveLength(3), PATIENCE);
  return action;
}

const eventsOf = ({ actionId }: ActionHandle) =>
  hook.taken
    .map(({ body, headers }) => ({ headers, body, event: JSON.parse(body) }))
    .filter(({ event }) => event.subject === actionId);

/** The mails that say how it was settled: to whom, and their first lines. */
const settledMails = (action: ActionHandle) =>
  world()
    .mailsOf(action)
    .filter(({ subject }) => subject.startsWith('Settled'))
    .map(({ to, text }) => [to, text.split('\n')[3]]);

const slackFor = (version: string) => slack.taken.filter(({ body }) => body.includes(`deploy ${version}`));

test('each channel is asked, and told who decided; the ledger has what became of each message', async () => {
  const action = await opened('2.4.0');
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');

  expect(slackFor('2.4.0').map(({ path }) => path)).toEqual(['/chat.postMessage', '/chat.update']);
  expect(slackFor('2.4.0').at(-1)?.body).toContain('Decided: grace approved it.');
  expect(eventsOf(action).map(({ event }) => [event.type, event.data.opening])).toEqual([
    ['dev.countersign.action.approvalRequested', expect.any(String)],
    ['dev.countersign.action.settled', 'Decided: grace approved it.'],
  ]);
  for (const { body, headers } of eventsOf(action)) {
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
    const signed = {
      'webhook-id': String(id),
      'webhook-timestamp': String(at),
      'webhook-signature': String(signature),
    };
    expect(new Webhook(SECRET).verify(body, signed)).toBeTruthy();
  }
  // Whoever decided knows.
  expect(settledMails(action)).toEqual([[['ada@storefront.example'], 'Decided: grace approved it.']]);
  const closed = (await world().ledger.entriesOf(action.actionId)).find(({ kind }) => kind === 'closed');
  expect(closed?.body).toMatchObject({
    record: {
      deliveries: expect.arrayContaining([
        expect.objectContaining({ step: 'route-1', by: 'mail', delivered: true }),
        expect.objectContaining({ step: 'route-2', by: 'slack', delivered: true, ref: expect.any(String) }),
        expect.objectContaining({ step: 'route-3', by: 'webhook', delivered: true }),
        expect.objectContaining({ step: 'route-1/settled', by: 'mail', delivered: true, people: ['ada'] }),
        expect.objectContaining({ step: 'route-2/settled', by: 'slack', delivered: true }),
        expect.objectContaining({ step: 'route-3/settled', by: 'webhook', delivered: true }),
      ]),
    },
  });
});

test('what is answered 500 is sent again with the same id, and taken once', async () => {
  slack.answers = [500, 500];
  hook.answers = [503];
  const before = { slack: slack.sent.length, hook: hook.sent.length };
  const action = await opened('2.4.2');
  const ids = slack.sent.slice(before.slack).map(({ body }) => JSON.parse(body).client_msg_id);
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
  const hooks = hook.sent.slice(before.hook).map(({ headers }) => headers['webhook-id']);
  expect(hooks).toHaveLength(2);
  expect(new Set(hooks).size).toBe(1);
  expect(slackFor('2.4.2')).toHaveLength(1);
  expect(eventsOf(action)).toHaveLength(1);
  await world().decide('grace', 'deny', action);
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
});

test('a channel that refuses for good is asked once, and keeps nobody else from being told', async () => {
  slack.answers = [404];
  const before = slack.sent.length;
  const action = await opened('2.4.3');
  expect(slack.sent.length - before).toBe(1);
  const { deliveries } = await action.state();
  expect(deliveries.find(({ by }) => by === 'slack')).toMatchObject({
    delivered: false,
    detail: expect.stringContaining('404'),
  });
  await world().decide('grace', 'deny', action);
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
  // Nothing was posted, so there is nothing to bring up to date.
  expect(slackFor('2.4.3')).toEqual([]);
});

test('a message that was still tried when people decided is told as not delivered, and is not brought up to date', async () => {
  slack.answers = Array.from({ length: 20 }, () => 500);
  const action = await world().countersign.propose(deploy('2.4.5'));
  await vi.waitFor(async () => expect((await action.state()).deliveries).toHaveLength(2), PATIENCE);
  await world().decide('grace', 'deny', action);
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
  expect((await action.state()).deliveries.filter(({ by }) => by === 'slack')).toMatchObject([
    { step: 'route-2', delivered: false, detail: 'no longer tried, as it was settled first' },
  ]);
  const closed = (await world().ledger.entriesOf(action.actionId)).find(({ kind }) => kind === 'closed');
  expect(JSON.stringify(closed?.body)).toContain('no longer tried, as it was settled first');
  expect(slackFor('2.4.5')).toEqual([]);
});

test('silence is told as well', async () => {
  const action = await opened('2.4.4');
  await world().skip(action, 30 * MINUTE);
  expect((await action.result()).outcome.kind).toBe('expired');
  expect(slackFor('2.4.4').at(-1)?.body).toContain('It is not run: nobody decided before the deadline.');
});
