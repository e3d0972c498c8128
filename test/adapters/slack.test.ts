import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Message } from '../../src/activities/ports/channels.ts';
import { createSlack } from '../../src/adapters/slack/slack.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText } from '../support/messages.ts';
import { closedUrl, type Received, serve } from './serve.ts';

const TOKEN = 'xoxb-0123456789-secret';
const CHANNEL = 'C0123456789';

/** Block Kit as far as these messages use it, with Slack's own limits. */
const textElement = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1).max(3_000),
  style: z.strictObject({ bold: z.literal(true) }).optional(),
});
const link = z.strictObject({ type: z.literal('link'), url: z.url(), text: z.string() });
const blocksSchema = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('header'),
        text: z.strictObject({
          type: z.literal('plain_text'),
          text: z.string().min(1).max(150),
          emoji: z.literal(false),
        }),
      }),
      z.strictObject({
        type: z.literal('rich_text'),
        elements: z.array(
          z.strictObject({
            type: z.enum(['rich_text_section', 'rich_text_preformatted', 'rich_text_quote']),
            elements: z.array(z.union([textElement, link])).min(1),
          }),
        ),
      }),
    ]),
  )
  .max(50);
const content = { text: z.string().min(1).max(4_000), blocks: blocksSchema };
const quiet = { unfurl_links: z.literal(false), unfurl_media: z.literal(false) };
const postSchema = z.strictObject({
  channel: z.literal(CHANNEL),
  client_msg_id: z.uuid(),
  ...quiet,
  ...content,
});
const updateSchema = z.strictObject({ channel: z.string(), ts: z.string(), ...content });
const hookSchema = z.strictObject({ ...quiet, ...content });

interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly location?: string;
}

const TAKEN: Answer = { body: JSON.stringify({ ok: true, channel: CHANNEL, ts: '1700000000.000100' }) };

