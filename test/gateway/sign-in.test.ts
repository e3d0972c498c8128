import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openProvider } from '../../src/adapters/openid.ts';
import { personOf } from '../../src/gateway/auth/person-of-claims.ts';
import { testInstallation } from '../support/installation.ts';
import {
  type Account,
  answerAt,
  CLIENT,
  signInAt,
  startProvider,
  type TestProvider,
} from './openid-provider.ts';
import { useGateway } from './world.ts';

const { installation } = testInstallation();
const { ada, grace, radia } = installation.people;
if (!ada || !grace || !radia) throw new Error('the installation has no ada, grace or radia');

let provider: TestProvider;
let redirectUri = '';
const gateway = useGateway(() => ({
  installation: {
    ...installation,
    people: { ...installation.people, grace: { ...grace, subject: 'grace-of-the-provider' } },
  },
  devSignIn: false,
  provider: async (origin) => {
    redirectUri = `${origin}/sign-in/callback`;
    provider = await startProvider(() => redirectUri);
    return openProvider({
      issuer: provider.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      redirectUri,
    });
  },
}));
afterAll(() => provider.stop());
beforeEach(() => {
  provider.accounts.clear();
  gateway().clock.ahead = 0;
});

/** Signs in at the provider as this subject, from a page of the gateway. */
async function signedInAs(subject: string, path = '/pending') {
  const browser = gateway().browser();
  const answer = await signInAt(browser, path, subject);
  return { browser, answer };
}

describe('who signs in', () => {
  test('is found by the email that the provider verified, whatever its letter case', async () => {
    provider.accounts.set('4711', { email: ' ADA@storefront.example', email_verified: true });
    const { browser, answer } = await signedInAs('4711', '/actions?status=waiting');
    expect(answer.headers.get('location')).toBe('/actions?status=waiting');
    expect(await browser.person()).toBe('ada');
  });

  test('is found by subject, and then by that alone', async () => {
    provider.accounts.set('grace-of-the-provider', {
      email: 'anything@elsewhere.example',
      email_verified: true,
    });
    expect(await (await signedInAs('grace-of-the-provider')).browser.person()).toBe('grace');
    provider.accounts.set('somebody', { email: 'grace@storefront.example', email_verified: true });
    const { browser, answer } = await signedInAs('somebody');
    expect(answer.status).toBe(403);
    expect(await browser.person()).toBeUndefined();
  });

  const ASSUMED = 'COUNTERSIGN_OIDC_EMAIL_VERIFIED=assumed';
  const verify = 'your email is not verified: verify it there';
  test.each<[string, Account, string]>([
    ['an email that nobody verified', { email: 'ada@storefront.example', email_verified: false }, verify],
    ['an email without a word on whether it is verified', { email: 'ada@storefront.example' }, ASSUMED],
    ['a word on it that is a text', { email: 'ada@storefront.example', email_verified: 'true' }, ASSUMED],
    ['no email', {}, 'lets it send the claim email'],
    [
      'a plus-address of somebody',
      { email: 'ada+1@storefront.example', email_verified: true },
      'nobody of the catalog',
    ],
    [
      'an email of nobody',
      { email: 'mallory@storefront.example', email_verified: true },
      'nobody of the catalog',
    ],
  ])('with %s is nobody here, and is told what is missing', async (_what, account, missing) => {
    provider.accounts.set('42', account);
    const { browser, answer } = await signedInAs('42');
    expect(answer.status).toBe(403);
    const page = await answer.text();
    expect(page).toContain(missing);
    expect(page).toContain('your subject there, &quot;42&quot;, as countersign.dev/subject');
    expect(await browser.person()).toBeUndefined();
  });

  test('counts as verified where operators say that their provider verifies everybody, unless it says no', () => {
    const found = (verified: unknown) =>
      personOf(installation, { sub: '42', email: 'ada@storefront.example', email_verified: verified }, true)
        .kind;
    expect([undefined, 'true', true].map(found)).toEqual(['person', 'person', 'person']);
    expect([false, 'false', 1, null].map(found)).toEqual(['nobody', 'nobody', 'nobody', 'nobody']);
  });
});

