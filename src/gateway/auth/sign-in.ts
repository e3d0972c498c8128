import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { lookup } from '../../domain/shared/lookup.ts';
import type { GatewayDeps, GatewayEnv } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';
import { beginSession, endSession } from './guard.ts';
import { onwards } from './onwards.ts';
import { personOf } from './person-of-claims.ts';

/**
 * The cookie of a sign-in under way. Lax, unlike the session's: the provider sends the browser back from another site. Its content
 * is encrypted, so that the gateway need not keep it.
 */
const LOGIN_COOKIE = '__Host-countersign-login';
const LOGIN_MINUTES = 10;

const keptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  again: z.boolean(),
  to: z.string(),
  /** The hash of the session that the browser had before. */
  before: z.string().optional(),
});
type Login = z.infer<typeof keptSchema>;

/** The content of the sign-in page, with the people to pick from where there is a development sign-in. */
export interface SignInOffer {
  /** The path to go to afterwards. */
  readonly next: string;
  readonly provider: boolean;
  /** The names and display names to pick from; undefined where nobody can be picked. */
  readonly people?: readonly { readonly name: string; readonly displayName: string }[] | undefined;
}

/** The routes for signing in and out. @param page makes the sign-in page */
export function signInRoutes(
  deps: GatewayDeps,
  page: (c: Context, data: SignInOffer) => Response | Promise<Response>,
) {
  const app = new Hono<GatewayEnv>();

  app.get('/sign-in', (c) => {
    const destination = ownPath(c.req.query('next'), deps.origin);
    if (deps.provider && !deps.devSignIn)
      return c.redirect(`/sign-in/start?next=${encodeURIComponent(destination)}`);
    const people = Object.values(deps.installation().people).map(({ name, displayName }) => ({
      name,
      displayName,
    }));
    return page(c, {
      next: destination,
      provider: deps.provider !== undefined,
      ...(deps.devSignIn ? { people } : {}),
    });
  });

  app.get('/sign-in/start', async (c) => {
    const provider = providerOf(deps);
    const { url, kept } = await provider.begin(c.req.query('again') === '1');
    const destination = ownPath(c.req.query('next'), deps.origin);
    // The browser does not send the session's own cookie with the provider's redirect. So the session to end is kept here.
    const sessionBefore = c.get('signedIn')?.session.idHash;
    setCookie(c, LOGIN_COOKIE, await sealLogin(deps, { ...kept, to: destination, before: sessionBefore }), {
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: LOGIN_MINUTES * 60,
    });
    return c.redirect(url.href);
  });

  // A browser checks the target of a form against the page's policy, also another site after a redirect. So the form's request ends
  // here.
  app.post('/sign-in/start', async (c) => {
    const { next } = await c.req.parseBody();
    const destination = ownPath(typeof next === 'string' ? next : undefined, deps.origin);
    return c.html(onwards(`/sign-in/start?next=${encodeURIComponent(destination)}`));
  });

  app.get('/sign-in/callback', async (c) => {
    const provider = providerOf(deps);
    const login = await openLogin(deps, getCookie(c, LOGIN_COOKIE));
    deleteCookie(c, LOGIN_COOKIE, { path: '/', secure: true });
    const answer = new URL(`${c.req.path}${new URL(c.req.url).search}`, deps.origin);
    const { claims, provedAt } = await provider.finish(answer, login).catch((cause: Error) => {
      throw new Problem('sign-in-refused', `the OpenID provider's answer is refused: ${cause.message}`);
    });
    const personFound = personOf(deps.installation(), claims, deps.emailAssumed);
    if (personFound.kind === 'nobody') throw new Problem('sign-in-refused', personFound.reason);
    if (login.before !== undefined) await deps.sessions.end(login.before);
    await beginSession(deps, c, { person: personFound.person.name, by: 'oidc', provedAt });
    return c.redirect(login.to, 303);
  });

  app.post('/sign-in/development', async (c) => {
    if (!deps.devSignIn) throw new Problem('not-found', 'there is no development sign-in here');
    // Nobody has a session yet, so there is no token. At least the browser must say that the request comes from our own page.
    if (c.req.header('origin') !== deps.origin)
      throw new Problem('foreign-origin', 'the sign-in must come from our own page');
    const { person: name, next: destination } = await c.req.parseBody();
    const person = typeof name === 'string' ? lookup(deps.installation().people, name) : undefined;
    if (!person) throw new Problem('sign-in-refused', 'there is no such person in the catalog');
    await beginSession(deps, c, { person: person.name, by: 'development', provedAt: deps.now() });
    return c.redirect(ownPath(typeof destination === 'string' ? destination : undefined, deps.origin), 303);
  });

  app.post('/sign-out', async (c) => {
    await endSession(deps, c);
    return c.redirect('/signed-out', 303);
  });

  return app;
}

function providerOf({ provider }: GatewayDeps) {
  if (!provider) throw new Problem('not-found', 'no OpenID provider is set up here');
  return provider;
}

/** A path of ours for any wanted address: nobody is sent from here to another site. */
export function ownPath(requestedPath: string | undefined, origin: string): string {
  const fallback = '/pending';
  if (requestedPath === undefined || !requestedPath.startsWith('/') || !URL.canParse(requestedPath, origin))
    return fallback;
  const url = new URL(requestedPath, origin);
  const path = `${url.pathname}${url.search}`;
  // `/.//evil.example` has the path `//evil.example`, which is another site to a browser.
  return url.origin === origin && !path.startsWith('//') ? path : fallback;
}

function sealLogin({ keys, now }: GatewayDeps, login: Login): Promise<string> {
  const at = Math.floor(now() / 1000);
  return new EncryptJWT({ ...login })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setIssuedAt(at)
    .setExpirationTime(at + LOGIN_MINUTES * 60)
    .encrypt(keys.login);
}

async function openLogin({ keys, now }: GatewayDeps, cookie: string | undefined) {
  const refuse = () =>
    new Problem(
      'sign-in-refused',
      `the sign-in was not begun in this browser, or more than ${LOGIN_MINUTES} minutes ago: begin again`,
    );
  if (cookie === undefined) throw refuse();
  const decryption = await jwtDecrypt(cookie, keys.login, { currentDate: new Date(now()) }).catch(
    () => undefined,
  );
  const parsed = keptSchema.safeParse(decryption?.payload);
  if (!parsed.success) throw refuse();
  return parsed.data;
}
