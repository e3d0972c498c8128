import PostalMime, { type Email } from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/activities/ports/channels.ts';
import { createMail } from '../../src/adapters/mail/smtp.ts';
import { HOSTILE_ADDRESSES, HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText, people } from '../support/messages.ts';
import { type ReceivedMail, startSmtp, type TestSmtp, withServer } from '../support/smtp.ts';

const FROM = 'countersign@storefront.example';

let smtp: TestSmtp;

/** A server for each test of a suite, one after the other. */
function eachWithServer(): void {
  beforeEach(async () => {
    smtp = await startSmtp();
  });
  afterEach(() => smtp.stop());
}

const mailBy = (server: TestSmtp, change: Partial<Parameters<typeof createMail>[0]> = {}) =>
  createMail({ smtpUrl: server.url, from: FROM, people, ...change });

const send = (message: Message, names: readonly string[], server = smtp) =>
  mailBy(server).send(message, names);

async function only(mails: readonly ReceivedMail[]): Promise<Email> {
  expect(mails).toHaveLength(1);
  return PostalMime.parse(mails[0]?.raw ?? '');
}

async function sent(message: Message): Promise<Email> {
  await send(message, ['grace']);
  return PostalMime.parse(smtp.mails.at(-1)?.raw ?? '');
}

/** RFC 8785 has no form for lone surrogates: an action with one in a parameter has no digest, and no message. */
const wellFormed = (text: string) => Buffer.from(text).toString();

const HEADERS = (
  'auto-submitted content-type date from in-reply-to message-id mime-version references subject to ' +
  'x-countersign-action'
).split(' ');

