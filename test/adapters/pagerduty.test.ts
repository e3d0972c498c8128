import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Message, SendResult } from '../../src/activities/ports/channels.ts';
import { createPager } from '../../src/adapters/pagerduty.ts';
import type { MessageKind } from '../../src/domain/record/announcement.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText, people } from '../support/messages.ts';

const KEY = 'R0123456789ABCDEFKEYKEYKEYKEYKEY';

/** The Events API v2 as far as a sender must keep to it. */
const eventSchema = z.strictObject({
  routing_key: z.literal(KEY),
  event_action: z.enum(['trigger', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  client: z.string().optional(),
  client_url: z.url().optional(),
  payload: z
    .strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: z.string(),
      group: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.unknown()),
    })
    .optional(),
});

type Event = z.infer<typeof eventSchema>;

interface Pagerduty {
  readonly url: string;
  readonly requests: readonly {
    readonly line: string;
    readonly type: string | undefined;
    readonly event: Event;
  }[];
  /** What it answers from now on: a status and a body, or nothing at all. */
  answer: { status: number; body?: string; location?: string } | 'hang';
  stop(): Promise<void>;
}

let pagerduty: Pagerduty;
beforeEach(async () => {
  pagerduty = await startPagerduty();
});
afterEach(() => pagerduty.stop());

const pager = (change: Partial<Parameters<typeof createPager>[0]> = {}) =>
  createPager({ url: pagerduty.url, routingKey: KEY, people, ...change });

async function paged(message: Message): Promise<Event> {
  expect(await pager().send(message, ['linus'])).toMatchObject({ kind: 'delivered' });
  return last();
}

function last(): Event {
  const request = pagerduty.requests.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request.event;
}

describe('a page', () => {
  it('is one event of the Events API v2, by the action’s id', async () => {
    const result = await pager({ uiUrl: 'https://ui.storefront.example' }).send(aMessage(), ['linus']);
    expect(result).toEqual({ kind: 'delivered', detail: 'PagerDuty took it' });
    expect(pagerduty.requests).toEqual([
      {
        line: 'POST /v2/enqueue',
        type: 'application/json',
        event: {
          routing_key: KEY,
          event_action: 'trigger',
          dedup_key: 'deploy-agent.deploy-2.5.1',
          client: 'Countersign',
          client_url:
            'https://ui.storefront.example/action%2Fdeploy-agent.deploy-2.5.1/0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
          payload: expect.objectContaining({
            summary: 'Approval needed: deploy 2.5.1 to checkout (production)',
            source: 'checkout',
            severity: 'error',
            component: 'checkout',
            group: 'production',
            class: 'version.deploy',
          }),
        },
      },
    ]);
  });

  it('holds the machine’s facts first, and the agent’s words last under a key that says so', async () => {
    const details = (await paged(aMessage())).payload?.custom_details ?? {};
    expect(Object.keys(details)).toEqual([
      'Now',
      'At a glance',
      'The action',
      'What is asked of you',
      'Impact',
      'What policy says',
      'Who may decide',
      'How to decide',
      'Written by the agent deploy-agent, verified by nobody',
    ]);
    expect(details['The action']).toContain('      PUT http://storefront.example/admin/checkout/version');
    expect(details['What is asked of you']).toContain('  Approve it or deny it by 2026-03-14 15:30:00 UTC.');
    expect(details['What is asked of you']).toContain('  This went to    linus');
  });

  it.each([
    ['approvalRequested', 'error'],
    ['windowOpened', 'error'],
    ['proceeding', 'error'],
    ['recommended', 'info'],
    ['rolledBack', 'error'],
    ['rollbackFailed', 'critical'],
    ['targetHeld', 'critical'],
    ['closed', 'info'],
    ['reviewDue', 'info'],
    ['reviewOverdue', 'warning'],
  ] as const)('about %s is %s', async (kind: MessageKind, severity) => {
    expect((await paged(aMessage({ kind }))).payload?.severity).toBe(severity);
  });

  it('is taken back under the same key', async () => {
    const { dedup_key } = await paged(aMessage());
    expect(await pager().resolve(aMessage().action.id)).toEqual({
      kind: 'delivered',
      detail: 'PagerDuty took it back',
    });
    expect(last()).toEqual({ routing_key: KEY, event_action: 'resolve', dedup_key });
  });

  it('has a hash for a key when the id is too long, the same for both events', async () => {
    const message = aMessage();
    const id = 'x'.repeat(256);
    const { dedup_key } = await paged({ ...message, action: { ...message.action, id } });
    expect(dedup_key).toMatch(/^[0-9a-f]{64}$/);
    await pager().resolve(id);
    expect(last().dedup_key).toBe(dedup_key);
  });

  it('names those who are not in the catalog, and goes out all the same', async () => {
    const result = await pager().send(aMessage(), ['linus', '__proto__', 'x\ny']);
    expect(result).toEqual({
      kind: 'delivered',
      detail: 'PagerDuty took it; __proto__ is not in the catalog; x\\u{A}y is not in the catalog',
    });
    expect(last().payload?.custom_details['What is asked of you']).toContain('  This went to    linus');
  });
});