describe('the answer of the provider', () => {
  test('that belongs to the sign-in of another browser is refused', async () => {
    provider.accounts.set('1', { email: 'ada@storefront.example', email_verified: true });
    const attacker = gateway().browser();
    const address = await answerAt(attacker, '/pending', '1');
    const victim = gateway().browser();
    // The victim's own sign-in is under way, and the attacker's code comes instead of its answer.
    await victim.open('/pending');
    const answer = await victim.send(address);
    expect(answer.status).toBe(403);
    expect(await victim.person()).toBeUndefined();
  });

  test('counts once: its address opened again signs nobody in', async () => {
    provider.accounts.set('1', { email: 'ada@storefront.example', email_verified: true });
    const browser = gateway().browser();
    const address = await answerAt(browser, '/pending', '1');
    const login = browser.cookies().get('__Host-countersign-login') ?? '';
    expect((await browser.send(address)).status).toBe(303);
    const thief = gateway().browser();
    thief.cookies().set('__Host-countersign-login', login);
    expect((await thief.send(address)).status).toBe(403);
  });

  test('without the cookie of the sign-in, or with a bent one, is refused', async () => {
    const browser = gateway().browser();
    expect((await browser.send('/sign-in/callback?code=x&state=y')).status).toBe(403);
    browser.cookies().set('__Host-countersign-login', 'bent');
    expect((await browser.send('/sign-in/callback?code=x&state=y')).status).toBe(403);
  });

  test('that names another state than the browser was sent there with is refused', async () => {
    provider.accounts.set('1', { email: 'ada@storefront.example', email_verified: true });
    const browser = gateway().browser();
    const address = new URL(await answerAt(browser, '/pending', '1'));
    address.searchParams.set('state', 'another');
    expect((await browser.send(address.href)).status).toBe(403);
    expect(await browser.person()).toBeUndefined();
  });

  test('that comes after ten minutes is refused', async () => {
    provider.accounts.set('1', { email: 'ada@storefront.example', email_verified: true });
    const browser = gateway().browser();
    const address = await answerAt(browser, '/pending', '1');
    gateway().clock.ahead = 10 * 60_000 + 1_000;
    const answer = await browser.send(address);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('10 minutes');
    expect(await browser.person()).toBeUndefined();
  });
});

test('what is asked of the provider has a state, a nonce and PKCE', async () => {
  const answer = await gateway().browser().send('/sign-in/start');
  const asked = new URL(answer.headers.get('location') ?? '');
  expect(asked.origin).toBe(provider.issuer);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    state: expect.stringMatching(/.{40}/),
    nonce: expect.stringMatching(/.{40}/),
    code_challenge: expect.stringMatching(/.{40}/),
  });
});

test.each(['//evil.example', '/.//evil.example', '/x/..//evil.example', 'https://evil.example'])(
  'a sign-in that is to go on to %s ends here',
  async (next) => {
    provider.accounts.set('1', { email: 'radia@storefront.example', email_verified: true });
    const browser = gateway().browser();
    const answer = await signInAt(browser, `/sign-in/start?next=${encodeURIComponent(next)}`, '1');
    expect(new URL(answer.headers.get('location') ?? '', browser.origin).origin).toBe(browser.origin);
  },
);

test('an address that is one of ours only once its letters are folded is nobody’s', async () => {
  // U+212A, the sign for kelvin, is "k" in lower case.
  const before = gateway().installation;
  const people = { ...before.people, radia: { ...radia, email: 'kira@storefront.example' } };
  gateway().installation = { ...before, people };
  provider.accounts.set('1', { email: '\u212Aira@storefront.example', email_verified: true });
  const { answer } = await signedInAs('1');
  gateway().installation = before;
  expect(answer.status).toBe(403);
});

test('whoever has to prove themselves anew is asked for it, and that is remembered', async () => {
  provider.accounts.set('1', { email: 'radia@storefront.example', email_verified: true });
  const { browser } = await signedInAs('1');
  const stale = await browser.json('/api/factors/totp', {});
  expect(stale.status).toBe(403);
  await signInAt(browser, '/sign-in/start?again=1&next=/pending', '1');
  expect((await browser.json('/api/factors/totp', {})).status).toBe(200);
});

test('a sign-in ends the session that the browser had, though no cookie of it comes with the provider’s answer', async () => {
  provider.accounts.set('1', { email: 'radia@storefront.example', email_verified: true });
  const { browser } = await signedInAs('1');
  const thief = gateway().browser();
  thief.cookies().set('__Host-countersign', browser.cookies().get('__Host-countersign') ?? '');
  expect(await thief.person()).toBe('radia');
  const address = await answerAt(browser, '/sign-in/start?again=1&next=/pending', '1');
  // What a browser does with a Strict cookie where another site leads here.
  browser.cookies().delete('__Host-countersign');
  expect((await browser.send(address)).status).toBe(303);
  expect(await browser.person()).toBe('radia');
  expect(await thief.person()).toBeUndefined();
});

test('there is no development sign-in where nobody asked for it', async () => {
  const browser = gateway().browser();
  expect((await browser.form('/sign-in/development', { person: 'ada', next: '/' })).status).toBe(404);
});
