import axe, { type AxeResults } from 'axe-core';
import type { BrowserContextOptions, Browser as Chromium, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { addPasskey, signIn, withAuthenticator } from './authenticator.ts';
import { useDecidedWorld } from './decided-world.ts';

const at = useDecidedWorld();

let chrome: Chromium;
beforeAll(async () => {
  chrome = await launchBrowser();
});
afterAll(() => chrome.close());

async function withPasskey(person: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await chrome.newContext({ ...options, baseURL: at().gateway.origin });
  const page = await context.newPage();
  await withAuthenticator(page);
  await signIn(page, person);
  await addPasskey(page, 'a laptop');
  return page;
}

const standing = () => at().world.countersign.delegations();

const AWAY = {
  kind: 'delegate',
  to: 'linus',
  scope: { kind: 'everything' },
  reason: 'at the sea',
  since: 1,
  until: Date.now() + 3_600_000,
};

/**
 * In the page, so that its session and its authenticator are used.
 *
 * @param earlier an assertion that was made before; '' asks for one for `proved`
 */
const orderIn = (page: Page, proved: object, said: object, earlier = '') =>
  page.evaluate(
    async ([about, order, made]) => {
      const { csrf } = (await (await fetch('/api/me')).json()) as { csrf: string };
      const post = (path: string, body: unknown) =>
        fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
          body: JSON.stringify(body),
        });
      const ask = async () => {
        const optionsJSON = await (await post('/api/step-up/options', about)).json();
        return Reflect.get(globalThis, 'SimpleWebAuthnBrowser').startAuthentication({ optionsJSON });
      };
      const assertion = made === '' ? await ask() : JSON.parse(made);
      const answer = await post('/api/orders', { order, proof: { kind: 'passkey', assertion } });
      return { status: answer.status, assertion: JSON.stringify(assertion) };
    },
    [proved, said, earlier] as const,
  );

test('a person gives their place away on the account page with a passkey, and ends it', async () => {
  const page = await withPasskey('barbara');
  await page.goto('/account');
  await page.selectOption('#away-to', 'grace');
  await page.selectOption('#away-scope', 'service:cart');
  await page.fill('#why-away', 'at the sea');
  await page.click('text=Give my place');
  await page.waitForSelector('text=your delegation counts');
  expect(await standing()).toMatchObject([
    { from: 'barbara', to: 'grace', scope: { kind: 'service', service: 'cart' }, reason: 'at the sea' },
  ]);
  await page.fill('#why-end-0', 'back');
  await page.click('text=End it');
  await page.waitForSelector('text=the delegation is ended');
  expect(await standing()).toEqual([]);
});

test('INVARIANT 3: what a passkey signed is good for exactly one order, once', async () => {
  const page = await withPasskey('edsger');
  const hold = { kind: 'hold', scope: { kind: 'service', service: 'cart' }, reason: 'errors since noon' };
  const elsewhere = { ...hold, scope: { kind: 'everything' } };
  for (const other of [elsewhere, { ...hold, reason: 'no reason' }])
    expect((await orderIn(page, { order: hold }, other)).status).toBe(403);
  // One for a change of factors is none for an order.
  expect((await orderIn(page, {}, hold)).status).toBe(403);
  expect(await at().world.countersign.holds()).toEqual([]);
  const { status, assertion } = await orderIn(page, { order: hold }, hold);
  expect(status).toBe(200);
  expect((await orderIn(page, { order: hold }, hold, assertion)).status).toBe(403);
  expect(await at().world.countersign.holds()).toMatchObject([{ placedBy: 'edsger' }]);
});

test('the account page has nothing that keeps anybody from using it', async () => {
  // Axe is put into the page by the test.
  const page = await withPasskey('margaret', { bypassCSP: true });
  const given = await orderIn(page, { order: AWAY }, AWAY);
  expect(given.status).toBe(200);
  await page.goto('/account');
  await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  expect(violations.map(({ id }) => id)).toEqual([]);
});
