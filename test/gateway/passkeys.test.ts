import type { BrowserContext, Browser as Chromium, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readDecision } from '../../src/domain/approval/parse-decision.ts';
import { launchBrowser } from '../support/browser.ts';
import { deploy } from '../support/proposals.ts';
import { addPasskey, signIn, withAuthenticator } from './authenticator.ts';
import { AGENT_KEY, untilClosed, useDecidedWorld, votesOf, withCodes } from './decided-world.ts';
import { signed } from './signed.ts';

const at = useDecidedWorld();

let chrome: Chromium;
let context: BrowserContext;
let page: Page;
let authenticator: Authenticator;
beforeAll(async () => {
  chrome = await launchBrowser();
});
afterAll(() => chrome.close());
beforeEach(async () => {
  context = await chrome.newContext({ baseURL: at().gateway.origin });
  page = await context.newPage();
  authenticator = await withAuthenticator(page);
});
afterEach(() => context.close());

type Authenticator = Awaited<ReturnType<typeof withAuthenticator>>;

/** Presses the page's own button, with whatever the page does then. */
async function approve(actionId: string): Promise<void> {
  await page.goto(`/actions/${actionId}`);
  await page.click('button.approve');
}

interface Asked {
  readonly actionId: string;
  readonly verdict: string;
  readonly runId: string;
  readonly digest: string;
  readonly confirmed?: readonly string[];
}

/** What is decided on, as its page shows it. */
async function asked(actionId: string, verdict: string): Promise<Asked> {
  const { runId, ruling } = await at().world.countersign.action(actionId).state();
  return { actionId, verdict, runId, digest: ruling?.digest ?? '' };
}

/**
 * In the page, so that its session and its authenticator are used.
 *
 * @param proved what the authenticator is asked to prove, and `options` how
 * @param earlier an assertion that was made before
 */
const decide = (proved: Asked, decided: Asked, options: object = {}, earlier = '') =>
  page.evaluate(
    async ([about, intent, changes, made]) => {
      const { csrf } = (await (await fetch('/api/me')).json()) as { csrf: string };
      const post = (path: string, body: unknown) =>
        fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
          body: JSON.stringify(body),
        });
      const ask = async () => {
        const given = (await (await post('/api/step-up/options', about)).json()) as object;
        const browser = Reflect.get(globalThis, 'SimpleWebAuthnBrowser');
        return browser.startAuthentication({ optionsJSON: { ...given, ...changes } });
      };
      const assertion = made === '' ? await ask() : JSON.parse(made);
      const { actionId, ...rest } = intent;
      const body = { ...rest, reason: 'as tested', proof: { kind: 'passkey', assertion } };
      const answer = await post(`/api/actions/${actionId}/decisions`, body);
      return { status: answer.status, assertion: JSON.stringify(assertion) };
    },
    [proved, decided, options, earlier] as const,
  );

test('a person adds a passkey, approves with it, and it runs', async () => {
  const { world } = at();
  const action = await world.asked(await signed(deploy('2.4.0'), AGENT_KEY));
  await signIn(page, 'grace');
  await addPasskey(page, 'her laptop');
  expect(await page.textContent('main')).toContain('her laptop');
  await approve(action.actionId);
  await page.waitForSelector('text=your approval counts');
  expect(await votesOf(action)).toEqual([{ person: 'grace', verdict: 'approve', authentication: 'passkey' }]);
  await untilClosed(action);
  expect(await world.effectsOf(action)).toEqual(['setVersion']);
});

test('a passkey that did not look who is there does not count', async () => {
  const { world } = at();
  const action = await world.asked(await signed(deploy('5.0.1'), AGENT_KEY));
  await signIn(page, 'linus');
  await addPasskey(page, 'his phone');
  await authenticator.verifies(false);
  const approving = await asked(action.actionId, 'approve');
  // Whoever holds the session can ask the authenticator for less than we do.
  expect((await decide(approving, approving, { userVerification: 'discouraged' })).status).toBe(403);
  expect(await votesOf(action)).toEqual([]);
});

test('what a passkey signed is good for one verdict on one action, once', async () => {
  const { world } = at();
  const [one, other] = await Promise.all(
    ['5.0.2', '5.0.3'].map(async (version) => world.asked(await signed(deploy(version), AGENT_KEY))),
  );
  if (!one || !other) throw new Error('two actions were asked for');
  await signIn(page, 'margaret');
  await addPasskey(page, 'her key');
  const approving = await asked(one.actionId, 'approve');
  expect((await decide(approving, await asked(other.actionId, 'approve'))).status).toBe(403);
  expect((await decide(approving, await asked(one.actionId, 'deny'))).status).toBe(403);
  const right = await decide(approving, approving);
  expect(right.status).toBe(200);
  // Said once more it is what was said already, and nothing is proved again.
  expect((await decide(approving, approving, {}, right.assertion)).status).toBe(200);
  expect(await votesOf(one)).toHaveLength(1);
  const second = await asked(other.actionId, 'approve');
  expect((await decide(second, second, {}, right.assertion)).status).toBe(403);
  expect(await votesOf(other)).toEqual([]);
});

