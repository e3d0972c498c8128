import { request } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { useGateway } from './world.ts';

const gateway = useGateway();
const COOKIE = '__Host-countersign';

beforeEach(() => {
  gateway().clock.ahead = 0;
});

const MINUTE = 60_000;

describe('a session', () => {
  test('has a cookie that only this host gets, over TLS, that no script reads and no other site sends', async () => {
    const answer = await gateway().browser().form('/sign-in/development', { person: 'ada', next: '/' });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-countersign=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });

  test('gets a new id at each sign-in: one that was planted is worth nothing', async () => {
    const attacker = await gateway().signedIn('linus');
    const planted = attacker.cookies().get(COOKIE) ?? '';
    const victim = gateway().browser();
    victim.cookies().set(COOKIE, planted);
    // With the attacker's session comes the attacker's token, which a planted cookie does not bring along.
    expect((await victim.form('/sign-in/development', { person: 'ada', next: '/' })).status).toBe(403);
    const { csrf } = await attacker.me();
    await victim.form('/sign-in/development', { person: 'ada', next: '/', csrf });
    expect(victim.cookies().get(COOKIE)).not.toBe(planted);
    expect(await victim.person()).toBe('ada');
    expect(await attacker.person()).toBeUndefined();
  });

  test('is not found by an id that nobody gave out', async () => {
    const browser = gateway().browser();
    browser.cookies().set(COOKIE, 'A'.repeat(43));
    expect(await browser.person()).toBeUndefined();
  });

  test('is over once its person signs out, also for whoever has its cookie', async () => {
    const browser = await gateway().signedIn('ada');
    const stolen = browser.cookies().get(COOKIE) ?? '';
    const { csrf } = await browser.me();
    const answer = await browser.form('/sign-out', { csrf });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/signed-out']);
    const thief = gateway().browser();
    thief.cookies().set(COOKIE, stolen);
    expect(await thief.person()).toBeUndefined();
  });

  test.each([
    [29, 'ada'],
    [31, undefined],
  ])('that nobody used for %i minutes is that of %s', async (minutes, person) => {
    const browser = await gateway().signedIn('ada');
    gateway().clock.ahead = minutes * MINUTE;
    expect(await browser.person()).toBe(person);
  });

  test('ends after 12 hours however much it is used', async () => {
    const browser = await gateway().signedIn('ada');
    for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
      gateway().clock.ahead = minutes * MINUTE;
      await browser.json('/api/step-up/options', {});
      expect(await browser.person()).toBe('ada');
    }
    gateway().clock.ahead = 12 * 60 * MINUTE;
    expect(await browser.person()).toBeUndefined();
  });

  test('is not kept alive by a page that keeps itself up to date', async () => {
    const browser = await gateway().signedIn('ada');
    for (const minutes of [10, 20, 29]) {
      gateway().clock.ahead = minutes * MINUTE;
      await browser.send('/pending', {
        headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' },
      });
    }
    gateway().clock.ahead = 31 * MINUTE;
    expect(await browser.person()).toBeUndefined();
  });

  test('that the development sign-in began is worth nothing where there is none', async () => {
    const browser = await gateway().signedIn('ada');
    const other = await gateway().again({ devSignIn: false });
    const elsewhere = other.browser();
    elsewhere.cookies().set(COOKIE, browser.cookies().get(COOKIE) ?? '');
    const person = await elsewhere.person();
    await other.stop();
    expect(person).toBeUndefined();
    expect(await browser.person()).toBe('ada');
  });

  test('is nobody of whom the catalog knows nothing any more', async () => {
    const browser = await gateway().signedIn('edsger');
    const { people } = gateway().installation;
    const { edsger: _, ...others } = people;
    gateway().installation = { ...gateway().installation, people: others };
    expect(await browser.person()).toBeUndefined();
    gateway().installation = { ...gateway().installation, people };
    expect(await browser.person()).toBe('edsger');
  });
});

describe('a request that changes something', () => {
  const attempts: [string, Record<string, string>][] = [
    ['without the token', {}],
    ['with the token of another session', { csrf: 'other' }],
  ];

  test.each(attempts)('as a form %s is refused', async (_what, fields) => {
    const [browser, other] = [await gateway().signedIn('ada'), await gateway().signedIn('grace')];
    const sent = 'csrf' in fields ? { csrf: (await other.me()).csrf } : {};
    expect((await browser.form('/sign-out', sent)).status).toBe(403);
    expect(await browser.person()).toBe('ada');
  });

  test.each([
    ['another site, by its origin', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['another site, by what the browser says of it', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('from %s is refused, even with the right token', async (_what, headers) => {
    const browser = await gateway().signedIn('ada');
    const { csrf } = await browser.me();
    expect((await browser.form('/sign-out', { csrf }, headers)).status).toBe(403);
    expect(await browser.person()).toBe('ada');
  });

  test('as JSON needs the token as a header, which no foreign form can set', async () => {
    const browser = await gateway().signedIn('ada');
    const { csrf } = await browser.me();
    const refused = await browser.json('/api/factors/totp', { csrf }, { 'x-csrf-token': '' });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ type: 'urn:countersign:problem:foreign-origin' });
    expect((await browser.json('/api/factors/totp', {})).status).toBe(200);
  });

  test('without a session is refused, and says where to begin', async () => {
    const browser = gateway().browser();
    const answer = await browser.form('/actions/any/decide', { verdict: 'approve' });
    expect(answer.status).toBe(401);
    const api = await browser.send('/api/orders/../approvals', { headers: { origin: gateway().origin } });
    expect(api.status).toBe(401);
  });
});

describe('every answer', () => {
  test.each(['/sign-in', '/pending', '/api/me', '/nowhere', '/openapi.json'])(
    'of %s keeps others out',
    async (path) => {
      const { headers } = await gateway().browser().send(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/%2f/evil.example/..//evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
  ])('to a sign-in that is to go on to %s stays here', async (next) => {
    const answer = await gateway().browser().form('/sign-in/development', { person: 'ada', next });
    const to = new URL(answer.headers.get('location') ?? '', gateway().origin);
    expect(to.origin).toBe(gateway().origin);
  });

  test('to a name that is not ours is none: a site whose name leads here reads nothing', async () => {
    const { port } = new URL(gateway().origin);
    const status = await new Promise((resolve, reject) => {
      request(
        { host: '127.0.0.1', port, path: '/sign-in', headers: { host: `evil.example:${port}` } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  test('to more than 128 KB is that it is too large', async () => {
    const browser = gateway().browser();
    const answer = await browser.send('/api/actions', {
      method: 'POST',
      body: JSON.stringify({ rationale: 'x'.repeat(130 * 1024) }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(413);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

test('a link in a mail finds the session that the browser keeps to itself at first', async () => {
  const browser = gateway().browser();
  const from = await browser.send('/actions/any?x=1', { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(from.status).toBe(200);
  expect(await from.text()).toContain('<meta http-equiv="refresh" content="0; url=/actions/any?x=1">');
  const again = await browser.send('/actions/any?x=1', { headers: { 'sec-fetch-site': 'same-origin' } });
  expect(again.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent('/actions/any?x=1')}`);
});
