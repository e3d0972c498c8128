import { describe, expect, test } from 'vitest';
import { ASSETS } from '../../src/gateway/pages/index.ts';
import { useGateway } from './world.ts';

const gateway = useGateway();
const pageOf = async (answer: Response) => [answer.status, await answer.text()];

describe('the address after a refusal, opened anew,', () => {
  test.each([
    ['/actions/any/decide', '/actions/any'],
    ['/actions/any/review', '/actions/any'],
    ['/actions/any/cancel', '/actions/any'],
    ['/account/totp', '/account'],
    ['/account/totp/confirm', '/account'],
    ['/account/passkeys/remove', '/account'],
    ['/account/orders', '/account'],
  ])('%s leads to its page %s', async (form, page) => {
    const browser = await gateway().signedIn('ada');
    const answer = await browser.send(form);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, page]);
    expect((await browser.send('/account/nothing')).status).toBe(404);
  });
});

test.each([
  ['/actions/any/decide', '/actions/any'],
  ['/account/orders', '/account'],
])('a form to %s that nobody is signed in for any more leads to where one signs in', async (form, page) => {
  const answer = await gateway().browser().form(form, { verdict: 'approve' });
  expect(await pageOf(answer)).toEqual([
    401,
    expect.stringContaining(`<a href="/sign-in?next=${encodeURIComponent(page)}">Sign in</a>`),
  ]);
});

test('whoever signed out is told that alone, and where to sign in', async () => {
  const [status, page] = await pageOf(await gateway().browser().send('/signed-out'));
  expect(status).toBe(200);
  expect(page).toContain('<a href="/sign-in">Sign in</a>');
  expect(page).not.toMatch(/HTTP status|Nothing was decided/);
});

test('who signs in once more is chosen already', async () => {
  const browser = await gateway().signedIn('grace');
  const page = await (await browser.send('/sign-in?next=/account')).text();
  expect(page.match(/<option value="\w+" selected>/g)).toEqual(['<option value="grace" selected>']);
});

describe('while PostgreSQL is away', () => {
  const away = () => Promise.reject(new Error('PostgreSQL is away'));
  const sessions = { begin: away, look: away, touch: away, end: away, endOthers: away, sweep: away };
  const without = useGateway(() => ({ changes: { sessions, report: () => undefined } }));
  const withCookie = { headers: { cookie: '__Host-countersign=any' } };

  test('what pages load is served: nothing of it is about who asks', async () => {
    const paths = ['/assets/account.js', ...ASSETS.keys()];
    expect(paths.map((path) => path.replace(/.*\//, ''))).toContain('icon.svg');
    for (const path of paths) expect((await without().browser().send(path, withCookie)).status).toBe(200);
    expect((await without().browser().send('/assets/none', withCookie)).status).toBe(404);
  });

  test('a page does not claim to know that nothing was decided', async () => {
    const [status, page] = await pageOf(await without().browser().send('/pending', withCookie));
    expect(status).toBe(500);
    expect(page).not.toContain('Nothing was decided');
    const sent = await without()
      .browser()
      .send('/actions/any/decide', { ...withCookie, method: 'POST' });
    expect(await sent.text()).toContain('It may count all the same: look before you send it again');
  });
});