/** Slack as far as a sender must keep to it: it answers so until a test says otherwise. */
async function slack(answers: readonly (Answer | 'hang' | 'drop')[] = [TAKEN]) {
  let asked = 0;
  const { url, requests } = await serve((response) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? TAKEN;
    asked += 1;
    if (answer === 'hang') return;
    if (answer === 'drop') {
      response.destroy();
      return;
    }
    const { status = 200, body = 'ok', location } = answer;
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  return { url, requests };
}

const bot = (url: string, pages = {}) =>
  createSlack({ channel: CHANNEL, apiUrl: `${url}/api`, auth: { bearer: TOKEN } }, pages);
const bodyOf = ({ body }: Received): unknown => JSON.parse(body);
const last = (requests: readonly Received[]) => {
  const request = requests.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
};

async function posted(message: Message, pages = {}) {
  const { url, requests } = await slack();
  expect(await bot(url, pages).send(message, ['grace'])).toMatchObject({ kind: 'delivered' });
  return postSchema.parse(bodyOf(last(requests)));
}

const linesIn = (blocks: z.infer<typeof blocksSchema>): string[] =>
  blocks.flatMap((block) =>
    block.type === 'header'
      ? [block.text.text]
      : block.elements.flatMap(({ elements }) => elements.map(({ text }) => text)),
  );

describe('a message of a bot', () => {
  test('is posted to its channel, and what Slack calls it is known', async () => {
    const { url, requests } = await slack();
    expect(await bot(url).send(aMessage(), ['grace'])).toEqual({
      kind: 'delivered',
      detail: 'Slack took it',
      ref: `${CHANNEL}/1700000000.000100`,
    });
    expect(last(requests)).toMatchObject({
      method: 'POST',
      url: '/api/chat.postMessage',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json; charset=utf-8' },
    });
    expect(postSchema.parse(bodyOf(last(requests))).text).toBe(
      'Approval needed: deploy 2.5.1 to checkout (production)',
    );
  });

  test('says what would run first and what the agent says last, and links to the page of the action', async () => {
    const findings = [{ kind: 'largeChange', weight: 3, text: 'count goes from 4 to 40' }] as const;
    const { blocks } = await posted(aMessage({ findings }), { gatewayUrl: 'https://countersign.example' });
    const lines = linesIn(blocks);
    expect(lines[0]).toBe('Approval needed: deploy 2.5.1 to checkout');
    const headings = ['At a glance', 'The action', 'Findings', 'What is asked of you', 'Who may decide'];
    expect(lines.filter((line) => headings.includes(line))).toEqual(headings);
    expect(lines.at(-2)).toBe('Written by the agent deploy-agent, verified by nobody');
    expect(JSON.stringify(blocks)).toContain(
      '{"type":"link","url":"https://countersign.example/actions/deploy-agent.deploy-2.5.1","text":"Open the action"}',
    );
    expect(JSON.stringify(blocks).match(/"link"/g)).toHaveLength(1);
    expect(lines).not.toContain('How to decide');
  });

  test('has nothing to press, and says how to decide where there is no page', async () => {
    const { blocks } = await posted(aMessage());
    expect(linesIn(blocks)).toContain('How to decide');
    expect(JSON.stringify(blocks)).not.toMatch(/"(button|actions|link)"/);
  });

  test('has the same id in every attempt, and another for another step', async () => {
    const id = async (step: string) => (await posted(aMessage({ step }))).client_msg_id;
    expect(await id('route-1')).toBe(await id('route-1'));
    expect(await id('route-1')).not.toBe(await id('route-2'));
  });

  test('is brought up to date when the matter is settled', async () => {
    const { url, requests } = await slack();
    const settled = aMessage({
      kind: 'settled',
      step: 'route-1/settled',
      settlement: { kind: 'approved', by: ['grace', 'linus'] },
    });
    const ref = `${CHANNEL}/1700000000.000100`;
    expect(await bot(url).send(settled, [], { ref })).toMatchObject({ kind: 'delivered', ref });
    expect(last(requests).url).toBe('/api/chat.update');
    const update = updateSchema.parse(bodyOf(last(requests)));
    expect(update).toMatchObject({ channel: CHANNEL, ts: '1700000000.000100' });
    expect(linesIn(update.blocks)).toContain('Decided: grace, linus approved it.');
    expect(linesIn(update.blocks)).not.toContain('How to decide');
  });
});

describe('a message of an incoming webhook', () => {
  test('is the same, and has no name by which it could be changed', async () => {
    const { url, requests } = await slack([{ body: 'ok' }]);
    const channel = createSlack({ webhookUrl: `${url}/services/T0/B0/secret` }, {});
    expect(await channel.send(aMessage(), ['grace'])).toEqual({ kind: 'delivered', detail: 'Slack took it' });
    expect(last(requests).url).toBe('/services/T0/B0/secret');
    expect(hookSchema.parse(bodyOf(last(requests))).text).toContain('Approval needed');
  });

  test.each([
    [404, 'no_service', 'refused'],
    [403, 'invalid_token', 'refused'],
    [429, 'slow down', 'unavailable'],
    [500, 'rollup_error', 'unavailable'],
  ])('that is answered %d %s is %s', async (status, body, kind) => {
    const { url } = await slack([{ status, body }]);
    const channel = createSlack({ webhookUrl: `${url}/services/T0/B0/secret` }, {});
    const result = await channel.send(aMessage(), ['grace']);
    expect(result).toMatchObject({ kind, reason: expect.stringContaining(body) });
    expect(JSON.stringify(result)).not.toContain('/services/');
  });
});

describe('an answer', () => {
  const error = (name: string): Answer => ({ body: JSON.stringify({ ok: false, error: name }) });
  test.each([
    ['channel_not_found', error('channel_not_found'), 'refused', 'Slack answered channel_not_found'],
    ['invalid_auth', error('invalid_auth'), 'refused', 'Slack answered invalid_auth'],
    ['ratelimited', error('ratelimited'), 'unavailable', 'Slack answered ratelimited'],
    ['internal_error', error('internal_error'), 'unavailable', 'Slack answered internal_error'],
    ['429', { status: 429, body: '' }, 'unavailable', 'Slack answered 429 Too Many Requests:'],
    ['503', { status: 503, body: 'x\ny' }, 'unavailable', 'Slack answered 503 Service Unavailable: x\\u{A}y'],
    ['400', { status: 400, body: 'no' }, 'refused', 'Slack answered 400 Bad Request: no'],
    ['a redirect', { status: 307, location: '/elsewhere' }, 'refused', 'Slack answered 307'],
    ['no JSON', { body: '<html>' }, 'unavailable', 'Slack answered what is not its API: <html>'],
    ['other JSON', { body: '[]' }, 'unavailable', 'Slack answered what is not its API: []'],
    ['nothing', 'drop', 'unavailable', 'Slack cannot be reached:'],
  ] as const)('of %s says whether trying again may help', async (_, answer, kind, reason) => {
    const { url, requests } = await slack([answer]);
    const result = await bot(url).send(aMessage(), ['grace']);
    expect(result).toMatchObject({ kind, reason: expect.stringContaining(reason) });
    expect(requests).toHaveLength(1);
  });

  test('from nobody, because it is down, means unavailable', async () => {
    expect(await bot(await closedUrl()).send(aMessage(), [])).toMatchObject({ kind: 'unavailable' });
  });

  test('that does not come within 10 s means unavailable', async () => {
    const { url } = await slack(['hang']);
    expect(await bot(url).send(aMessage(), [])).toEqual({
      kind: 'unavailable',
      reason: 'Slack cannot be reached: no complete answer within 10000 ms',
    });
  }, 15_000);

  test('that repeats the token does not bring it anywhere', async () => {
    const { url } = await slack([{ status: 400, body: `bad token ${TOKEN}` }]);
    expect(JSON.stringify(await bot(url).send(aMessage(), []))).not.toContain(TOKEN);
  });
});

describe('text of hostile origin', () => {
  const AGENT = 'Written by the agent deploy-agent, verified by nobody';
  const texts = [
    ...HOSTILE_TEXTS,
    '<!channel>',
    '<!here> <@U123> <#C123|x>',
    '<https://evil.example|approve>',
  ];

  test.each(texts.map((text) => [text.slice(0, 60), text]))(
    'changes nothing of what the machine says: %j',
    async (_, text) => {
      const harmless = await posted(aMessage());
      const hostile = await posted(aMessage({}, inEveryAgentText(text)));
      expect(hostile.text).toBe(harmless.text);
      expect(hostile.blocks.slice(0, -1)).toEqual(harmless.blocks.slice(0, -1));
      const [agent] = hostile.blocks.slice(-1);
      const words = JSON.stringify(agent);
      expect(words).toContain(AGENT);
      expect(words).not.toMatch(/<[!@#]|:\/\/|[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(words.length).toBeLessThan(8_000);
    },
  );

  test('in a parameter is no mention and no markup in what notifications show', async () => {
    const version = '<!channel> & <@U123> \u202Ehttps://evil.example';
    const { text, blocks } = await posted(aMessage({}, { params: { version } }));
    expect(text).toBe(
      `Approval needed: deploy "&lt; !channel&gt; &amp; &lt; @U123&gt; \\u{202E}https[:]//evil.example" (the agent's words) to checkout (production)`,
    );
    expect(JSON.stringify(blocks)).not.toMatch(/<[!@#]|\u202E/);
  });

  test('of 100,000 characters is cut, in the header too', async () => {
    const long = 'x'.repeat(100_000);
    const message = aMessage({}, { ...inEveryAgentText(long), params: { version: long } });
    expect(JSON.stringify(await posted(message)).length).toBeLessThan(30_000);
  });
});