describe('text of hostile origin', () => {
  it.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 60), text]))(
    'changes nothing of what the machine says: %j',
    async (_, text) => {
      const { payload } = await paged(aMessage());
      const { custom_details, timestamp: _at, ...machine } = payload ?? { custom_details: {} };
      const hostile = (await paged(aMessage({}, inEveryAgentText(text)))).payload;
      expect(hostile).toMatchObject(machine);
      const agents = 'Written by the agent deploy-agent, verified by nobody';
      expect({ ...hostile?.custom_details, [agents]: '' }).toEqual({ ...custom_details, [agents]: '' });
      const words = JSON.stringify(hostile?.custom_details[agents]).replaceAll('\\\\', '');
      expect(words).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]|:\/\//u);
      expect(words.length).toBeLessThan(30_000);
    },
  );

  it('in the title stays one line of bounded length, without hidden characters', async () => {
    const version = `1\r\n\u202E<b>https://evil.example${'x'.repeat(5_000)}`;
    const summary = (await paged(aMessage({}, { params: { version } }))).payload?.summary;
    expect(summary).toMatch(
      /^Approval needed: deploy "1\\r\\n\\u\{202E\}<b>https\[:\]\/\/evil\.examplex+" \(the agent's words, \d+ more characters\) to checkout/,
    );
  });
});

describe('an answer', () => {
  it.each([
    [202, 'delivered'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [400, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [200, 'refused'],
  ])('of %d means %s', async (status, kind) => {
    pagerduty.answer = { status, body: '{"errors":["why"]}' };
    expect(await pager().send(aMessage(), ['linus'])).toMatchObject({ kind });
    expect(await pager().resolve('x')).toMatchObject({ kind });
  });

  it('that refuses says why, on one line', async () => {
    pagerduty.answer = {
      status: 400,
      body: '{"status":"invalid event",\n"errors":["\'source\' is missing"]}',
    };
    expect(await pager().send(aMessage(), ['linus'])).toEqual({
      kind: 'refused',
      reason: `PagerDuty answered 400 Bad Request: {"status":"invalid event",\\u{A}"errors":["'source' is missing"]}`,
    });
  });

  it('that points elsewhere is not followed, so that the key goes nowhere else', async () => {
    const elsewhere = await startPagerduty();
    pagerduty.answer = { status: 307, location: `${elsewhere.url}/v2/enqueue` };
    expect(await pager().send(aMessage(), ['linus'])).toMatchObject({ kind: 'refused' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  it('that does not come within 5 s means unavailable', async () => {
    pagerduty.answer = 'hang';
    const began = performance.now();
    expect(await pager().send(aMessage(), ['linus'])).toEqual({
      kind: 'unavailable',
      reason: 'PagerDuty cannot be reached: no complete answer within 5000 ms',
    });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('from nobody, because it is down, means unavailable', async () => {
    await pagerduty.stop();
    expect(await pager().send(aMessage(), ['linus'])).toEqual({
      kind: 'unavailable',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is not asked for when the page cannot be written', async () => {
    expect(await pager().send(aMessage({ deadline: Number.NaN }), ['linus'])).toMatchObject({
      kind: 'refused',
    });
    expect(pagerduty.requests).toEqual([]);
  });
});

describe('the routing key', () => {
  it.each([202, 200, 307, 400, 429, 500, 'hang', 'down'] as const)('is in no result (%s)', async (state) => {
    const echo = `bad key ${KEY}`;
    if (state === 'down') await pagerduty.stop();
    else
      pagerduty.answer = state === 'hang' ? 'hang' : { status: state, body: echo, location: `/?key=${KEY}` };
    const results: SendResult[] = await Promise.all([
      pager().send(aMessage(), ['linus']),
      pager().resolve('x'),
    ]);
    expect(JSON.stringify(results)).not.toContain(KEY);
  });
});

async function startPagerduty(): Promise<Pagerduty> {
  const requests: Pagerduty['requests'][number][] = [];
  const server = createServer(async (request, response) => {
    requests.push(await received(request));
    if (running.answer === 'hang') return;
    const { status, body = '', location } = running.answer;
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const running: Pagerduty = {
    url: `http://127.0.0.1:${port}/v2/enqueue`,
    requests,
    answer: { status: 202, body: '{"status":"success"}' },
    stop: () => stopped(server),
  };
  return running;
}

async function received(request: IncomingMessage): Promise<Pagerduty['requests'][number]> {
  const event = eventSchema.parse(JSON.parse(await readText(request)));
  return { line: `${request.method} ${request.url}`, type: request.headers['content-type'], event };
}

function stopped(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  return closed;
}

describe('a page about the ledger', () => {
  it('is one event that says what is wrong and what to do, and ends by its name', async () => {
    const alarm = {
      kind: 'contradicted',
      witness: 'witness.example/east',
      reason: HOSTILE_TEXTS.join(''),
    } as const;
    expect(await pager().alarm('ledger/storefront/x', alarm, ['linus'])).toMatchObject({ kind: 'delivered' });
    const { event_action, dedup_key, payload } = last();
    expect([event_action, payload?.severity, payload?.summary]).toEqual([
      'trigger',
      'critical',
      'LEDGER: the witness witness.example/east saw another ledger',
    ]);
    expect(payload?.custom_details['What to do']).toContain('countersign ledger verify --checkpoint FILE');
    expect(JSON.stringify(payload)).not.toMatch(/https?:\/\/|\u202e/);
    await pager().resolve('ledger/storefront/x');
    expect(last()).toMatchObject({ event_action: 'resolve', dedup_key });
  });
});
