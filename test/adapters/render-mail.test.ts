import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageKind } from '../../src/activities/notify.ts';
import { cut, inWords, lookalikes, visible } from '../../src/adapters/briefing/text.ts';
import { renderMail } from '../../src/adapters/mail/render.ts';
import { OUTCOMES } from '../../src/domain/outcome.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText, TIERS } from '../support/messages.ts';

const KINDS: readonly MessageKind[] = [
  'approvalRequested',
  'windowOpened',
  'proceeding',
  'recommended',
  'rolledBack',
  'rollbackFailed',
  'targetHeld',
  'closed',
  'reviewDue',
  'reviewOverdue',
];

const AGENT_BLOCK = 'Written by the agent deploy-agent, verified by nobody';
const machineText = (text: string) => text.slice(0, text.indexOf(AGENT_BLOCK));

const tagsOf = (html: string) => html.replaceAll('<wbr>', '').match(/<[^>]*>/g) ?? [];
const showsHidden = (text: string) =>
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text.replaceAll(/[\n\t]/g, ''));

/** Any UTF-16 text at all, lone surrogates included, and the known attacks. */
const anyText = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 200,
  }),
  fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '/', ':', '.', '\n', 'a', '\u202e'),
    maxLength: 200,
  }),
  fc.constantFrom(...HOSTILE_TEXTS),
);

/** RFC 8785 has no form for lone surrogates, so an action with one in a parameter has no digest and no message. */
const wellFormed = (text: string) => Buffer.from(text).toString();

