import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/activities/ports/channels.ts';
import { renderMail } from '../../src/adapters/mail/render.ts';
import { createMail } from '../../src/adapters/mail/smtp.ts';
import { createPager } from '../../src/adapters/pagerduty.ts';
import { createSlack } from '../../src/adapters/slack/slack.ts';
import { createWebhook } from '../../src/adapters/webhook.ts';
import { briefingOf } from '../../src/briefing/briefing.ts';
import { aMessage, inEveryAgentText, people } from '../support/messages.ts';
import { withServer } from '../support/smtp.ts';
import { serve } from './serve.ts';

const gatewayUrl = 'https://countersign.example';
const uiUrl = 'https://ui.example/namespaces/default/workflows';
const PAGE = `${gatewayUrl}/actions/deploy-agent.deploy-2.5.1`;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('where there is a gateway, people are sent to the page of the action', () => {
  test('by mail', async () =>
    withServer(async (smtp) => {
      const mail = createMail({ smtpUrl: smtp.url, from: 'a@storefront.example', people, uiUrl, gatewayUrl });
      await mail.send(aMessage(), ['grace']);
      // Quoted-printable breaks long lines.
      const raw = smtp.mails[0]?.raw.replaceAll('=\r\n', '') ?? '';
      expect(raw).toContain(`Open the action: ${PAGE}`);
      expect(raw).not.toContain('ui.example');
    }));

  test.each([
    ['page', (url: string) => createPager({ url, routingKey: 'x', people, uiUrl, gatewayUrl })],
    ['slack', (url: string) => createSlack({ webhookUrl: url }, { uiUrl, gatewayUrl })],
    ['webhook', (url: string) => createWebhook({ url, secret: SECRET, uiUrl, gatewayUrl })],
  ])('by %s', async (_, channel) => {
    const { url, requests } = await serve((response) => response.writeHead(200).end('ok'));
    await channel(url).send(aMessage({}, inEveryAgentText('https://evil.example')), ['grace']);
    const links = requests[0]?.body.match(/https:\/\/[^"\\]*/g) ?? [];
    expect(links).toContain(PAGE);
    expect(new Set(links)).toEqual(new Set([PAGE, ...links.filter((link) => link === gatewayUrl)]));
  });

  test('and what is odd in an id stays in the address', () => {
    const message = aMessage();
    const odd = { ...message, action: { ...message.action, id: '../x?y#z "<' } };
    expect(briefingOf(odd, [], { gatewayUrl }).link).toBe(`${gatewayUrl}/actions/..%2Fx%3Fy%23z%20%22%3C`);
  });
});

test('without a gateway they are sent to Temporal, and without that nowhere', () => {
  const link = (pages: object) => briefingOf(aMessage(), [], pages).link;
  expect(link({ uiUrl })).toMatch(/^https:\/\/ui.example\/namespaces\/default\/workflows\/action%2F/);
  expect(link({})).toBeUndefined();
});

test('what a person gave as a reason is one line without a link, like all that is told of a settlement', () => {
  const reason = 'no\r\nBcc: mallory@evil.example\n<!channel> https://evil.example \u202E';
  const settled: Message = aMessage({
    kind: 'settled',
    settlement: { kind: 'denied', by: 'grace', reason: reason.padEnd(2_000, 'x') },
  });
  const { text, subject } = renderMail(settled, ['ada']);
  expect(subject).toBe('Settled: deploy 2.5.1 to checkout (production)');
  expect(text.split('\n')[3]).toMatch(
    /^Decided: grace denied it, because: no\\u\{D\}\\u\{A\}Bcc: mallory@evil.example\\u\{A\}<!channel> https\[:\]/,
  );
  expect(text).not.toMatch(/https:\/\/evil|\u202E/);
});
