import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Proposal } from '../../src/domain/action/action.ts';
import { quoted } from '../../src/domain/findings/agent-text.ts';
import { sorted } from '../../src/domain/findings/finding.ts';
import { actionPage, pendingPage } from '../../src/gateway/pages/index.ts';
import { editable } from '../../src/gateway/pages/text.ts';
import { launchBrowser } from '../support/browser.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { actionData, frame, loadStorefront } from '../support/page-data.ts';
import { pending } from '../support/page-lists.ts';
import { servePages } from '../support/page-server.ts';

let browser: Browser;
let storefront: Awaited<ReturnType<typeof loadStorefront>>;

beforeAll(async () => {
  storefront = await loadStorefront();
  browser = await launchBrowser();
});

afterAll(() => browser.close());

const LONG = '<b>x</b>&amp; '.repeat(9_000);

/** The same text in every place where an agent can write one. */
const hostile = (text: string): Proposal => ({
  actionType: 'config.change',
  target: 'checkout',
  environment: 'production',
  params: { key: text, [text]: text, value: 2500 },
  agent: { id: 'deploy-agent', version: text },
  rationale: {
    summary: text,
    confidence: 0.8,
    alternatives: [{ option: text, confidence: 0.2, whyNot: text }],
  },
  evidence: [{ title: text, detail: text }],
  successCriteria: [text],
  idempotencyKey: 'hostile',
});

function pageOf(text: string, edit = true) {
  const data = actionData(storefront, hostile(text));
  const questions = [{ id: 'q', person: 'grace', text, at: 1, answer: { text, at: 2 } }];
  return actionPage({ ...data, may: { ...data.may, edit }, state: { ...data.state, questions } });
}

test('INVARIANT 12: whatever an agent writes, it is text on its page: nothing loads, runs, or can be clicked or sent', async () => {
  // A lone surrogate has no digest: what holds one cannot be proposed.
  const texts = HOSTILE_TEXTS.filter((text) => !/\p{Cs}/u.test(text) && text.length < 10_000);
  const server = await servePages({
    '/calm': () => pageOf('calm'),
    '/calm-as-well': () => pageOf('calm', false),
    '/long': () => pageOf(LONG, false),
    ...Object.fromEntries(texts.map((text, n) => [`/${n}`, () => pageOf(text)])),
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('dialog', () => asked.push('a dialog'));
  const census = () =>
    page.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { querySelectorAll(of: string): ArrayLike<{ tagName: string }> };
      };
      const counts: Record<string, number> = {};
      for (const { tagName } of Array.from(
        document.querySelectorAll(
          'script,style,img,iframe,object,base,meta,link,a,form,button,input,h1,h2,svg',
        ),
      ))
        counts[tagName] = (counts[tagName] ?? 0) + 1;
      return counts;
    });
  try {
    await page.goto(`${server.url}/calm`);
    const expected = await census();
    for (const [n] of texts.entries()) {
      await page.goto(`${server.url}/${n}`);
      expect({ n, counts: await census() }).toEqual({ n, counts: expected });
    }
    await page.goto(`${server.url}/calm-as-well`);
    const unedited = await census();
    await page.goto(`${server.url}/long`);
    expect(await census()).toEqual(unedited);
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
});

test('INVARIANT 12: what a finding quotes is text beside its parameter, in the box that confirms it, and where it is marked', async () => {
  for (const text of HOSTILE_TEXTS.filter((each) => !/\p{Cs}/u.test(each) && each.length < 10_000)) {
    const data = actionData(storefront, hostile(text));
    const findings = sorted([
      { kind: 'numberDiffers', parameter: 'key', weight: 3, text: `the agent writes ${quoted(text)}` },
      { kind: 'detector', weight: 2, text },
    ]);
    const may = { ...data.may, approve: true };
    const page = String(await actionPage({ ...data, may, state: { ...data.state, findings } }));
    expect(page.match(/type="checkbox"/g)).toHaveLength(findings.length);
    expect(page).not.toMatch(/<script(?! src="\/assets)|<img|<iframe|<style|<base|onerror=alert\(1\)>/);
    expect(page).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
    for (const [, after] of page.matchAll(/<\/mark>([\s\S]{0,30})/g))
      expect(after).toMatch(/^ <a href="#finding-\d">/);
  }
});

test('characters that would not show are written out, in the words and in the title', async () => {
  const text = 'safe\u202Egnp.exe a\u200Bb';
  const page = String(await pageOf(text));
  expect(page).not.toMatch(/[\u202E\u200B]/);
  expect(page).toContain('safe\\u{202E}gnp.exe a\\u{200B}b');
});

test('parameters to be edited say what does not show, and are what they were when they are sent back', () => {
  const params = { key: 'a\u202Eb\u{E0061}c\u200B', deep: [{ x: '\u2066' }] };
  const text = editable(params);
  expect(text).not.toMatch(/[\u202E\u200B\u2066]|\u{E0061}/u);
  expect(JSON.parse(text)).toEqual(params);
});

test('a word that mixes alphabets is pointed at', async () => {
  expect(String(await pageOf('p\u0430ypal'))).toContain('p\\u{430}ypal');
});

test('100,000 characters are bounded, and open for those who ask', async () => {
  const page = String(await pageOf(LONG));
  expect(page.length).toBeLessThan(600_000);
  expect(page).toContain(`Show all ${LONG.length} characters`);
});

test('a title and a reason in a list are text as well', async () => {
  for (const text of HOSTILE_TEXTS) {
    const [item] = pending().list.items;
    if (!item) throw new Error('nothing waits');
    const items = [{ ...item, title: text, needed: text, agent: text, group: text }];
    const page = String(await pendingPage({ frame: frame(), list: { items }, first: true }));
    expect(page).not.toMatch(/<script(?! src="\/assets)|<img|<iframe|<style|<base|onerror=alert\(1\)>/);
    expect(page).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
  }
});
