import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createAlertSender } from '../../src/adapters/alert-senders.ts';
import { useGateway } from './world.ts';

const TOKEN = 'a-token-of-alertmanager';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const places = {
  service: { label: 'service', values: { 'shopping-cart': 'cart' } },
  environment: { label: 'env', values: { prod: 'production' } },
};

const gateway = useGateway(() => ({
  senders: {
    alertmanager: createAlertSender({ bearer: TOKEN, places }),
    signing: createAlertSender({ secret: SECRET, places }),
    both: createAlertSender({ bearer: TOKEN, secret: SECRET, places }),
  },
}));

const post = (sender: string, body: string, headers: Record<string, string>) =>
  fetch(`${gateway().origin}/api/alerts/${sender}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

const shown = { authorization: `Bearer ${TOKEN}` };

/** What a sender that signs sends with a body. @param off how many seconds its clock is off */
function signed(body: string, { secret = SECRET, off = 0 } = {}): Record<string, string> {
  const at = new Date(Date.now() + off * 1_000);
  const id = `msg_${crypto.randomUUID()}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

const anAlert = (changes: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'HighErrorRate', service: 'checkout', env: 'prod' },
  annotations: { summary: 'one request in ten fails' },
  startsAt: new Date().toISOString(),
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: crypto.randomUUID(),
  ...changes,
});
const bodyOf = (alerts: readonly object[], changes: object = {}) =>
  JSON.stringify({ version: '4', groupKey: '{}:{}', status: 'firing', alerts, ...changes });

const resultOf = async (answer: Response) => [answer.status, await answer.json()];
const problemOf = async (answer: Response) => {
  const { type, detail, errors } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, type, detail, errors };
};

const recorded = (name: string) =>
  readFileSync(new URL(`../fixtures/alertmanager/${name}.json`, import.meta.url), 'utf8');

test('what a real Alertmanager posts is taken: two alerts, and then the end of one of them', async () => {
  expect(await resultOf(await post('alertmanager', recorded('firing'), shown))).toEqual([
    200,
    { kept: 2, known: 0, passedOver: [] },
  ]);
  expect(await resultOf(await post('alertmanager', recorded('resolved'), shown))).toEqual([
    200,
    { kept: 1, known: 1, passedOver: [] },
  ]);
});

describe('alerts are taken', () => {
  test.each([
    ['a token', 'alertmanager', () => shown],
    ['a signature', 'signing', signed],
    ['a token, where either is taken', 'both', () => shown],
    ['a signature, where either is taken', 'both', signed],
    [
      'a signature of a clock that is four minutes off',
      'signing',
      (body: string) => signed(body, { off: -240 }),
    ],
  ])('with %s', async (_, sender, headersOf) => {
    const body = bodyOf([anAlert()]);
    expect(await resultOf(await post(sender, body, headersOf(body)))).toEqual([
      200,
      { kept: 1, known: 0, passedOver: [] },
    ]);
  });

  test('once: what is sent again, or replayed as it was, changes nothing', async () => {
    const body = bodyOf([anAlert(), anAlert()]);
    const headers = signed(body);
    await post('signing', body, headers);
    expect(await resultOf(await post('signing', body, headers))).toEqual([
      200,
      { kept: 0, known: 2, passedOver: [] },
    ]);
  });

  test('and those about nothing of ours are passed over, with the reason, so that nobody sends them again', async () => {
    const labels = { service: 'elsewhere', env: 'prod' };
    const alerts = [
      anAlert(),
      anAlert({ fingerprint: 'a', labels }),
      anAlert({ fingerprint: 'b', labels: {} }),
    ];
    expect(await resultOf(await post('alertmanager', bodyOf(alerts), shown))).toEqual([
      200,
      {
        kept: 1,
        known: 0,
        passedOver: [
          { fingerprint: 'a', reason: 'its label "service" names no service that is known' },
          { fingerprint: 'b', reason: 'it has no label "service", which names the service' },
        ],
      },
    ]);
    expect(gateway().passedOver).toContain('its label "service" names no service that is known');
    const metrics = await (await fetch(`${gateway().origin}/metrics`)).text();
    expect(metrics).toMatch(/countersign_gateway_alerts_total\{result="passedOver"\} [1-9]/);
  });
});