describe('a mail that the server takes', () => {
  eachWithServer();

  it('goes to the catalog addresses of the people in one transaction', async () => {
    const result = await send(aMessage(), ['grace', 'linus', 'grace']);
    expect(result).toEqual({ kind: 'delivered', detail: 'the mail server took it for grace, linus' });
    expect(smtp.commands()).toEqual([
      expect.stringMatching(/^EHLO /),
      `MAIL FROM:<${FROM}>`,
      'RCPT TO:<grace@storefront.example>',
      'RCPT TO:<linus@storefront.example>',
      'DATA',
    ]);
    const mail = await only(smtp.mails);
    expect(mail.from).toEqual({ name: 'Countersign', address: FROM });
    expect(mail.to?.map(({ address }) => address)).toEqual([
      'grace@storefront.example',
      'linus@storefront.example',
    ]);
  });

  it('is worded for what its readers may do: those who never decide are only told, in a mail of their own', async () => {
    const result = await send(aMessage(), ['ada', 'grace', 'linus']);
    expect(result).toEqual({
      kind: 'delivered',
      detail: 'the mail server took it for grace, linus; the mail server took it for ada',
    });
    const [asking, telling] = await Promise.all(smtp.mails.map(({ raw }) => PostalMime.parse(raw)));
    expect(asking?.text).toContain('Approve it or deny it by');
    expect(asking?.text).toContain('countersign decide');
    expect(telling?.to?.map(({ address }) => address)).toEqual(['ada@storefront.example']);
    expect(telling?.subject).toBe('Waiting for approval: deploy 2.5.1 to checkout (production)');
    expect(telling?.text).toContain('Nothing from you. grace, linus, margaret may decide by');
    expect(telling?.text).not.toMatch(/Approve it|countersign decide/);
    expect(telling?.messageId).not.toBe(asking?.messageId);
  });

  it('of how it ended is one mail, whoever reads it', async () => {
    await send(aMessage({ kind: 'rolledBack' }), ['ada', 'grace']);
    expect(smtp.mails).toHaveLength(1);
  });

  it('carries a subject, a text and an HTML part, and no other header than these', async () => {
    const mail = await sent(aMessage());
    expect(mail.subject).toBe('Approval needed: deploy 2.5.1 to checkout (production)');
    expect(mail.text).toContain('PUT http://storefront.example/admin/checkout/version');
    expect(mail.html).toContain('<h1');
    expect(mail.attachments).toEqual([]);
    expect(mail.headers.map(({ key }) => key).sort()).toEqual(HEADERS);
    expect(headerOf(mail, 'auto-submitted')).toBe('auto-generated');
    expect(headerOf(mail, 'x-countersign-action')).toBe('deploy-agent.deploy-2.5.1');
  });

  it('has the same Message-ID when it is sent again, and another for another step or run', async () => {
    const ids = [];
    for (const change of [{}, {}, { step: 'route-2' }, { runId: '0199f3a2-7c1e-7d55-9b1a-000000000000' }]) {
      ids.push((await sent(aMessage(change))).messageId);
    }
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@storefront\.example>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('stands in one thread with all mails about its action, its review too', async () => {
    const first = await sent(aMessage());
    const review = await sent(aMessage({ kind: 'reviewDue', step: 'reviewDue', workflowId: 'review/x' }));
    const other = await sent(aMessage({}, { idempotencyKey: 'another' }));
    expect(first.references).toMatch(/^<[0-9a-f]{32}@storefront\.example>$/);
    expect(first.inReplyTo).toBe(first.references);
    expect(review.references).toBe(first.references);
    expect(other.references).not.toBe(first.references);
  });

  it('names by a hash an action whose id is not fit for a header', async () => {
    const message = aMessage();
    const mail = await sent({
      ...message,
      action: { ...message.action, id: 'x\r\nBcc: mallory@evil.example' },
    });
    expect(headerOf(mail, 'x-countersign-action')).toMatch(/^[0-9a-f]{64}$/);
  });
});

/** Test names have room for the beginning of a text. */
const named = (texts: readonly string[]) => texts.map((text) => [text.slice(0, 60), text] as const);

describe.concurrent('text of hostile origin', () => {
  it.each(named(HOSTILE_TEXTS))('changes neither commands, recipients nor headers: %j', (_, text) =>
    withServer(async (server) => {
      const message = aMessage({}, { ...inEveryAgentText(text), params: { version: wellFormed(text) } });
      expect(await send(message, ['grace', text], server)).toMatchObject({ kind: 'delivered' });

      expect(server.commands()).toEqual([
        expect.stringMatching(/^EHLO /),
        `MAIL FROM:<${FROM}>`,
        'RCPT TO:<grace@storefront.example>',
        'DATA',
      ]);
      const mail = await only(server.mails);
      expect(mail.headers.map(({ key }) => key).sort()).toEqual(HEADERS);
      expect(mail.to).toEqual([{ name: '', address: 'grace@storefront.example' }]);
      expect(mail.subject).toMatch(/^Approval needed: deploy [^\p{Cc}\p{Cf}]* \(production\)$/u);
      expect(mail.attachments).toEqual([]);
    }),
  );

  it.each(named(HOSTILE_ADDRESSES))('is no address, not even in the catalog: %j', (_, email) =>
    withServer(async (server) => {
      const ada = { name: 'ada', displayName: 'Ada', keys: [], email };
      const mail = mailBy(server, { people: { ...people, ada } });
      expect(await mail.send(aMessage(), ['ada', 'grace'])).toEqual({
        kind: 'delivered',
        detail: 'the mail server took it for grace; ada has no usable address in the catalog',
      });
      expect(server.recipients).toEqual(['grace@storefront.example']);
      expect(server.mails.map(({ raw }) => raw).join()).not.toContain('mallory');
    }),
  );

  it.each(named(HOSTILE_ADDRESSES))('cannot be the sender: %j', (_, from) => {
    expect(() => createMail({ smtpUrl: 'smtp://127.0.0.1', from, people })).toThrow(
      /give one address such as/,
    );
  });
});

describe('people', () => {
  eachWithServer();

  it('who are not in the catalog are left out by name', async () => {
    const result = await send(aMessage(), ['nobody', 'grace', '__proto__', 'x\r\ny']);
    expect(result).toEqual({
      kind: 'delivered',
      detail:
        'the mail server took it for grace; nobody is not in the catalog; __proto__ is not in the catalog; ' +
        'x\\u{D}\\u{A}y is not in the catalog',
    });
    expect(smtp.recipients).toEqual(['grace@storefront.example']);
  });

  it.each([[[]], [['nobody']]])('none left: refused, and the server is not asked (%j)', async (names) => {
    expect(await send(aMessage(), names)).toMatchObject({ kind: 'refused' });
    expect(smtp.commands()).toEqual([]);
  });

  it.each([
    [550, 'refused for good'],
    [451, 'refused for now: to send again would send it twice to the others'],
  ])('whom the server refuses (%d) do not keep it from the rest, %s', async (code) => {
    smtp.switches.refuse = { 'grace@storefront.example': code };
    const result = await send(aMessage(), ['grace', 'linus', 'margaret']);
    expect(result).toEqual({
      kind: 'delivered',
      detail: `the mail server took it for linus, margaret; not for grace: ${code} the switch says so`,
    });
    expect(smtp.mails.map(({ to }) => to)).toEqual([
      ['linus@storefront.example', 'margaret@storefront.example'],
    ]);
  });

  it('are known to the server in any case of letters', async () => {
    const grace = { name: 'grace', displayName: 'Grace', keys: [], email: 'Grace@Storefront.EXAMPLE' };
    smtp.switches.refuse = { 'Grace@Storefront.EXAMPLE': 550, 'Grace@storefront.example': 550 };
    const result = await mailBy(smtp, { people: { ...people, grace } }).send(aMessage(), ['grace', 'linus']);
    expect(result).toMatchObject({ detail: expect.stringContaining('not for grace: 550') });
  });
});

describe('a server that does not take it', () => {
  eachWithServer();

  const both = ['grace', 'linus'];
  const refuseBoth = (grace: number, linus: number) => ({
    refuse: { 'grace@storefront.example': grace, 'linus@storefront.example': linus },
  });

  it.each([
    ['every recipient refused for good', refuseBoth(550, 553), 'refused'],
    ['every recipient refused, one of them for now', refuseBoth(550, 451), 'unavailable'],
    ['every recipient refused for now', refuseBoth(450, 451), 'unavailable'],
    ['the sender refused for good', { refuseSender: 550 }, 'refused'],
    ['the sender refused for now', { refuseSender: 421 }, 'unavailable'],
    ['the message refused for good', { refuseData: 554 }, 'refused'],
    ['the message refused for now', { refuseData: 451 }, 'unavailable'],
    ['the connection closed in place of an answer', { dropAtData: true }, 'unavailable'],
  ] as const)('%s: %s', async (_, switches, kind) => {
    Object.assign(smtp.switches, switches);
    expect(await send(aMessage(), both)).toMatchObject({ kind, reason: expect.stringMatching(/\S/) });
    expect(smtp.mails).toEqual([]);
  });

  it('is unavailable while it is down', async () => {
    await smtp.stop();
    expect(await send(aMessage(), both)).toEqual({
      kind: 'unavailable',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    ['refused it for now', { refuseData: 451 }, { refuseData: undefined }],
    ['was lost before it answered', { dropAtData: true }, { dropAtData: false }],
  ])('gets it again under the same Message-ID after it %s', async (_, before, after) => {
    Object.assign(smtp.switches, before);
    expect(await send(aMessage(), both)).toMatchObject({ kind: 'unavailable' });
    Object.assign(smtp.switches, after);
    expect(await send(aMessage(), both)).toMatchObject({ kind: 'delivered' });
    const ids = smtp.attempts.map((raw) => /^Message-ID: (<.*>)\r$/im.exec(raw)?.[1]);
    expect(ids).toEqual([expect.stringMatching(/^<[0-9a-f]{32}@/), ids[0]]);
  });

  it('leaves its password out of every reason', async () => {
    await smtp.stop();
    const smtpUrl = smtp.url.replace('//', '//worker:s3cr3t-pass@');
    expect(JSON.stringify(await mailBy(smtp, { smtpUrl }).send(aMessage(), both))).not.toContain('s3cr3t');
  });

  it('is not asked about a message that cannot be written', async () => {
    const message = aMessage({ deadline: Number.POSITIVE_INFINITY });
    expect(await send(message, both)).toMatchObject({ kind: 'refused' });
    expect(smtp.commands()).toEqual([]);
  });
});

describe.concurrent('a server that hangs', () => {
  it.each([
    ['greeting', 5_000],
    ['data', 10_000],
  ] as const)('at the %s is unavailable after %d ms', (hangAt, patience) =>
    withServer(async (server) => {
      server.switches.hangAt = hangAt;
      const began = performance.now();
      expect(await send(aMessage(), ['grace'], server)).toMatchObject({ kind: 'unavailable' });
      expect(performance.now() - began).toBeLessThan(patience + 5_000);
    }),
  );
});

describe('encryption', () => {
  it('is used where the server offers STARTTLS', async () => {
    const server = await startSmtp({ disabledCommands: ['AUTH'] });
    const smtpUrl = `${server.url}?tls.rejectUnauthorized=false`;
    expect(await mailBy(server, { smtpUrl }).send(aMessage(), ['grace'])).toMatchObject({
      kind: 'delivered',
    });
    expect(server.mails.map(({ secure }) => secure)).toEqual([true]);
    await server.stop();
  });

  it('is used from the start with smtps', async () => {
    const server = await startSmtp({ secure: true });
    const smtpUrl = `${server.url}?tls.rejectUnauthorized=false`;
    expect(await mailBy(server, { smtpUrl }).send(aMessage(), ['grace'])).toMatchObject({
      kind: 'delivered',
    });
    expect(server.mails.map(({ secure }) => secure)).toEqual([true]);
    await server.stop();
  });

  it('is not given up for a certificate that nobody vouches for', async () => {
    const server = await startSmtp({ disabledCommands: ['AUTH'] });
    expect(await send(aMessage(), ['grace'], server)).toMatchObject({ kind: 'unavailable' });
    expect(server.mails).toEqual([]);
    await server.stop();
  });
});

const headerOf = ({ headers }: Email, name: string) => headers.find(({ key }) => key === name)?.value;
