import { Hono } from 'hono';
import { adminRoutes } from './admin.ts';
import type { EffectLog } from './effect-log.ts';
import { Faults, faultRoutes } from './faults.ts';
import { History, historyRoutes } from './history.ts';
import { Incidents } from './incidents.ts';
import { Metrics } from './metrics.ts';
import { Problem } from './problem.ts';
import { createServices } from './services.ts';
import { shopRoutes } from './shop.ts';

/** The whole storefront over one effect log, in the state that the log's changes lead to. */
export function createApp(log: EffectLog): Hono {
  const services = createServices();
  for (const effect of log.effects) services[effect.service].apply(effect.after);
  const metrics = new Metrics();
  const incidents = new Incidents();
  const faults = new Faults(() => [
    ...metrics.families(services, performance.now()),
    ...incidents.families(),
  ]);
  const history = new History();
  history.start(() => faults.metrics());
  const logged = new Set<string>();

  const app = new Hono();
  app.route('/', shopRoutes(services, metrics));
  app.route('/admin', adminRoutes(services, log, faults));
  app.route('/', faultRoutes(faults));
  app.route(
    '/',
    historyRoutes(history, () => faults.checkUp()),
  );
  app.route('/', incidents.routes());
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/effects', (c) => c.json(log.effects));
  app.get('/state', (c) =>
    c.json(Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service.state()]))),
  );
  app.notFound((c) => new Problem('not-found', `There is no ${c.req.method} ${c.req.path}`).toResponse(c));
  app.onError((error, c) => {
    if (error instanceof Problem) return error.toResponse(c);
    // Once a message: a bad version fails many times a second, always in the same few ways.
    if (!logged.has(error.message)) console.error(error);
    logged.add(error.message);
    return new Problem('internal-error', 'The request failed; the cause is in the log').toResponse(c);
  });
  return app;
}
