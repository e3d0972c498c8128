import { createRoute, z } from '@hono/zod-openapi';
import type { GatewayDeps } from '../ports/deps.ts';
import type { Metrics } from '../ports/metrics.ts';
import { Problem } from '../ports/problem.ts';
import { sameText } from '../ports/sessions.ts';
import { answer, newApi } from './common.ts';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const routes = {
  health: createRoute({
    method: 'get',
    path: '/healthz',
    tags: ['operators'],
    summary: 'Whether the gateway can do its work now',
    responses: {
      200: {
        description: 'It can',
        content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
      },
      503: { description: 'It cannot, and every reason' },
    },
  }),
  metrics: createRoute({
    method: 'get',
    path: '/metrics',
    tags: ['operators'],
    summary: 'OpenMetrics 1.0, for Prometheus',
    responses: {
      200: { description: 'Text', content: { [OPENMETRICS]: { schema: z.string() } } },
      404: { description: 'Not for you' },
    },
  }),
};

export function operatorRoutes(deps: GatewayDeps, metrics: Metrics) {
  const api = newApi();

  api.openapi(routes.health, async (c) => {
    const reasons = await deps.check();
    if (reasons.length === 0) return answer(c, { status: 'ok' });
    return c.body(JSON.stringify({ status: 'failing', reasons }), 503, {
      'Content-Type': 'application/json',
    });
  });

  api.openapi(routes.metrics, async (c) => {
    const { metricsToken } = deps;
    // Without a token, only requests that did not come through the proxy are answered: nobody outside can send one.
    const isAllowed =
      metricsToken === undefined
        ? ['forwarded', 'x-forwarded-for'].every((name) => c.req.header(name) === undefined)
        : sameText(c.req.header('authorization') ?? '', `Bearer ${metricsToken}`);
    if (!isAllowed) throw new Problem('not-found', 'there is nothing at this address');
    const { pending, overdue } = await deps.lists.counts(deps.now());
    metrics.set('countersign_pending', pending);
    metrics.set('countersign_reviews_overdue', overdue);
    return c.body(metrics.text(), 200, { 'Content-Type': OPENMETRICS });
  });

  return api;
}
