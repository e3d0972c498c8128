import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/adapters/mail/render.ts';
import { cut, inWords, lookalikes, visible } from '../../src/briefing/text.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText } from '../support/messages.ts';

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

describe("the agent's words", () => {
  const harmless = renderMail(aMessage({}, inEveryAgentText('harmless')), ['grace'], {
    uiUrl: 'https://ui.example',
  });

  it('change no byte of what the machine says, and open no tag', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const mail = renderMail(aMessage({}, inEveryAgentText(text)), ['grace'], {
          uiUrl: 'https://ui.example',
        });
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
      `deploy "1\\r\\n\\r\\n<b>TIER</b> https[:]//evil.example 1" (the agent's words) to checkout`,
    );
    expect(text.split('\n')[1]).toContain('deploy "1\\r\\n');
    expect(html).toContain('&lt;b&gt;TIER&lt;');
  });

  it('have only one link beside them: the page of the action', () => {
    const mail = renderMail(aMessage({}, inEveryAgentText('https://evil.example')), [], {
      uiUrl: 'https://ui.example/"x',
    });
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
