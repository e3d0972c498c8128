import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { prepare } from '../../src/practice/prepare.ts';
import type { PracticeCase } from '../../src/practice/prepared.ts';
import { servePractice } from '../../src/practice/serve.ts';
import { launchBrowser } from '../support/browser.ts';
import { shippedCase } from './support.ts';

/** Two that are bad and two that are good: one of each is decided wrongly. */
const NAMES = ['older-version', 'far-more-than-claimed', 'good-next-version', 'good-flush'];
let cases: PracticeCase[];
let chrome: Browser;

beforeAll(async () => {
  cases = [];
  for (const name of NAMES) cases.push(await prepare(await shippedCase(name)));
  chrome = await launchBrowser();
});
afterAll(() => chrome.close());

async function served() {
  const server = await servePractice({
    cases,
    address: '127.0.0.1:0',
    key: 'a-key',
    now: Date.now,
    report: (error) => {
      throw error;
    },
  });
  onTestFinished(() => server.close());
  return server.url;
}

const titleOf = (name: string) => cases[NAMES.indexOf(name)]?.title ?? '';

/** Opens a request from the list of what waits, and checks that every page says that it is practice. */
async function open(page: Page, name: string): Promise<void> {
  await page.click('nav >> text=Waiting for me');
  await saysPractice(page);
  await page.click(`main a:has-text("${titleOf(name)}")`);
  await saysPractice(page);
  expect(await page.textContent('h1')).toContain(titleOf(name));
}

const saysPractice = async (page: Page) =>
  expect(await page.textContent('aside')).toMatch(/This is practice\.\s+Nothing here can run/);

test('a person decides on good and bad requests, and is told what they caught, missed and held up, with the fact on the page', async () => {
  const page = await chrome.newPage();
  onTestFinished(() => page.close());
  await page.goto(await served());
  expect(await page.locator('.cards > li').count()).toBe(4);
  await saysPractice(page);

  await open(page, 'older-version');
  expect(await page.textContent('main')).toContain('"2.6.0"');
  expect(await page.textContent('aside')).toContain('On this page you are grace');
  await page.selectOption('#named-deny', 'Wrong target or parameters');
  await page.fill('#reason-deny', 'it is older than what runs');
  await page.click('button.deny');
  expect(await page.textContent('.notice')).toContain('you denied');

  // Nobody approves past a finding without having said so: as in the real inbox, the browser does not send it.
  await open(page, 'far-more-than-claimed');
  await page.click('button.approve');
  expect(await page.textContent('h1')).toContain(titleOf('far-more-than-claimed'));
  for (const box of await page.locator('.confirm input').all()) await box.check();
  await page.click('button.approve');
  await page.waitForSelector('.notice');

  await open(page, 'good-flush');
  await page.click('button.deny');
  await page.waitForSelector('.notice');
  await page.click('nav >> text=How I did');
  await saysPractice(page);
  expect(await page.textContent('main')).not.toContain('What you let run');

  await open(page, 'good-next-version');
  await page.click('button.approve');

  // Nothing waits any more: the result is shown.
  await page.waitForSelector('h1:text-is("How you did")');
  await saysPractice(page);
  const said = (part: string) => page.textContent(`section[aria-labelledby=${part}]`);
  expect(await said('caught')).toContain(titleOf('older-version'));
  expect(await said('caught')).toContain('now "2.6.0" → will be "2.4.0"');
  expect(await said('caught')).toContain('Wrong target or parameters: it is older than what runs');
  expect(await said('missed')).toContain('count goes from 4 to 20, 5 times as much');
  expect(await said('missed')).toContain('under "What will run"');
  expect(await said('heldUp')).toContain('it undoes the action, as operators declared');
  expect(await said('letRun')).toContain(titleOf('good-next-version'));
  const rows = await page.locator('tbody tr').allTextContents();
  expect(rows.map((row) => row.replaceAll(/\s+/g, ' ').trim())).toEqual([
    expect.stringMatching(/^far more than is claimed ?bad ?0 of 1$/),
    expect.stringMatching(/^an older version ?bad ?1 of 1$/),
    expect.stringMatching(/^the smallest cure for what is wrong ?good ?0 of 1$/),
    expect.stringMatching(/^the next version in its turn ?good ?1 of 1$/),
  ]);
});

test('each browser has a practice of its own, and only with the key', async () => {
  const url = await served();
  const origin = new URL(url).origin;
  expect((await fetch(`${origin}/pending`)).status).toBe(401);
  expect((await fetch(`${origin}/?key=another`)).status).toBe(401);
  const [first, second] = [await chrome.newContext(), await chrome.newContext()];
  onTestFinished(async () => {
    await Promise.all([first.close(), second.close()]);
  });
  const page = await first.newPage();
  await page.goto(url);
  await open(page, 'older-version');
  await page.click('button.deny');
  await page.waitForSelector('.notice');
  const other = await second.newPage();
  await other.goto(url);
  expect(await other.locator('.cards > li').count()).toBe(4);
  await other.click('nav >> text=How I did');
  expect(await other.textContent('main')).toContain('You decided on nothing yet.');
});

test('what no form of the page sends is refused, and changes nothing', async () => {
  const url = await served();
  const { origin } = new URL(url);
  const cookie = (await fetch(url, { redirect: 'manual' })).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const at = `${origin}/actions/${cases[0]?.actionId}`;
  const shown = await (await fetch(at, { headers: { cookie } })).text();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(shown)?.[1] ?? '';
  const fields = { csrf: field('csrf'), runId: field('runId'), digest: field('digest') };
  const send = async (form: Record<string, string>) => {
    const body = new URLSearchParams({ ...fields, ...form });
    const { status } = await fetch(`${at}/decide`, {
      method: 'POST',
      body,
      headers: { cookie },
      redirect: 'manual',
    });
    return status;
  };
  expect(await send({ verdict: 'approve', csrf: 'of somebody else' })).toBe(403);
  expect(await send({ verdict: 'approve', digest: '0'.repeat(64) })).toBe(409);
  expect(await send({ verdict: 'breakGlass', incident: 'INC-1', reason: 'now' })).toBe(400);
  expect(await send({ verdict: 'deny' })).toBe(303);
  expect(await send({ verdict: 'approve' })).toBe(409);
});
