import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** A cookie, not a part of the address: a link could claim that something was done. */
const COOKIE = '__Host-countersign-done';
/** How long a result is kept, in seconds: longer than any browser takes to follow a redirect. */
const KEPT_S = 60;

/** What a form did, in our own words. The cookie only says which one. */
const DONE: Readonly<Record<string, string>> = {
  approve: 'your approval counts.',
  deny: 'your denial counts.',
  withdraw: 'your decision is withdrawn.',
  revoke: 'it is revoked.',
  keep: 'it is kept.',
  edit: 'there is a new revision.',
  ask: 'your question went to the agent.',
  acknowledge: 'the others know that you are looking at it.',
  breakGlass: 'it runs. The others are being told.',
  already: 'you had decided this before, and that counts. The second time changed nothing.',
  drillCaught: 'this was a drill, and you caught it. Nothing could run.',
  drillMissed: 'this was a drill, and you let it through. Nothing ran. What the page showed stands below.',
  drillLookedCloser:
    'this was a drill. You looked closer, and nothing could run. What the page showed stands below.',
  reviewed: 'your review counts.',
  whatDecided: 'thank you. The team sees totals only.',
  cancel: 'the request is being cancelled. What already stands in production is rolled back first.',
  passkey: 'the passkey is added. Everywhere else you are signed out.',
  totp: 'the authenticator app is set up. Everywhere else you are signed out.',
  removed: 'it is removed. Everywhere else you are signed out.',
  reported: 'it is reported. "countersign tune" learns from it.',
  takeBack: 'it is asked. Other people decide about taking it back: the link is on this page.',
  delegated: 'your delegation counts: your delegate gets what you would be asked.',
  delegationEnded: 'the delegation is ended. What the delegate was asked before stays theirs.',
};

/** Redirects to the page, which shows the result once. */
export function doneOn(c: Context, page: string, result: string): Response {
  setCookie(c, COOKIE, `${result} ${page}`, {
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Strict',
    maxAge: KEPT_S,
  });
  return c.redirect(page, 303);
}

/** The result of the form before this page, if there is one. It is returned once. */
export function takeDone(c: Context): string | undefined {
  const [result = '', page] = (getCookie(c, COOKIE) ?? '').split(' ');
  // Another page of the same browser may update itself meanwhile, and must not take the result.
  const byScript = c.req.header('sec-fetch-dest') === 'empty';
  if (page !== new URL(c.req.url).pathname || byScript) return undefined;
  deleteCookie(c, COOKIE, { path: '/', secure: true });
  return DONE[result];
}
