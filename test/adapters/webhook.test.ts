import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Message } from '../../src/activities/ports/channels.ts';
import { createWebhook } from '../../src/adapters/webhook.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText } from '../support/messages.ts';
import { closedUrl, drip, type Received, serve } from './serve.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

const section = z.strictObject({ heading: z.string(), lines: z.array(z.string()) });

/** CloudEvents 1.0, the attributes that are required and those that are used. */
const eventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1),
  datacontenttype: z.literal('application/json'),
  data: z.looseObject({ sections: z.array(section), agent: section }),
});

const webhook = (url: string, pages = {}) => createWebhook({ url: `${url}/hook`, secret: SECRET, ...pages });

async function sent(message: Message, pages = {}) {
  const { url, requests } = await serve((response) => response.writeHead(204).end());
  expect(await webhook(url, pages).send(message, ['grace'])).toEqual({
    kind: 'delivered',
    detail: 'the webhook took it',
  });
  const [request] = requests;
  if (!request) throw new Error('nothing was sent');
  return { request, event: eventSchema.parse(JSON.parse(request.body)) };
}

const signed = ({ headers }: Received) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

describe('an event', () => {
  test('is a CloudEvent in structured JSON', async () => {
    const { request, event } = await sent(aMessage(), { gatewayUrl: 'https://countersign.example' });
    expect(request).toMatchObject({
      method: 'POST',
      url: '/hook',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    });
    expect(event).toMatchObject({
      source: 'https://countersign.example',
      type: 'dev.countersign.action.approvalRequested',
      subject: 'deploy-agent.deploy-2.5.1',
      data: {
        actionId: 'deploy-agent.deploy-2.5.1',
        title: 'deploy 2.5.1 to checkout',
        target: 'checkout',
        tier: 3,
        people: ['grace'],
        deadline: '2026-03-14T15:30:00.000Z',
        link: 'https://countersign.example/actions/deploy-agent.deploy-2.5.1',
      },
    });
  });

  test('is signed as Standard Webhooks says, and whoever changes a byte is found out', async () => {
    const { request } = await sent(aMessage());
    const { body } = request;
    expect(new Webhook(SECRET).verify(body, signed(request))).toMatchObject({ specversion: '1.0' });
    expect(() => new Webhook(OTHER_SECRET).verify(body, signed(request))).toThrow();
    expect(() => new Webhook(SECRET).verify(body.replace('2.5.1', '2.5.2'), signed(request))).toThrow();
    const bent = { ...signed(request), 'webhook-id': 'msg_other' };
    expect(() => new Webhook(SECRET).verify(body, bent)).toThrow();
  });

  test('has the same id in every attempt, in the event and in its header, and another for another step', async () => {
    const idOf = async (step: string) => {
      const { request, event } = await sent(aMessage({ step }));
      expect(request.headers['webhook-id']).toBe(event.id);
      return event.id;
    };
    expect(await idOf('route-1')).toBe(await idOf('route-1'));
    expect(await idOf('route-1')).not.toBe(await idOf('route-2'));
  });

  test('says how the matter was settled', async () => {
    const settlement = { kind: 'denied', by: 'grace', reason: 'not on a Friday' } as const;
    const { event } = await sent(aMessage({ kind: 'settled', step: 'route-1/settled', settlement }));
    expect(event).toMatchObject({
      type: 'dev.countersign.action.settled',
      data: { settlement: 'denied', opening: 'Decided: grace denied it, because: not on a Friday.' },
    });
  });
});

describe('an answer', () => {
  test.each([
    [200, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [301, 'refused'],
    [307, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'unavailable'],
    [410, 'refused'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('of %d means %s', async (status, kind) => {
    const elsewhere = await serve((response) => response.end());
    const { url } = await serve((response) =>
      response.writeHead(status, { location: elsewhere.url }).end(status === 204 ? undefined : 'a\r\nb'),
    );
    expect(await webhook(url).send(aMessage(), [])).toMatchObject({ kind });
    expect(elsewhere.requests).toEqual([]);
  });

  test('that never ends means unavailable', async () => {
    const { url } = await serve((response) => drip(response));
    expect(await webhook(url).send(aMessage(), [])).toEqual({
      kind: 'unavailable',
      reason: 'the webhook cannot be reached: no complete answer within 10000 ms',
    });
  }, 15_000);

  test('from nobody means unavailable', async () => {
    expect(await webhook(await closedUrl()).send(aMessage(), [])).toMatchObject({ kind: 'unavailable' });
  });

  test('is one line of bounded length in the reason', async () => {
    const { url } = await serve((response) => response.writeHead(400).end(`a\n\u202E${'x'.repeat(5_000)}`));
    const result = await webhook(url).send(aMessage(), []);
    expect(result).toMatchObject({
      reason: expect.stringMatching(/^the webhook answered 400 Bad Request: a\\u\{A\}/),
    });
    expect(JSON.stringify(result).length).toBeLessThan(500);
  });
});

describe('text of hostile origin', () => {
  test.each([...HOSTILE_TEXTS, '<!channel>'].map((text) => [text.slice(0, 60), text]))(
    'stands in one place alone, and nothing in it is hidden: %j',
    async (_, text) => {
      const harmless = (await sent(aMessage())).event;
      const { request, event } = await sent(aMessage({}, inEveryAgentText(text)));
      expect({ ...event, data: { ...event.data, agent: '' } }).toEqual({
        ...harmless,
        data: { ...harmless.data, agent: '' },
      });
      expect(JSON.stringify(event.data.agent).replaceAll('\\\\', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}]|:\/\//u,
      );
      expect(request.body.length).toBeLessThan(40_000);
    },
  );

  test('in an id reaches no header', async () => {
    const message = aMessage();
    const id = 'x\r\nwebhook-signature: forged';
    const { request, event } = await sent({ ...message, workflowId: id, action: { ...message.action, id } });
    expect(request.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(event.subject).toBe('x\\u{D}\\u{A}webhook-signature: forged');
  });
});
