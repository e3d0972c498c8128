import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { lookup } from '../../domain/shared/lookup.ts';
import type { GatewayDeps, GatewayEnv, SignedIn } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';
import { csrfTokenOf, FRESH_MS, hashOf, limitsAt, newId, type Session, sameText } from '../ports/sessions.ts';

/** The session cookie. `__Host-` (RFC 6265bis): TLS only, this host only, every path. Browsers accept it on 127.0.0.1 and localhost. */
export const COOKIE = '__Host-countersign';

type GatewayContext = Context<GatewayEnv>;

/** Refuses requests for another host. A foreign name that leads here may be a site that poses as ours (DNS rebinding). */
export function hostCheck({ origin }: Pick<GatewayDeps, 'origin'>): MiddlewareHandler {
  const { host, protocol } = new URL(origin);
  return async (c, next) => {
    const isOpenToAnyHost = c.req.path === '/healthz' || c.req.path === '/metrics';
    if (!isOpenToAnyHost && hostIn(c.req.header('host') ?? '', protocol) !== host)
      throw new Problem('misdirected-request', `this is ${host}, and nothing else is served here`);
    await next();
  };
}

/** The host as in a URL: in lower case, without the default port (RFC 9110, 4.2.3). */
function hostIn(header: string, protocol: string): string | undefined {
  const address = `${protocol}//${header}`;
  return /^[\w.:[\]-]+$/.test(header) && URL.canParse(address) ? new URL(address).host : undefined;
}

/**
 * Finds out who asks, anew at each request: an ended session, or one of a person who left the catalog, counts as nobody. A request
 * that may change something must come from our own pages and, within a session, carry the session's token.
 */
export function guard(deps: GatewayDeps): MiddlewareHandler<GatewayEnv> {
  return async (c, next) => {
    const signedIn = await whoAsks(deps, c);
    if (signedIn) c.set('signedIn', signedIn);
    if (!isSafe(c.req.method)) {
      requireOwnOrigin(deps, c);
      if (signedIn && !sameText(await tokenIn(c), signedIn.csrf)) {
        throw new Problem(
          'foreign-origin',
          'the token of the session is missing or wrong: send it as the header X-CSRF-Token, or load the page again',
        );
      }
    }
    await next();
  };
}

const isSafe = (method: string) => method === 'GET' || method === 'HEAD';

function requireOwnOrigin({ origin }: Pick<GatewayDeps, 'origin'>, c: GatewayContext): void {
  const from = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if ((from === undefined || from === origin) && (site === undefined || site === 'same-origin')) return;
  throw new Problem('foreign-origin', `the request comes from ${from ?? 'another site'}, not from ${origin}`);
}

/** The CSRF token of a request: the field `csrf` of a form, otherwise a header, which no foreign page can set. */
async function tokenIn(c: GatewayContext): Promise<string> {
  if (!isForm(c)) return c.req.header('x-csrf-token') ?? '';
  const { csrf } = await c.req.parseBody();
  return typeof csrf === 'string' ? csrf : '';
}

export const isForm = (c: Context) =>
  /^(application\/x-www-form-urlencoded|multipart\/form-data)/.test(c.req.header('content-type') ?? '');

async function whoAsks(deps: GatewayDeps, c: GatewayContext): Promise<SignedIn | undefined> {
  const id = getCookie(c, COOKIE);
  if (id === undefined) return undefined;
  const signedIn = await whoHas(deps, hashOf(id));
  if (signedIn && isUse(c)) await deps.sessions.touch(signedIn.session.idHash, deps.now());
  return signedIn;
}

/** Whether a request shows that the person is there. A page that updates itself does not. */
function isUse(c: GatewayContext): boolean {
  const mode = c.req.header('sec-fetch-mode');
  return mode === undefined || mode === 'navigate' || !isSafe(c.req.method);
}

/** The person who is signed in with this session now; undefined if nobody is. */
export async function whoHas(deps: GatewayDeps, idHash: string): Promise<SignedIn | undefined> {
  const now = deps.now();
  const session = await deps.sessions.look(idHash, limitsAt(now, deps.limits));
  // A session of the development sign-in is not valid where that sign-in is off.
  if (!session || (session.by === 'development' && !deps.devSignIn)) return undefined;
  const person = lookup(deps.installation().people, session.person);
  if (!person) return undefined;
  const { name, displayName } = person;
  return { person: name, displayName, session, csrf: csrfTokenOf(idHash, deps.keys.csrf) };
}

/** The signed-in person of a request. @throws Problem when nobody is signed in */
export function signedInOf(c: GatewayContext): SignedIn {
  const signedIn = c.get('signedIn');
  if (!signedIn) throw new Problem('not-signed-in', 'sign in first');
  return signedIn;
}

export const isFresh = ({ provedAt }: Session, now: number) =>
  provedAt !== undefined && now - provedAt < FRESH_MS;

/** Checks that the sign-in is recent. @throws Problem when the person proved too long ago who they are */
export function requireFresh({ session }: SignedIn, now: number): void {
  if (isFresh(session, now)) return;
  throw new Problem(
    'step-up-needed',
    `sign in once more first: this needs a sign-in of the last ${FRESH_MS / 60_000} minutes`,
  );
}

/** Begins a session with a new, unknown id. An id that an attacker planted before is worth nothing. */
export async function beginSession(
  deps: GatewayDeps,
  c: GatewayContext,
  identity: Pick<Session, 'person' | 'by' | 'provedAt'>,
): Promise<void> {
  const signedInBefore = c.get('signedIn');
  if (signedInBefore) await deps.sessions.end(signedInBefore.session.idHash);
  const id = newId();
  const now = deps.now();
  await deps.sessions.begin({ ...identity, idHash: hashOf(id), signedInAt: now, seenAt: now });
  setCookie(c, COOKIE, id, { path: '/', secure: true, httpOnly: true, sameSite: 'Strict' });
}

export async function endSession(deps: GatewayDeps, c: GatewayContext): Promise<void> {
  const id = getCookie(c, COOKIE);
  if (id !== undefined) await deps.sessions.end(hashOf(id));
  setCookie(c, COOKIE, '', { path: '/', secure: true, httpOnly: true, sameSite: 'Strict', maxAge: 0 });
}