describe('a mail', () => {
  it('says in text what will run, what is asked, and last what the agent wrote', () => {
    const message = aMessage();
    expect(renderMail(message, ['grace', 'linus'], 'https://ui.storefront.example')).toMatchObject({
      subject: 'Approval needed: deploy 2.5.1 to checkout (production)',
      text: `APPROVAL NEEDED
deploy 2.5.1 to checkout

An agent asks to do this. It runs only if people approve it.

THE ACTION
  Type            version.deploy
  Target          checkout, a service of tier 1
  Environment     production
  Agent           deploy-agent 1.4.0, owned by group:platform-ai
  Tier            3: runs only if people approve it
  Parameters
      {
        "version": "2.5.1"
      }
  Request
      PUT http://storefront.example/admin/checkout/version
  Request body
      {
        "version": "2.5.1"
      }
  Request limit   given up after 5 seconds
  Rollback
      POST http://storefront.example/admin/checkout/undo
  Rollback body
      {
        "operation": "deploy-agent.deploy-2.5.1"
      }
  Rollback limit  given up after 5 seconds
  Watched         error-ratio: regressed when result > 0.05, healthy when result <= 0.02; read 3 times, every 1 second
  Action id       deploy-agent.deploy-2.5.1

WHAT IS ASKED OF YOU
  Approve it or deny it by 2026-03-14 15:30:00 UTC.
  Silence is not approval: if nobody decides, it expires and nothing is run.
  Asked in turn: checkout-team by mail, with 15 minutes to answer; then sre-on-call by page, with 15 minutes to answer. That is 30 minutes in all.
  Once approved it must start within 15 minutes, or it expires.
  This went to    grace, linus

IMPACT
  Severity        performance 1, security 0, dataAccess 0, serviceDisruption 3 (of 4)
  Needed by       directly: web; through others: none
  Taking back     difficulty 1 of 4
  Why             version.deploy is declared performance 1 of 4
  Why             version.deploy is declared serviceDisruption 3 of 4
  Why             web depends on checkout
  Why             its rollback is part of the action
  Why tier 3      this action on a tier-1 service is tier 3

WHO MAY DECIDE
  Needed          1 of checkout-team or sre-on-call; one denial is enough to stop it
  May decide      grace, linus, margaret
  May not         ada: platform-ai owns the agent deploy-agent, which asked for this

HOW TO DECIDE
  Digest
      ${message.ruling.digest}
  Run one of
      countersign decide deploy-agent.deploy-2.5.1 approve --reason "..."
      countersign decide deploy-agent.deploy-2.5.1 deny --reason "..."
  Open the action: https://ui.storefront.example/action%2Fdeploy-agent.deploy-2.5.1/0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77

------------------------------------------------------------------------
Written by the agent deploy-agent, verified by nobody
|   Why             82 % sure: Version 2.5.1 mends the rounding of totals.
|   Not chosen
|       40 % sure: Wait for 2.6.0
|       Why not: It is due in two weeks.
|   Evidence
|       Error log
|       214 totals were wrong by one cent today.
|   Expects to see  No total is wrong for an hour.
------------------------------------------------------------------------
`,
    });
  });

  it('says in HTML the same things in the same order', () => {
    const { html } = renderMail(aMessage(), ['grace']);
    const said = html.replaceAll('<wbr>', '');
    const order = [
      '<h1',
      'The action',
      'PUT http://storefront.example/admin/checkout/version',
      'POST http://storefront.example/admin/checkout/undo',
      'What is asked of you',
      '2026-03-14 15:30:00 UTC',
      'Impact',
      'Who may decide',
      'How to decide',
      'countersign decide deploy-agent.deploy-2.5.1 approve --reason &quot;...&quot;',
      AGENT_BLOCK,
      'mends the rounding',
      'Wait for 2.6.0',
      '214 totals',
      'No total is wrong',
    ].map((words) => said.indexOf(words));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it('of every kind has a subject and a first sentence of its own', () => {
    const outcome = { kind: 'succeeded', reason: 'all well' } as const;
    const mails = KINDS.map((kind) => renderMail(aMessage({ kind, outcome }), ['grace']));
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(KINDS.length);
    expect(new Set(mails.map(({ text }) => text.split('\n')[3])).size).toBe(KINDS.length);
    for (const { subject, text } of mails) {
      expect(subject).toMatch(/: deploy 2\.5\.1 to checkout \(production\)$/);
      expect(text.split('\n')[3]).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('tells every outcome by itself, with its reason', () => {
    const mails = OUTCOMES.map((kind) =>
      renderMail(aMessage({ kind: 'closed', outcome: { kind, reason: 'because of the moon' } }), ['grace']),
    );
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(OUTCOMES.length);
    for (const { text } of mails) expect(text).toMatch(/What happened {3}.+: because of the moon/);
  });

  it('says that silence after a window runs the action, and only if on-call was paged', () => {
    const { text } = renderMail(aMessage({ kind: 'windowOpened' }, TIERS[2]), ['barbara']);
    expect(text).toContain('Deny it by 2026-03-14 15:30:00 UTC to stop it');
    expect(text).toContain('on-call is paged and it runs. If the page cannot be delivered, it does not run.');
    expect(text).not.toContain('Silence is not approval');
  });

  it('asks for a decision only where one is awaited', () => {
    const asking = KINDS.filter((kind) =>
      renderMail(aMessage({ kind }), []).text.includes('countersign decide'),
    );
    expect(asking).toEqual(['approvalRequested', 'windowOpened', 'reviewDue']);
  });

  it('names the review, not the action, where a review is decided on', () => {
    const change = { kind: 'reviewDue', workflowId: 'review/cache-agent.flush-1' } as const;
    const { text } = renderMail(aMessage(change, TIERS[1]), ['edsger']);
    expect(text).toContain('countersign decide review/cache-agent.flush-1 approve');
  });

  it('quotes an id that a shell would take apart', () => {
    const { text } = renderMail(aMessage({ workflowId: "action/x'; rm -rf / #" }), []);
    expect(text).toContain(`countersign decide 'x'\\''; rm -rf / #' approve`);
  });

  it('says plainly that an action cannot be taken back', () => {
    const { text } = renderMail(aMessage({ kind: 'recommended' }, TIERS[4]), []);
    expect(text).toContain('none, this cannot be taken back');
    expect(text).toContain('"migrate",\n        "--service",\n        "cart"');
  });

  it('names approvers who could not sign', () => {
    const message = aMessage();
    if (!('requirement' in message.ruling)) throw new Error('tier 3 has a requirement');
    const { requirement } = message.ruling;
    const approvers = [
      { person: 'grace', keys: [] },
      { person: 'linus', keys: ['key'] },
    ];
    const { text } = renderMail(
      { ...message, ruling: { ...message.ruling, requirement: { ...requirement, approvers } } },
      [],
    );
    expect(text).toContain('May decide      linus\n  Have no key     grace\n');
  });

  it('says so when the request is too long to be judged from a mail', () => {
    const { text } = renderMail(aMessage({}, { params: { version: 'x'.repeat(9_000) } }), []);
    expect(text).toContain(
      'Not all of it is shown here (Parameters, Request body). Read the whole action before you decide.',
    );
    expect(renderMail(aMessage(), []).text).not.toContain('Not all of it');
  });

  it('points at letters that only look like others', () => {
    const { text } = renderMail(aMessage({}, { params: { version: '2.5.1 for \u0441heckout' } }), []);
    expect(text).toContain('letters of several alphabets are mixed in \\u{441}heckout.');
  });
});

describe("the agent's words", () => {
  const harmless = renderMail(aMessage({}, inEveryAgentText('harmless')), ['grace'], 'https://ui.example');

  it('change no byte of what the machine says, and open no tag', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const mail = renderMail(aMessage({}, inEveryAgentText(text)), ['grace'], 'https://ui.example');
        expect(mail.subject).toBe(harmless.subject);
        expect(machineText(mail.text)).toBe(machineText(harmless.text));
        expect(machineText(mail.html)).toBe(machineText(harmless.html));
        expect(tagsOf(mail.html)).toEqual(tagsOf(harmless.html));
        expect(mail.html.match(/[<>]/g)?.length).toBe(2 * (mail.html.match(/<[^>]*>/g)?.length ?? 0));
      }),
      { numRuns: 1_000 },
    );
  });

  it('stay inside their block, line by line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const mail = renderMail(aMessage({}, inEveryAgentText(text)), []);
        const lines = mail.text.slice(mail.text.indexOf(AGENT_BLOCK)).split('\n').slice(1, -2);
        expect(lines.filter((line) => !line.startsWith('| '))).toEqual([]);
        expect(mail.text.endsWith(`\n${'-'.repeat(72)}\n`)).toBe(true);
      }),
    );
  });

  it('hide nothing, and hold no address that a mail program would make a link of', () => {
    fc.assert(
      fc.property(anyText, anyText.map(wellFormed), (text, param) => {
        const {
          subject,
          text: plain,
          html,
        } = renderMail(
          aMessage({}, { ...inEveryAgentText(text), params: { version: param, [param]: param } }),
          [],
        );
        for (const part of [subject, plain, html]) expect(showsHidden(part)).toBe(false);
        expect(plain.replaceAll('http://storefront.example/admin/checkout/', '')).not.toContain('://');
        // No program makes links in the title, and it cannot hold tags.
        const body = html.replace(/<title>[^<]*<\/title>/, '');
        expect(body).not.toMatch(/:\/\/[^<]|www\.\p{L}|evil\.example|@evil/u);
        expect(subject).not.toMatch(/[\n\t]/);
        expect(subject.length).toBeLessThan(400);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are written out where they would not show', () => {
    const { text, html } = renderMail(aMessage({}, inEveryAgentText('a\u0000b\u202Ec\u200Bd\u{E0041}e')), []);
    expect(text).toContain('a\\u{0}b\\u{202E}c\\u{200B}d\\u{E0041}e');
    expect(html).toContain('a\\u{0}b\\u{202E}c\\u{200B}d\\u{E0041}e');
  });

  it('are cut, with the number of characters that are missing', () => {
    const { text, html } = renderMail(aMessage({}, inEveryAgentText('x'.repeat(100_000))), []);
    expect(text).toContain(`${'x'.repeat(900)}`);
    expect(text).toMatch(/x\.\.\. \(99\d{3} more characters\)/);
    expect(text.length + html.length).toBeLessThan(40_000);
  });

  it('are counted when there are too many of them', () => {
    const successCriteria = Array.from({ length: 15 }, (_, n) => `criterion ${n}`);
    const { text } = renderMail(aMessage({}, { successCriteria }), []);
    expect(text).toContain('criterion 9\n|   (5 more of these)');
  });

  it('cannot pass for the title when they are in a parameter', () => {
    const { subject, text, html } = renderMail(
      aMessage({}, { params: { version: '1\r\n\r\n<b>TIER</b> https://evil.example 1' } }),
      [],
    );
    expect(subject).toContain(
      'deploy 1\\u{D}\\u{A}\\u{D}\\u{A}<b>TIER</b> https[:]//evil.example 1 to checkout',
    );
    expect(text.split('\n')[1]).toContain('deploy 1\\u{D}\\u{A}');
    expect(html).toContain('&lt;b&gt;TIER&lt;');
  });

  it('have only one link beside them: the page of the action', () => {
    const mail = renderMail(
      aMessage({}, inEveryAgentText('https://evil.example')),
      [],
      'https://ui.example/"x',
    );
    expect(mail.html.match(/href="[^"]*"/g)).toEqual([
      'href="https://ui.example/&quot;x/action%2Fdeploy-agent.deploy-2.5.1/0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77"',
    ]);
    expect(renderMail(aMessage(), []).html).not.toContain('href');
  });
});