test('a passkey ends every other session of its person, and a second one needs the first', async () => {
  const { gateway } = at();
  await signIn(page, 'barbara');
  const before = await gateway.signedIn('barbara');
  await addPasskey(page, 'the first');
  expect(await before.person()).toBeUndefined();
  const elsewhere = await gateway.signedIn('barbara');
  // Whoever has her session alone gets no further than this.
  const thief = await elsewhere.json('/api/factors/passkeys/options', {});
  expect([thief.status, await thief.json()]).toMatchObject([
    403,
    { type: 'urn:countersign:problem:step-up-needed' },
  ]);
  await page.goto('/account');
  expect(await authenticator.credentials()).toHaveLength(1);
  await page.click('text=Remove this passkey');
  await page.waitForSelector('text=it is removed');
  await addPasskey(page, 'the second');
  expect(await elsewhere.person()).toBeUndefined();
});

test('a passkey that somebody began to add before there was another factor is not added after it', async () => {
  await signIn(page, 'radia');
  const attestation = await page.evaluate(async () => {
    const { csrf } = (await (await fetch('/api/me')).json()) as { csrf: string };
    const given = await fetch('/api/factors/passkeys/options', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
      body: '{}',
    });
    const browser = Reflect.get(globalThis, 'SimpleWebAuthnBrowser');
    return JSON.stringify(await browser.startRegistration({ optionsJSON: await given.json() }));
  });
  // The same session, of which a thief may have a copy: it is the one that goes on.
  const same = at().gateway.browser();
  const [cookie] = (await context.cookies()).filter(({ name }) => name === '__Host-countersign');
  same.cookies().set('__Host-countersign', cookie?.value ?? '');
  await withCodes(same);
  const late = { attestation: JSON.parse(attestation), name: 'a thief’s' };
  expect((await same.json('/api/factors/passkeys', late)).status).toBe(403);
  expect(await (await same.send('/api/factors')).json()).toEqual({ passkeys: [], totp: true });
});

test('the browser keeps the session to itself where another site leads here, and the page is found all the same', async () => {
  const { gateway } = at();
  await signIn(page, 'ada');
  const [cookie] = (await context.cookies()).filter(({ name }) => name === '__Host-countersign');
  expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict', path: '/' });
  // 127.0.0.1 is another site than localhost.
  await context.route('http://127.0.0.1:45999/*', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<a href="${gateway.origin}/decided">a link in a mail</a><form method="post" action="${gateway.origin}/sign-out"><button>x</button></form><iframe src="${gateway.origin}/pending"></iframe>`,
    }),
  );
  await page.goto('http://127.0.0.1:45999/mail');
  expect(page.frames().at(1)?.url()).toContain('chrome-error');
  await page.click('a');
  await page.waitForURL(`${gateway.origin}/decided`);
  await page.goto('http://127.0.0.1:45999/mail');
  await page.click('button');
  await page.waitForURL(`${gateway.origin}/sign-out`);
  expect(await page.textContent('main')).toContain('did not come from a page of ours');
  await page.goto('/account');
  expect(await page.textContent('h1')).toBe('Your account');
});

test('what is confirmed is proved with the passkey too, and stands in what is signed', async () => {
  const { world } = at();
  const claiming = deploy('1.5.0', {
    target: 'cart',
    rationale: { ...deploy('1.5.0').rationale, summary: 'Deploy 1.6.9 to cart. Approved by ada.' },
  });
  const action = await world.asked(await signed(claiming, AGENT_KEY));
  await signIn(page, 'edsger');
  await addPasskey(page, 'his phone');
  await page.goto(`/actions/${action.actionId}`);
  const boxes = page.locator('#decide').getByRole('checkbox');
  const names = await boxes.evaluateAll((all) => all.map((box) => box.getAttribute('name') ?? ''));
  const digests = names.map((name) => name.replace('confirms-', ''));
  expect(digests.length).toBeGreaterThan(1);
  const approving = await asked(action.actionId, 'approve');
  const proved = { ...approving, confirmed: digests.slice(1) };
  expect((await decide(proved, { ...approving, confirmed: digests })).status).toBe(403);
  expect((await action.state()).votes).toEqual([]);

  await page.goto(`/actions/${action.actionId}`);
  for (const box of await boxes.all()) await box.check();
  await page.click('button.approve');
  await page.waitForSelector('text=your approval counts');
  const { votes } = await action.state();
  expect(votes).toMatchObject([{ person: 'edsger', authentication: 'passkey', confirmed: digests }]);
  const { claimed } = readDecision({ jws: votes[0]?.jws }) ?? {};
  expect(claimed?.confirmed).toEqual(digests);
});
