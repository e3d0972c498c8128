import { generateSync } from 'otplib';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Browser } from './browser.ts';
import { useGateway } from './world.ts';

const gateway = useGateway();
beforeEach(() => {
  gateway().clock.ahead = 0;
});

const now = () => Date.now() + gateway().clock.ahead;
const codeOf = (secret: string, off = 0) =>
  generateSync({ secret, epoch: Math.floor((now() + off) / 1_000) });

async function csrfOf(browser: Browser): Promise<{ csrf: string }> {
  return { csrf: (await browser.me()).csrf };
}

type Token = Awaited<ReturnType<typeof csrfOf>>;

/** The secret that the page shows for a new app. */
async function begin(browser: Browser, token: Token): Promise<string> {
  const begun = await (await browser.form('/account/totp', token)).text();
  return /id="totp-secret">([A-Z2-7 ]+)</.exec(begun)?.[1]?.replaceAll(' ', '') ?? '';
}

/** What a person does on the page, without JavaScript. */
async function setUp(browser: Browser): Promise<string> {
  const token = await csrfOf(browser);
  const secret = await begin(browser, token);
  const confirmed = await browser.form('/account/totp/confirm', { ...token, code: codeOf(secret) });
  expect([confirmed.status, confirmed.headers.get('location')]).toEqual([303, '/account']);
  return secret;
}

describe('an authenticator app', () => {
  test('is set up without JavaScript, and removed with a code of it', async () => {
    const browser = await gateway().signedIn('grace');
    const secret = await setUp(browser);
    expect(await (await browser.send('/account')).text()).toContain('It is set up.');
    const token = await csrfOf(browser);
    expect((await browser.form('/account/totp/remove', token)).status).toBe(403);
    const removed = await browser.form('/account/totp/remove', { ...token, code: codeOf(secret, 30_000) });
    expect(removed.status).toBe(303);
    expect(await (await browser.send('/account')).text()).toContain('There is none.');
  });

  test('is confirmed by the right code after a wrong one, without a new secret', async () => {
    const browser = await gateway().signedIn('radia');
    const token = await csrfOf(browser);
    const secret = await begin(browser, token);
    const wrong = codeOf(secret) === '000000' ? '000001' : '000000';
    const refused = await browser.form('/account/totp/confirm', { ...token, code: wrong });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Your app has its secret. Enter the code that it shows');
    const right = await browser.form('/account/totp/confirm', { ...token, code: codeOf(secret) });
    expect(right.status).toBe(303);
    const said = await (await browser.send('/account')).text();
    expect(said).toContain('the authenticator app is set up');
    expect(said).toContain('It is set up.');
  });

  test('that is locked says until when as pages say times', async () => {
    const browser = await gateway().signedIn('grace');
    await setUp(browser);
    const token = await csrfOf(browser);
    const guess = () => browser.form('/account/totp/remove', { ...token, code: '000000' });
    for (let n = 1; n < 5; n += 1) expect((await guess()).status).toBe(403);
    const locked = await guess();
    expect(locked.status).toBe(429);
    expect(await locked.text()).toMatch(/looked at until \d\d:\d\d UTC \(in \d+ seconds\)/);
  });

  test('is not locked for its person by a session that somebody stole', async () => {
    const browser = await gateway().signedIn('edsger');
    const secret = await setUp(browser);
    const thief = await gateway().signedIn('edsger');
    const guess = async () => {
      const proof = { kind: 'totp', code: '000000' };
      return (await thief.json('/api/factors/totp/remove', { proof })).status;
    };
    const statuses = [];
    for (let n = 0; n < 8; n += 1) statuses.push(await guess());
    expect(statuses).toEqual([403, 403, 403, 403, 429, 429, 429, 429]);
    const code = codeOf(secret, 30_000);
    const right = await browser.form('/account/totp/remove', { ...(await csrfOf(browser)), code });
    expect(right.status).toBe(303);
  });

  test('ends every other session of its person', async () => {
    const [browser, elsewhere] = [await gateway().signedIn('linus'), await gateway().signedIn('linus')];
    await setUp(browser);
    expect(await elsewhere.person()).toBeUndefined();
    expect(await browser.person()).toBe('linus');
  });

  test('is not replaced by whoever has the session alone', async () => {
    const browser = await gateway().signedIn('barbara');
    await setUp(browser);
    const thief = await gateway().signedIn('barbara');
    const answer = await thief.json('/api/factors/totp', {});
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { type: 'urn:countersign:problem:step-up-needed' },
    ]);
    expect((await thief.json('/api/factors/totp', { proof: { kind: 'totp', code: '000000' } })).status).toBe(
      403,
    );
  });

  test('needs a sign-in of the last five minutes', async () => {
    const browser = await gateway().signedIn('margaret');
    gateway().clock.ahead = 5 * 60_000 - 10_000;
    expect((await browser.json('/api/factors/totp', {})).status).toBe(200);
    gateway().clock.ahead = 5 * 60_000;
    const answer = await browser.json('/api/factors/totp', {});
    expect(answer.status).toBe(403);
    expect(((await answer.json()) as { detail: string }).detail).toContain('sign in once more first');
    expect(await (await browser.send('/account')).text()).toContain('sign in once more');
  });

  test('that never showed a code proves nothing', async () => {
    const browser = await gateway().signedIn('edsger');
    const { secret } = (await (await browser.json('/api/factors/totp', {})).json()) as { secret: string };
    const factors = await (await browser.send('/api/factors')).json();
    expect(factors).toEqual({ passkeys: [], totp: false });
    expect(
      (await browser.json('/api/factors/totp/remove', { proof: { kind: 'totp', code: codeOf(secret) } }))
        .status,
    ).toBe(200);
  });
});

