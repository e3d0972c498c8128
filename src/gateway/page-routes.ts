import { type Context, Hono } from 'hono';
import { ActionNotFound } from '../contract/errors.ts';
import { LISTED_STATUSES } from '../domain/listing.ts';
import { lookup } from '../domain/lookup.ts';
import { OUTCOMES } from '../domain/outcome.ts';
import type { ActionState, ReviewState } from '../domain/state.ts';
import { accountRoutes } from './account-routes.ts';
import { actionSubject, reviewed, reviewSubject } from './api/decisions.ts';
import { assetAt } from './assets.ts';
import { decide, type Intent } from './decide.ts';
import type { GatewayDeps, GatewayEnv, SignedIn } from './deps.ts';
import { signedInOf } from './guard.ts';
import { intentIn } from './intent-form.ts';
import { mayOf } from './may.ts';
import type { Metrics } from './metrics.ts';
import { onwards } from './onwards.ts';
import {
  actionPage,
  actionsPage,
  dashboardPage,
  decidedPage,
  errorPage,
  type Frame,
  PATHS,
  pendingPage,
  reviewsPage,
  signInPage,
} from './pages/index.ts';
import { passkeyDomain } from './passkeys.ts';
import { Problem, problemOf, textOf } from './problem.ts';
import { readAction } from './read-action.ts';
import type { Page } from './read-model.ts';
import { type SignInData, signInRoutes } from './sign-in.ts';
import { factorsOf } from './step-up.ts';

type GatewayContext = Context<GatewayEnv>;
type Notice = NonNullable<Frame['notice']>;

/** What a decision did, in words of ours alone: the address says only which. */
const DONE: Readonly<Record<string, string>> = {
  approve: 'your approval counts.',
  deny: 'your denial counts.',
  withdraw: 'your decision is withdrawn.',
  revoke: 'it is revoked.',
  edit: 'there is a new revision.',
  ask: 'your question went to the agent.',
  acknowledge: 'the others know that you are looking at it.',
  breakGlass: 'it runs. The others are being told.',
  reviewed: 'your review counts.',
};

const PAGE_SIZE = 50;

