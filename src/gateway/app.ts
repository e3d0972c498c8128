import type { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { actionRoutes } from './api/actions.ts';
import { agentRoutes } from './api/agents.ts';
import { alertRoutes, LARGEST_ALERTS } from './api/alerts.ts';
import { newApi } from './api/common.ts';
import { decisionRoutes } from './api/decisions.ts';
import { eventRoutes } from './api/events.ts';
import { factorRoutes } from './api/factors.ts';
import { listRoutes } from './api/lists.ts';
import { operatorRoutes } from './api/operators.ts';
import { orderRoutes } from './api/orders.ts';
import { asSent } from './auth/as-sent.ts';
import { COOKIE, guard, hostCheck } from './auth/guard.ts';
import { securityHeaders } from './auth/headers.ts';
import type { GatewayDeps, GatewayEnv } from './ports/deps.ts';
import { Metrics } from './ports/metrics.ts';
import { Problem, problemJson, problemOf } from './ports/problem.ts';
import { assetRoutes } from './routes/assets.ts';
import { logRoutes } from './routes/log-routes.ts';
import { pageRoutes } from './routes/page-routes.ts';
import { showingDrills } from './use-cases/show-drills.ts';

/** The largest body, in bytes: a signed proposal of 64 KB, in base64. */
const LARGEST_BODY = 128 * 1024;

/** Refuses a larger body. @param bytes the largest that is taken */
const atMost = (bytes: number) =>
  bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw new Problem('too-large', `at most ${bytes} bytes are taken`);
    },
  });

/** The whole gateway: pages for people, an API under `/api`, and health and metrics for operators. */
export function createGateway(parts: GatewayDeps): OpenAPIHono<GatewayEnv> {
  const deps = { ...parts, ledger: showingDrills(parts.ledger) };
  const app = newApi();
  const metrics = new Metrics();
  const pages = pageRoutes(deps, metrics);

  app.use(securityHeaders(deps.origin.startsWith('https:')));
  app.use(async (c, next) => {
    await next();
    metrics.add('countersign_gateway_requests', `{status="${Math.floor(c.res.status / 100)}xx"}`);
  });
  app.use(hostCheck(deps));
  app.use('/api/alerts/*', atMost(LARGEST_ALERTS));
  // No person sends alerts: there is no session, and no page that could be misused.
  app.route('/', alertRoutes(deps, metrics));
  app.use(atMost(LARGEST_BODY));
  app.route('/', assetRoutes());
  app.use(guard(deps));
  app.use(asSent);

  app.route('/', actionRoutes(deps));
  app.route('/', agentRoutes(deps));
  app.route('/', decisionRoutes(deps, metrics));
  app.route('/', listRoutes(deps));
  app.route('/', orderRoutes(deps));
  app.route('/', factorRoutes(deps));
  app.route('/', eventRoutes(deps, metrics));
  app.route('/', operatorRoutes(deps, metrics));
  app.route('/', logRoutes(deps));
  app.route('/', pages.app);

  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: COOKIE,
    description:
      'The session of the signed-in person. A request that changes something needs the header X-CSRF-Token; GET /api/me tells its value.',
  });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description:
        'Approvals for what AI agents do. People are signed in by cookie and send X-CSRF-Token with what changes something; agents sign.',
    },
    servers: [{ url: deps.origin }],
    // A request that agents or people signed themselves needs no session.
    security: [{ session: [] }, {}],
  });

  app.notFound((c) => {
    const problem = new Problem('not-found', 'there is nothing at this address');
    return isForPrograms(c.req.path) ? problemJson(c, problem) : pages.problem(c, problem);
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (!problem) deps.report(error);
    // Details of internal errors go to the log only, not to the client.
    const shownProblem = problem ?? new Problem('internal', 'it was logged: ask an operator');
    metrics.add('countersign_gateway_problems', `{problem="${shownProblem.problem}"}`);
    return isForPrograms(c.req.path) ? problemJson(c, shownProblem) : pages.problem(c, shownProblem);
  });
  return app;
}

const isForPrograms = (path: string) => /^\/(api\/|log\/|openapi\.json$|healthz$|metrics$)/.test(path);