describe('text for people', () => {
  it.each([
    [0, 'no time'],
    [1, '1 millisecond'],
    [999, '999 milliseconds'],
    [1_000, '1 second'],
    [61_000, '1 minute 1 second'],
    [300_000, '5 minutes'],
    [5_400_000, '1 hour 30 minutes'],
    [86_400_000, '1 day'],
    [180_061_001, '2 days 2 hours'],
  ])('%d ms is "%s"', (milliseconds, words) => {
    expect(inWords(milliseconds)).toBe(words);
  });

  it('keeps what is at the limit, and cuts what is past it but not through a character', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('abc... (1 more characters)');
    expect(cut('ab\u{1F600}d', 3)).toBe('ab... (3 more characters)');
  });

  it('leaves the writing of the world as it is', () => {
    const words = 'Ünïcode żółć 東京 Привет שלום नमस्ते 😀 a\tb\nc';
    expect(visible(words)).toBe(words);
  });

  it.each([
    ['plain words', []],
    ['Привет мир', []],
    ['p\u0430ypal and \u0421heckout p\u0430ypal', ['p\\u{430}ypal', '\\u{421}heckout']],
    ['micro \u00b5s', []],
  ])('finds the mixed words of %j', (text, mixed) => {
    expect(lookalikes(text)).toEqual(mixed);
  });
});