const CHANGES = [
  ['adding a passkey', '/api/factors/passkeys/options', {}],
  ['removing a passkey', '/api/factors/passkeys/remove', { credentialId: 'any' }],
  ['beginning with an app', '/api/factors/totp', {}],
  ['removing an app', '/api/factors/totp/remove', {}],
] as const;

describe('a change of how a person proves who they are', () => {
  test.each(CHANGES)('needs a proof that is there already, for %s', async (_what, path, body) => {
    const browser = await gateway().signedIn('radia');
    const { totp } = (await (await browser.send('/api/factors')).json()) as { totp: boolean };
    if (!totp) await setUp(browser);
    const thief = await gateway().signedIn('radia');
    const answer = await thief.json(path, body);
    const type = 'urn:countersign:problem:step-up-needed';
    expect([answer.status, await answer.json()]).toMatchObject([403, { type }]);
  });

  test.each(CHANGES)('needs a sign-in of the last five minutes, for %s', async (_what, path, body) => {
    const browser = await gateway().signedIn('ada');
    gateway().clock.ahead = 5 * 60_000;
    const answer = await browser.json(path, body);
    const detail = expect.stringContaining('sign in once more first');
    expect([answer.status, await answer.json()]).toMatchObject([403, { detail }]);
  });

  const removals = CHANGES.filter(([, path]) => path.endsWith('/remove'));
  test.each(removals)(
    'ends every other session by %s, also where there is none',
    async (_what, path, body) => {
      const [owner, thief] = [await gateway().signedIn('ada'), await gateway().signedIn('ada')];
      expect((await owner.json(path, body)).status).toBe(404);
      expect([await owner.person(), await thief.person()]).toEqual(['ada', undefined]);
    },
  );
});

test('the development sign-in is said on every page', async () => {
  const browser = await gateway().signedIn('ada');
  for (const path of ['/sign-in', '/pending', '/account', '/nowhere'])
    expect(await (await browser.send(path)).text()).toContain(
      'Anybody on this machine can sign in as anybody',
    );
});
