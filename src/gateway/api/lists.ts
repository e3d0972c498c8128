import { createRoute, z } from '@hono/zod-openapi';
import { signedInOf } from '../auth/guard.ts';
import { factorsOf } from '../auth/step-up.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import {
  actionParam,
  anObject,
  answer,
  answers,
  ledgerEntry,
  newApi,
  pagedAnswer,
  pageQuery,
} from './common.ts';

const list = (tag: string, path: string, summary: string, item: z.ZodType) =>
  createRoute({
    method: 'get',
    path,
    tags: [tag],
    summary,
    request: { query: pageQuery },
    responses: answers(200, 'One page', pagedAnswer(item)),
  });

const readRoute = <T extends z.ZodType>(tag: string, path: string, summary: string, schema: T) =>
  createRoute({ method: 'get', path, tags: [tag], summary, responses: answers(200, summary, schema) });

const hold = anObject('Hold', 'While it stands, nothing in its scope is run');

const routes = {
  me: readRoute(
    'approvals',
    '/api/me',
    'Who is signed in',
    z.object({
      person: z.string(),
      displayName: z.string(),
      csrf: z.string().openapi({ description: 'for the header X-CSRF-Token' }),
      factors: z.object({ passkeys: z.int(), totp: z.boolean() }),
    }),
  ),
  pending: list(
    'approvals',
    '/api/approvals',
    'What waits for me, most urgent first',
    anObject('PendingAction', 'One action that waits'),
  ),
  decided: list(
    'approvals',
    '/api/approvals/decided',
    'What I decided, newest first',
    anObject('DecidedAction', 'One action, and what I said'),
  ),
  reviews: list(
    'reviews',
    '/api/reviews',
    'Reviews that I may make, most urgent first',
    anObject('DueReview', 'One review that is due'),
  ),
  review: createRoute({
    method: 'get',
    path: '/api/reviews/{id}',
    tags: ['reviews'],
    summary: 'The review of an action that ran without a person',
    request: { params: actionParam },
    responses: answers(200, 'The review', anObject('ReviewState', 'The answer of the query getReview')),
  }),
  standing: createRoute({
    method: 'get',
    path: '/api/standing',
    tags: ['standing'],
    summary: 'What agents may do by themselves, and the record it rests on',
    request: { query: z.object({ agent: z.string().max(200).optional() }) },
    responses: answers(
      200,
      'One for each kind of work',
      z.object({ items: z.array(anObject('StandingReport', 'One level, and why')) }),
    ),
  }),
  holds: readRoute(
    'holds',
    '/api/holds',
    'What is on hold, oldest first',
    z.object({ items: z.array(hold) }),
  ),
  delegations: readRoute(
    'delegations',
    '/api/delegations',
    'Who decides in whose place',
    z.object({ items: z.array(anObject('Delegation', "A person's own signed word")) }),
  ),
  ledger: createRoute({
    method: 'get',
    path: '/api/ledger',
    tags: ['ledger'],
    summary: 'Entries of the ledger in their order, and the head of the chain',
    request: {
      query: z.object({
        from: z.coerce.number().int().min(1).default(1).openapi({ description: 'the first `seq`' }),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
    },
    responses: answers(
      200,
      'Entries',
      z.object({ items: z.array(ledgerEntry), head: z.object({ seq: z.int(), hash: z.string() }) }),
    ),
  }),
  dashboard: readRoute(
    'standing',
    '/api/dashboard',
    'What operators look at',
    anObject('Dashboard', 'Counts of the last 28 days'),
  ),
};

/** The routes for everything that people read. Every signed-in person may read all of it. */
export function listRoutes(deps: GatewayDeps) {
  const api = newApi();
  const { lists, countersign } = deps;

  api.openapi(routes.me, async (c) => {
    const { person, displayName, csrf } = signedInOf(c);
    const { passkeys, totp } = await factorsOf(deps, person);
    return answer(c, { person, displayName, csrf, factors: { passkeys: passkeys.length, totp } });
  });
  api.openapi(routes.pending, async (c) =>
    answer(c, await lists.pendingFor(signedInOf(c).person, c.req.valid('query'))),
  );
  api.openapi(routes.decided, async (c) =>
    answer(c, await lists.decidedBy(signedInOf(c).person, c.req.valid('query'))),
  );
  api.openapi(routes.reviews, async (c) =>
    answer(c, await lists.reviewsDue(signedInOf(c).person, c.req.valid('query'))),
  );
  api.openapi(routes.review, async (c) => {
    signedInOf(c);
    return answer(c, await countersign.review(c.req.valid('param').id));
  });
  api.openapi(routes.standing, async (c) => {
    signedInOf(c);
    return answer(c, { items: await countersign.standing(c.req.valid('query').agent) });
  });
  api.openapi(routes.holds, async (c) => {
    signedInOf(c);
    return answer(c, { items: await countersign.holds() });
  });
  api.openapi(routes.delegations, async (c) => {
    signedInOf(c);
    return answer(c, { items: await countersign.delegations() });
  });
  api.openapi(routes.ledger, async (c) => {
    signedInOf(c);
    const { from, limit } = c.req.valid('query');
    const items = [];
    for await (const entry of deps.ledger.all(from, limit)) items.push(entry);
    return answer(c, { items, head: await deps.ledger.head() });
  });
  api.openapi(routes.dashboard, async (c) => {
    signedInOf(c);
    return answer(c, await lists.dashboard(deps.now()));
  });
  return api;
}
