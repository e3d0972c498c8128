import { request } from 'node:http';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Outbox, startOutbox } from '../../src/dev/outbox.ts';

let outbox: Outbox;

beforeEach(async () => {
  outbox = await startOutbox();
});

afterEach(() => outbox.stop());

const send = (mail: object) =>
  createTransport(outbox.smtpUrl).sendMail({
    from: 'countersign@example.com',
    to: 'ana@example.com',
    ...mail,
  });

const enqueue = async (event: unknown) => {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const response = await fetch(outbox.pagerUrl, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const show = async (path: string) => {
  const response = await fetch(outbox.webUrl + path);
  return {
    status: response.status,
    policy: response.headers.get('content-security-policy'),
    text: await response.text(),
  };
};

const trigger = {
  routing_key: 'on-call',
  event_action: 'trigger',
  dedup_key: 'action/1',
  payload: { summary: 'Nobody answered', source: 'countersign', severity: 'critical' },
};

test('a mail is caught with its envelope, both bodies and its source', async () => {
  await send({
    bcc: 'audit@example.com',
    subject: 'Approve the restart of checkout?',
    messageId: '<action-1@example.com>',
    text: 'Please decide.',
    html: '<p>Please <b>decide</b>.</p>',
    headers: { 'X-Action': 'action/1' },
  });
  expect(outbox.mails()).toMatchObject([
    {
      messageId: '<action-1@example.com>',
      from: 'countersign@example.com',
      to: ['ana@example.com', 'audit@example.com'],
      subject: 'Approve the restart of checkout?',
      text: expect.stringContaining('Please decide.'),
      html: expect.stringContaining('<b>decide</b>'),
      headers: { 'x-action': 'action/1', to: 'ana@example.com' },
      raw: expect.stringContaining('Message-ID: <action-1@example.com>'),
      at: expect.any(Date),
    },
  ]);
});

test('mails are kept in the order in which they came', async () => {
  await send({ subject: 'first' });
  await send({ subject: 'second' });
  expect(outbox.mails().map(({ subject }) => subject)).toEqual(['first', 'second']);
});

test('a valid event is taken as PagerDuty takes it', async () => {
  expect(await enqueue({ ...trigger, client: 'Countersign' })).toEqual({
    status: 202,
    body: { status: 'success', message: 'Event processed', dedup_key: 'action/1' },
  });
  expect(outbox.pages()).toMatchObject([
    { dedupKey: 'action/1', event: { ...trigger, client: 'Countersign' } },
  ]);
});

test('a trigger without a dedup key is given one', async () => {
  const { body } = await enqueue({ ...trigger, dedup_key: undefined });
  expect(body.dedup_key).toMatch(/./);
  expect(outbox.pages()[0]?.dedupKey).toBe(body.dedup_key);
});

test('acknowledge and resolve need no payload, but a dedup key', async () => {
  const { payload, dedup_key, ...rest } = trigger;
  expect((await enqueue({ ...rest, dedup_key, event_action: 'acknowledge' })).status).toBe(202);
  expect((await enqueue({ ...rest, dedup_key, event_action: 'resolve' })).status).toBe(202);
  expect(await enqueue({ ...rest, event_action: 'resolve' })).toMatchObject({
    status: 400,
    body: { errors: ["'dedup_key' is missing or blank"] },
  });
});

test.each([
  ['not JSON', 'summary=x', ["'event' is not a JSON object"]],
  [
    'no action',
    { ...trigger, event_action: undefined },
    ["'event_action' is not one of trigger, acknowledge, resolve"],
  ],
  ['no payload', { ...trigger, payload: undefined }, ["'payload' is missing or blank"]],
  [
    'several faults',
    { ...trigger, routing_key: ' ', payload: { severity: 'bad', summary: 'x'.repeat(1025) } },
    [
      "'routing_key' is missing or blank",
      "'payload.summary' is longer than 1024 characters",
      "'payload.source' is missing or blank",
      "'payload.severity' is not one of critical, error, warning, info",
    ],
  ],
])('an invalid event is refused with all that is wrong: %s', async (_, event, errors) => {
  expect(await enqueue(event)).toEqual({
    status: 400,
    body: { status: 'invalid event', message: 'Event object is invalid', errors },
  });
  expect(outbox.pages()).toEqual([]);
});

test('the list shows mails and pages, newest first', async () => {
  await send({ subject: 'First mail' });
  await enqueue(trigger);
  await send({ subject: 'Second mail' });
  const { text } = await show('/');
  const order = ['Second mail', 'Nobody answered', 'First mail'].map((words) => text.indexOf(words));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test('caught text is shown as text', async () => {
  const attack = '<script>alert(1)</script>';
  await send({ subject: attack, text: attack, headers: { 'X-Note': attack } });
  await enqueue({ ...trigger, payload: { ...trigger.payload, summary: attack } });
  for (const path of ['/', '/mails/1']) {
    const { text, policy } = await show(path);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script');
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'; frame-src 'self'/);
  }
});

test("a mail's HTML is shown in a sandbox in which nothing runs or loads", async () => {
  await send({ html: '<!doctype html><p onclick="x()">Hello</p>' });
  expect((await show('/mails/1')).text).toContain('<iframe src="/mails/1/html" sandbox="allow-popups');
  const { text, policy } = await show('/mails/1/html');
  expect(text).toMatch(/^<!doctype html><base target="_blank"><p onclick="x\(\)">Hello<\/p>/);
  expect(policy).toMatch(/default-src 'none'.* sandbox allow-popups allow-popups-to-escape-sandbox$/);
});

test('the source is the message as it was sent', async () => {
  await send({ subject: 'Source', text: 'Hello' });
  const { text } = await show('/mails/1/source');
  expect(text).toBe(outbox.mails()[0]?.raw);
  expect(text).toMatch(/^From: countersign@example\.com\r\n/);
});

test('a mail that was never caught is not found', async () => {
  expect((await show('/mails/1')).status).toBe(404);
  expect((await show('/mails/0')).status).toBe(404);
});

test('a foreign host name is turned away', async () => {
  const status = await new Promise((resolve, reject) => {
    const asked = request(outbox.webUrl, { headers: { Host: 'rebound.example.com' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });
  expect(status).toBe(421);
});

test('after the stop nothing takes mail or pages, even on a connection that was kept open', async () => {
  const pooled = createTransport({ url: outbox.smtpUrl, pool: true });
  await pooled.sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'x' });
  await outbox.stop();
  await expect(fetch(outbox.webUrl)).rejects.toThrow('fetch failed');
  await expect(send({ text: 'y' })).rejects.toThrow('ECONNREFUSED');
  pooled.close();
});
