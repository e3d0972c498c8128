import type { RouteConfig } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { signedInOf, whoHas } from '../auth/guard.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import type { Metrics } from '../ports/metrics.ts';
import { Problem } from '../ports/problem.ts';
import { newApi } from './common.ts';

const HEARTBEAT_MS = 20_000;
/** The time within which changes are sent together, in milliseconds. */
const TOGETHER_MS = 250;
/** How often, at most, the session of each page is checked, in milliseconds. */
const LOOK_MS = 5_000;
const MOST = 1_000;
const MOST_OF_ONE = 10;

const DOCUMENTED: RouteConfig = {
  method: 'get',
  path: '/api/events',
  tags: ['actions'],
  summary: 'What to look at again, as server-sent events',
  description:
    '`action` with `{"actionId"}` for each action that something was recorded about (`*`: any may have changed), `pending` where lists have to be read again.',
  responses: {
    200: { description: 'A stream without an end', content: { 'text/event-stream': { schema: {} } } },
    401: { description: 'Nobody is signed in, or the session is over' },
  },
};

/**
 * Server-sent events for signed-in people: `action` with `{"actionId"}` for each action with a new ledger entry (`*`: any may have
 * changed), and `pending` where lists must be read again. The events say what to read, never its content. At each heartbeat the
 * session is checked again: a person who signed out, or left the catalog, gets no more events.
 */
export function eventRoutes(deps: GatewayDeps, metrics: Metrics) {
  const app = newApi();
  app.openAPIRegistry.registerPath(DOCUMENTED);
  const openStreams = new Map<string, number>();
  const countStreams = (person: string, by: 1 | -1) => {
    openStreams.set(person, (openStreams.get(person) ?? 0) + by);
    if (openStreams.get(person) === 0) openStreams.delete(person);
    metrics.set('countersign_gateway_event_streams', total());
  };
  const total = () => [...openStreams.values()].reduce((sum, count) => sum + count, 0);

  app.get('/api/events', (c) => {
    const { person, session } = signedInOf(c);
    if (total() >= MOST || (openStreams.get(person) ?? 0) >= MOST_OF_ONE)
      throw new Problem('locked', 'too many pages are open at once: close some', { retryAfter: 30 });
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      countStreams(person, 1);
      const changedActions = new Set<string>();
      let wake = () => {};
      let lookedAt = 0;
      const unsubscribe = deps.changes.subscribe((actionId) => {
        changedActions.add(actionId);
        wake();
      });
      stream.onAbort(() => wake());
      try {
        await stream.writeSSE({ event: 'hello', data: '{}', retry: 3_000 });
        while (!stream.aborted && !stream.closed) {
          if (changedActions.size === 0) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, HEARTBEAT_MS);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
          if (changedActions.size > 0) await stream.sleep(TOGETHER_MS);
          if (deps.now() - lookedAt >= LOOK_MS) {
            if (!(await whoHas(deps, session.idHash))) break;
            lookedAt = deps.now();
          }
          const actionIds = [...changedActions];
          changedActions.clear();
          for (const actionId of actionIds)
            await stream.writeSSE({ event: 'action', data: JSON.stringify({ actionId }) });
          await stream.writeSSE({ event: actionIds.length > 0 ? 'pending' : 'heartbeat', data: '{}' });
        }
      } finally {
        unsubscribe();
        countStreams(person, -1);
      }
    });
  });
  return app;
}