describe('alerts are refused', () => {
  const body = bodyOf([anAlert()]);

  test.each<[string, string, Record<string, string>, string]>([
    ['nothing', 'alertmanager', {}, 'it shows no token: send Authorization: Bearer'],
    ['another token', 'alertmanager', { authorization: 'Bearer something-else' }, 'the token is wrong'],
    ['a part of the token', 'alertmanager', { authorization: 'Bearer a-token' }, 'the token is wrong'],
    [
      'a token where they are signed',
      'signing',
      shown,
      'it is not signed: send webhook-id, webhook-timestamp and webhook-signature',
    ],
    [
      'a signature of another secret',
      'signing',
      signed(body, { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }),
      'its signature does not hold',
    ],
    ['a signature of another body', 'signing', signed(`${body} `), 'its signature does not hold'],
    [
      'an old signature',
      'signing',
      signed(body, { off: -600 }),
      'its webhook-timestamp is more than five minutes off: compare the clocks',
    ],
    [
      'a signature from the future',
      'signing',
      signed(body, { off: 600 }),
      'its webhook-timestamp is more than five minutes off: compare the clocks',
    ],
    [
      'a signature without its time',
      'signing',
      { 'webhook-id': 'a', 'webhook-signature': 'v1,a' },
      'it lacks webhook-timestamp',
    ],
    [
      'a wrong signature beside the right token',
      'both',
      { ...shown, ...signed(`${body} `) },
      'its signature does not hold',
    ],
  ])('that bring %s', async (_, sender, headers, detail) => {
    expect(await problemOf(await post(sender, body, headers))).toMatchObject({
      status: 401,
      type: 'urn:countersign:problem:not-proved',
      detail,
    });
  });

  test('at an address that nobody has', async () => {
    expect((await post('constructor', body, shown)).status).toBe(404);
  });

  test('as a whole, with every fault, and before anything is kept', async () => {
    const good = anAlert();
    const faulty = bodyOf(
      [
        good,
        anAlert({ status: 'burning', startsAt: 'yesterday', fingerprint: '' }),
        anAlert({ labels: { a: 1 } }),
      ],
      { version: '3' },
    );
    const { status, errors } = await problemOf(await post('alertmanager', faulty, shown));
    expect(status).toBe(400);
    expect(errors).toEqual([
      { where: 'version', problem: 'must be "4": the version of the webhook of Alertmanager' },
      { where: 'alerts.1.status', problem: 'must be firing or resolved' },
      { where: 'alerts.1.startsAt', problem: 'must be a time such as 2026-03-02T12:00:00Z' },
      { where: 'alerts.1.fingerprint', problem: 'must be the fingerprint of the labels' },
      { where: 'alerts.2.labels.a', problem: expect.stringContaining('expected string') },
    ]);
    expect(await resultOf(await post('alertmanager', bodyOf([good]), shown))).toMatchObject([
      200,
      { kept: 1 },
    ]);
  });

  test.each([
    ['no JSON', '{', 400],
    [
      'more than 1,000 alerts',
      bodyOf(Array.from({ length: 1_001 }, () => anAlert({ annotations: {} }))),
      400,
    ],
    ['a label with NUL in it', bodyOf([anAlert({ labels: { service: '\0' } })]), 400],
  ])('that are %s', async (_, sent, status) => {
    expect((await post('alertmanager', sent, shown)).status).toBe(status);
  });

  test('and a body of half a megabyte is taken', async () => {
    const alerts = Array.from({ length: 500 }, () => anAlert({ annotations: { summary: 'x'.repeat(800) } }));
    expect(await resultOf(await post('alertmanager', bodyOf(alerts), shown))).toMatchObject([
      200,
      { kept: 500 },
    ]);
  });

  // The last one: a refused connection is closed.
  test('and a body of more than 1 MB is not', async () => {
    const large = bodyOf([anAlert({ annotations: { summary: 'x'.repeat(1024 * 1024) } })]);
    expect((await post('alertmanager', large, shown)).status).toBe(413);
  });
});