/** The pages that people decide on, and what their forms post to. They work without JavaScript. */
export function pageRoutes(deps: GatewayDeps, metrics: Metrics) {
  const app = new Hono<GatewayEnv>();
  const frameOf = (c: GatewayContext, notice?: Notice): Frame => {
    const signedIn = c.get('signedIn');
    const done = DONE[c.req.query('done') ?? ''];
    const told = notice ?? (done === undefined ? undefined : { kind: 'done' as const, text: done });
    return {
      now: deps.now(),
      ...(signedIn
        ? { person: { name: signedIn.person, displayName: signedIn.displayName }, csrf: signedIn.csrf }
        : {}),
      ...(signedIn && c.req.method === 'GET' ? { events: '/api/events' } : {}),
      ...(deps.devSignIn ? { devSignIn: true } : {}),
      ...(told ? { notice: told } : {}),
    };
  };
  const pageOf = (c: GatewayContext) => {
    const after = c.req.query('after');
    const page: Page = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
    return { page, first: after === undefined };
  };

  app.route(
    '/',
    signInRoutes(deps, (c, data) => c.html(signInPage(signInData(frameOf(c), data)))),
  );

  app.route('/', accountRoutes(deps, frameOf));

  app.get('/', (c) => c.redirect(PATHS.pending));
  app.get('/signed-out', (c) =>
    c.html(errorPage({ frame: frameOf(c), status: 200, title: 'You are signed out' })),
  );
  app.get('/assets/*', (c) => {
    const found = assetAt(c.req.path);
    if (!found) throw new Problem('not-found', 'there is no such file');
    const { asset, lasting } = found;
    const cache = lasting ? 'public, max-age=31536000, immutable' : 'no-cache';
    return c.body(asset.body, 200, { 'Content-Type': asset.type, 'Cache-Control': cache });
  });

  app.get(PATHS.pending, async (c) => {
    const { person } = signedInOf(c);
    const { page, first } = pageOf(c);
    return c.html(pendingPage({ frame: frameOf(c), list: await deps.lists.pendingFor(person, page), first }));
  });
  app.get(PATHS.decided, async (c) => {
    const { person } = signedInOf(c);
    const { page, first } = pageOf(c);
    return c.html(decidedPage({ frame: frameOf(c), list: await deps.lists.decidedBy(person, page), first }));
  });
  app.get(PATHS.reviews, async (c) => {
    const { person } = signedInOf(c);
    const { page, first } = pageOf(c);
    return c.html(reviewsPage({ frame: frameOf(c), list: await deps.lists.reviewsDue(person, page), first }));
  });
  app.get(PATHS.actions, async (c) => {
    signedInOf(c);
    const { page, first } = pageOf(c);
    const filter = filterOf(c);
    const list = await deps.lists.actions(filter, page);
    return c.html(actionsPage({ frame: frameOf(c), list, first, filter }));
  });
  app.get(PATHS.dashboard, async (c) => {
    signedInOf(c);
    return c.html(dashboardPage({ frame: frameOf(c), dashboard: await deps.lists.dashboard(deps.now()) }));
  });

  async function showAction(c: GatewayContext, id: string, notice?: Notice) {
    const signedIn = signedInOf(c);
    const { state } = await readAction(deps, id);
    const [review, entries, factors] = await Promise.all([
      reviewOf(deps, id, state),
      deps.ledger.entriesOf(id),
      provesWith(deps, signedIn),
    ]);
    const slo = lookup(deps.installation().services, state.proposal.target)?.slo;
    return actionPage({
      ...{
        frame: frameOf(c, notice),
        state,
        entries,
        may: mayOf(state, review, signedIn.person, deps.now()),
      },
      ...(review ? { review } : {}),
      ...(slo === undefined ? {} : { slo }),
      ...(state.ruling?.gateway?.stepUp && state.status !== 'closed' ? { stepUp: factors } : { factors }),
      ...(deps.uiUrl === undefined
        ? {}
        : { temporalUrl: `${deps.uiUrl}/${encodeURIComponent(state.workflowId)}` }),
    });
  }

  app.get('/actions/:id', async (c) => c.html(await showAction(c, c.req.param('id'))));

  /** What the form said is carried out; what is refused is said on the page that it came from. */
  async function said(
    c: GatewayContext,
    id: string,
    carryOut: (signedIn: SignedIn, intent: Intent) => Promise<string>,
  ) {
    const signedIn = signedInOf(c);
    try {
      const done = await carryOut(signedIn, intentIn(await c.req.parseBody()));
      return c.redirect(`${PATHS.action(id)}?done=${done}`, 303);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem || problem.problem === 'not-found') throw error;
      metrics.add('countersign_gateway_problems', `{problem="${problem.problem}"}`);
      return c.html(await showAction(c, id, { kind: 'refused', text: textOf(problem) }), problem.status);
    }
  }

  app.post('/actions/:id/decide', (c) => {
    const id = c.req.param('id');
    return said(c, id, async (signedIn, intent) => {
      await decide(deps, metrics, signedIn, await actionSubject(deps, id), intent);
      return intent.verdict;
    });
  });
  app.post('/actions/:id/review', (c) => {
    const id = c.req.param('id');
    return said(c, id, async (signedIn, intent) => {
      await decide(deps, metrics, signedIn, await reviewSubject(deps, id), reviewed(intent));
      return 'reviewed';
    });
  });

  /** A page instead of an answer for programs. Whoever is not signed in is led to where they can. */
  function problem(c: GatewayContext, told: Problem): Response | Promise<Response> {
    const { pathname, search } = new URL(c.req.url);
    if (told.problem === 'not-signed-in' && c.req.method === 'GET') {
      // A link in a mail leads here from another site, and the browser keeps the session's cookie to itself then. Asked for
      // once more by a page of ours, it comes with it.
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(onwards(`${pathname}${search}`));
      return c.redirect(`/sign-in?next=${encodeURIComponent(`${pathname}${search}`)}`);
    }
    const { status, title } = told;
    if (told.more.retryAfter !== undefined) c.header('Retry-After', String(told.more.retryAfter));
    return c.html(errorPage({ frame: frameOf(c), status, title, detail: textOf(told) }), status);
  }

  return { app, problem };
}

const signInData = (frame: Frame, { next, provider, people }: SignInData) => ({
  frame,
  next,
  ...(provider ? { provider: '/sign-in/start' } : {}),
  ...(people ? { devSignIn: { path: '/sign-in/development', people } } : {}),
});

function filterOf(c: Context) {
  const text = (name: string) => {
    const value = c.req.query(name)?.trim().slice(0, 200);
    return value ? { [name]: value } : {};
  };
  const status = LISTED_STATUSES.find((each) => each === c.req.query('status'));
  const outcome = OUTCOMES.find((each) => each === c.req.query('outcome'));
  return {
    ...(status ? { status } : {}),
    ...(outcome ? { outcome } : {}),
    ...{ ...text('agent'), ...text('actionType'), ...text('target'), ...text('environment') },
  };
}

/** Only what ran without a person's approval has one. */
async function reviewOf(deps: GatewayDeps, id: string, state: ActionState): Promise<ReviewState | undefined> {
  if (state.status !== 'closed' || !state.receipt) return undefined;
  return deps.countersign.review(id).catch((error) => {
    if (error instanceof ActionNotFound) return undefined;
    throw error;
  });
}

async function provesWith(deps: GatewayDeps, { person }: SignedIn) {
  const { passkeys, totp } = await factorsOf(deps, person);
  return { passkey: passkeys.length > 0 && passkeyDomain(deps.origin) !== undefined, totp };
}
