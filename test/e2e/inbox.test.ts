import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import { startGateway } from '../../src/dev/gateway-process.ts';
import { freePorts } from '../../src/dev/ports.ts';
import type { ServerProcess } from '../../src/dev/server-process.ts';
import { newGatewayKey } from '../../src/keys/key-file.ts';
import { withAuthenticator } from '../gateway/authenticator.ts';
import { CLIENT, startProvider, type TestProvider } from '../gateway/openid-provider.ts';
import { launchBrowser } from '../support/browser.ts';
import { PATIENCE, Site } from './support.ts';

const key = newGatewayKey();
let site: Site;
let gateway: ServerProcess;
let provider: TestProvider;
let chrome: Browser;
let origin = '';

/** Two of those who own checkout or are on call must approve what is tier 3. */
const twoOf = (text: string) =>
  text.replace(/^approval:\n {2}approval: { atLeast: 1,/m, 'approval:\n  approval: { atLeast: 2,');

beforeAll(async () => {
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  origin = `http://localhost:${port}`;
  site = await Site.start({
    files: {
      'countersign.yaml': (text) =>
        `${twoOf(text)}\ngateway: { url: "${origin}", keys: ["${key.jwk.x}"], stepUpFromTier: 3 }\n`,
    },
  });
  provider = await startProvider(() => `${origin}/sign-in/callback`);
  for (const name of ['grace', 'linus'])
    provider.accounts.set(name, { email: `${name}@storefront.example`, email_verified: true });
  const file = join(site.folder, 'gateway-key.json');
  await writeFile(file, JSON.stringify(key));
  await site.startWorker();
  gateway = await startGateway(address, {
    ...site.env,
    COUNTERSIGN_DATABASE_URL: site.databaseUrls.gateway,
    COUNTERSIGN_GATEWAY_KEY: file,
    COUNTERSIGN_OIDC_ISSUER: provider.issuer,
    COUNTERSIGN_OIDC_CLIENT_ID: CLIENT.id,
    COUNTERSIGN_OIDC_CLIENT_SECRET: CLIENT.secret,
  });
  chrome = await launchBrowser();
});
afterAll(async () => {
  await chrome.close();
  await gateway.stop();
  await Promise.all([provider.stop(), site.stop()]);
});

/** A browser of their own, in which they have signed in at the company's OpenID provider just now. */
async function signedIn(name: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chrome.newContext({ baseURL: origin });
  const page = await context.newPage();
  const atTheProvider = async () => {
    await page.fill('input[name=login]', name);
    await page.fill('input[name=password]', 'any');
    await page.click('button[type=submit]');
    await page.waitForSelector('h1:has-text("Your account")');
  };
  await page.goto('/account');
  await atTheProvider();
  // Nobody adds a way to prove who they are on the strength of a sign-in of this morning.
  await page.click('text=sign in once more');
  await atTheProvider();
  return { context, page };
}

const codeAt = (secret: string, ms: number) => generateSync({ secret, epoch: Math.floor(ms / 1_000) });

test('two people sign in, decide together on what an agent proposed, and see it run and be taken back', async () => {
  const action = await site.countersign.propose(proposalOf(asked.deployBad, 'two-of-them'));
  await site.until(action, ({ status }) => status === 'waiting');

  const grace = await signedIn('grace');
  await withAuthenticator(grace.page);
  await grace.page.fill('#passkey-name', 'her laptop');
  await grace.page.click('text=Add a passkey');
  await grace.page.waitForSelector('text=the passkey is added');
  await grace.page.goto('/pending');
  await grace.page.click(`a[href$="/actions/${action.actionId}"]`);
  expect(await grace.page.textContent('h1')).toContain('deploy 2.5.0 to checkout');
  await grace.page.click('button.approve');
  await grace.page.waitForSelector('text=your approval counts');
  // One is not enough: nothing runs.
  expect(await site.effectsOf(action)).toEqual([]);

  const linus = await signedIn('linus');
  await linus.page.click('text=Set up an authenticator app');
  const secret = (await linus.page.textContent('#totp-secret'))?.replaceAll(' ', '') ?? '';
  await linus.page.fill('#code-totp-first', codeAt(secret, Date.now() - 30_000));
  await linus.page.click('text=That is the code');
  await linus.page.goto(`/actions/${action.actionId}`);
  expect(await linus.page.textContent('main')).toContain('grace');
  await linus.page.fill('#code-approve', codeAt(secret, Date.now()));
  await linus.page.click('button.approve');
  await linus.page.waitForSelector('text=your approval counts');

  // Grace's page is still open: it shows what happens without being loaded anew.
  await expect
    .poll(async () => (await grace.page.textContent('[data-live=state]'))?.toLowerCase(), PATIENCE)
    .toMatch(/(?<!being )rolled back/);
  const { votes, outcome } = await action.state();
  expect(votes.map(({ person, authentication }) => [person, authentication])).toEqual([
    ['grace', 'passkey'],
    ['linus', 'totp'],
  ]);
  expect(outcome?.kind).toBe('rolledBack');
  expect(await site.effectsOf(action)).toEqual(['setVersion', 'undo']);
  await Promise.all([grace.context.close(), linus.context.close()]);
});
