import { type Context, Hono } from 'hono';
import { OUTCOMES } from '../../domain/action/outcome.ts';
import { LISTED_STATUSES } from '../../domain/ledger/project-inbox.ts';
import { signedInOf } from '../auth/guard.ts';
import { onwards } from '../auth/onwards.ts';
import { type SignInOffer, signInRoutes } from '../auth/sign-in.ts';
import {
  actionsPage,
  dashboardPage,
  decidedPage,
  errorPage,
  type Frame,
  PATHS,
  pageOfForm,
  pendingPage,
  reviewsPage,
  signInPage,
} from '../pages/index.ts';
import type { GatewayDeps, GatewayEnv } from '../ports/deps.ts';
import type { Metrics } from '../ports/metrics.ts';
import { type Problem, problemText } from '../ports/problem.ts';
import type { Page } from '../ports/read-model.ts';
import { accountRoutes } from './account-routes.ts';
import { actionPageRoutes } from './action-routes.ts';
import { takeDone } from './flash.ts';

type GatewayContext = Context<GatewayEnv>;
type Notice = NonNullable<Frame['notice']>;

const PAGE_SIZE = 50;

/** The pages that people decide on, and the addresses that their forms post to. They work without JavaScript. */
export function pageRoutes(deps: GatewayDeps, metrics: Metrics) {
  const app = new Hono<GatewayEnv>();
  const frameOf = (c: GatewayContext, notice?: Notice): Frame => {
    const signedIn = c.get('signedIn');
    const doneText = c.req.method === 'GET' ? takeDone(c) : undefined;
    const shownNotice =
      notice ?? (doneText === undefined ? undefined : { kind: 'done' as const, text: doneText });
    return {
      now: deps.now(),
      ...(signedIn
        ? { person: { name: signedIn.person, displayName: signedIn.displayName }, csrf: signedIn.csrf }
        : {}),
      ...(signedIn && c.req.method === 'GET' ? { events: '/api/events' } : {}),
      ...(deps.devSignIn ? { devSignIn: true } : {}),
      ...(shownNotice ? { notice: shownNotice } : {}),
    };
  };
  const partOf = (c: GatewayContext) => {
    const cursor = c.req.query('after');
    const page: Page = { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { after: cursor }) };
    return { page, first: cursor === undefined };
  };

  app.route(
    '/',
    signInRoutes(deps, (c, data) => c.html(signInPage(signInData(frameOf(c), data)))),
  );

  app.route('/', accountRoutes(deps, frameOf));

  app.get('/', (c) => c.redirect(PATHS.pending));
  app.get('/signed-out', (c) =>
    c.html(errorPage({ frame: frameOf(c), status: 200, title: 'You are signed out', signIn: '/sign-in' })),
  );

  app.get(PATHS.pending, async (c) => {
    const { person } = signedInOf(c);
    const { page, first } = partOf(c);
    const drills = deps.installation().rules.drills?.share;
    const list = await deps.lists.pendingFor(person, page);
    return c.html(pendingPage({ frame: frameOf(c), list, first, drills }));
  });
  app.get(PATHS.decided, async (c) => {
    const { person } = signedInOf(c);
    const { page, first } = partOf(c);
    return c.html(decidedPage({ frame: frameOf(c), list: await deps.lists.decidedBy(person, page), first }));
  });
  app.get(PATHS.reviews, async (c) => {
    const { person } = signedInOf(c);
    const { page, first } = partOf(c);
    return c.html(reviewsPage({ frame: frameOf(c), list: await deps.lists.reviewsDue(person, page), first }));
  });
  app.get(PATHS.actions, async (c) => {
    signedInOf(c);
    const { page, first } = partOf(c);
    const filter = filterOf(c);
    const list = await deps.lists.actions(filter, page);
    return c.html(actionsPage({ frame: frameOf(c), list, first, filter }));
  });
  app.get(PATHS.dashboard, async (c) => {
    const { person } = signedInOf(c);
    const [dashboard, ownDrills] = await Promise.all([
      deps.lists.dashboard(deps.now()),
      deps.installation().rules.drills ? deps.lists.drillsOf(person, deps.now()) : undefined,
    ]);
    return c.html(dashboardPage({ frame: frameOf(c), dashboard, ownDrills }));
  });

  app.route('/', actionPageRoutes(deps, metrics, frameOf));

  /** Shows a problem as a page. A person who is not signed in is led to the sign-in. */
  function problem(c: GatewayContext, shownProblem: Problem): Response | Promise<Response> {
    const { pathname, search } = new URL(c.req.url);
    if (shownProblem.problem === 'not-signed-in' && c.req.method === 'GET') {
      // A link in a mail leads here from another site, and then the browser does not send the session's cookie. When a page of ours
      // asks for the same address again, the browser sends it.
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(onwards(`${pathname}${search}`));
      return c.redirect(`/sign-in?next=${encodeURIComponent(`${pathname}${search}`)}`);
    }
    const { status, title } = shownProblem;
    if (shownProblem.more.retryAfter !== undefined)
      c.header('Retry-After', String(shownProblem.more.retryAfter));
    const sent = c.req.method !== 'GET' && status >= 500;
    const detail = `${problemText(shownProblem)}${sent ? '. It may count all the same: look before you send it again' : ''}`;
    const signIn =
      shownProblem.problem === 'not-signed-in'
        ? { signIn: `/sign-in?next=${encodeURIComponent(pageOfForm(pathname))}` }
        : {};
    return c.html(errorPage({ frame: frameOf(c), status, title, detail, ...signIn }), status);
  }

  return { app, problem };
}

const signInData = (frame: Frame, { next, provider, people }: SignInOffer) => ({
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
  const status = LISTED_STATUSES.find((candidate) => candidate === c.req.query('status'));
  const outcome = OUTCOMES.find((candidate) => candidate === c.req.query('outcome'));
  return {
    ...(status ? { status } : {}),
    ...(outcome ? { outcome } : {}),
    ...text('agent'),
    ...text('actionType'),
    ...text('target'),
    ...text('environment'),
  };
}
