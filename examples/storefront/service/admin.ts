import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { z } from 'zod';
import { change, findOperation, type Plan, planUndo } from './changes.ts';
import type { EffectLog } from './effect-log.ts';
import type { Faults } from './faults.ts';
import { checkRequest, Problem, readJson } from './problem.ts';
import { PRODUCT_IDS } from './products.ts';
import { SETTINGS, type Service, type Services } from './services.ts';
import { release, SERVICE_NAMES, VERSIONS } from './versions.ts';

const IDEMPOTENCY_KEY = 'Idempotency-Key';
const FENCING_TOKEN = 'Fencing-Token';
const MAX_INSTANCES = 20;

const headerSchema = z.object({
  [IDEMPOTENCY_KEY]: z.string(`${IDEMPOTENCY_KEY} is required: a text unique to this change`).min(1).max(255),
  [FENCING_TOKEN]: z
    .string(`${FENCING_TOKEN} is required: a positive integer`)
    .regex(/^[1-9]\d{0,14}$/, 'must be a positive integer of at most 15 digits')
    .transform(Number),
});
const emptySchema = z.strictObject({});
const instancesSchema = z.strictObject({ count: z.int().min(1).max(MAX_INSTANCES) });
const undoSchema = z.strictObject({ operation: z.string().min(1) });
const versionSchema = (service: Service) =>
  z.strictObject({ version: z.enum([...VERSIONS[service.name].keys()]) });

function settingSchema(service: Service) {
  const settings = SETTINGS[service.name];
  return z
    .strictObject({ key: z.enum(Object.keys(settings)), value: z.int() })
    .superRefine(({ key, value }, context) => {
      const setting = settings[key];
      if (!setting || (value >= setting.min && value <= setting.max)) return;
      const message = `${key} must be from ${setting.min} to ${setting.max}`;
      context.addIssue({ code: 'custom', path: ['value'], message });
    });
}

interface Operation<Body> {
  method: 'POST' | 'PUT' | 'PATCH';
  path: string;
  name: string;
  schema: (service: Service) => z.ZodType<Body>;
  plan: (service: Service, body: Body) => Plan;
}

/** The operations that take back what another one did. */
const UNDOES: ReadonlySet<string> = new Set(['undo', 'warmCache']);

/** The operators' side of the storefront: changes to a service, each with an idempotency key and a fencing token. */
export function adminRoutes(services: Services, log: EffectLog, faults: Faults): Hono {
  const app = new Hono();

  function operation<Body>({ method, path, name, schema, plan }: Operation<Body>): void {
    app.on(method, `/:service/${path}`, async (c) => {
      const service = findService(services, c.req.param('service'));
      const request = checkRequest(z.object({ header: headerSchema, body: schema(service) }), {
        header: {
          [IDEMPOTENCY_KEY]: c.req.header(IDEMPOTENCY_KEY),
          [FENCING_TOKEN]: c.req.header(FENCING_TOKEN),
        },
        body: await readJson(c),
      });
      if (!UNDOES.has(name)) faults.loseChange();
      const { replayed, response } = change(
        log,
        service,
        {
          method,
          path: c.req.path,
          operation: name,
          idempotencyKey: request.header[IDEMPOTENCY_KEY],
          fencingToken: request.header[FENCING_TOKEN],
          body: request.body,
        },
        () => plan(service, request.body),
        new Date(),
      );
      if (UNDOES.has(name)) faults.undone();
      else faults.loseAnswer();
      if (replayed) c.header('Idempotent-Replayed', 'true');
      else await sleep(faults.takeHang());
      return c.json(response.body, response.status);
    });
  }

  app.get('/:service', (c) => {
    const service = findService(services, c.req.param('service'));
    const { instances, config, version } = service.state();
    return c.json({ instances, config, version, dataLayout: release(service.name, version).dataLayout });
  });

  app.get('/:service/operations/:key', (c) => {
    faults.checkOperations();
    const service = findService(services, c.req.param('service'));
    return c.json(findOperation(log, service, c.req.param('key')).response.body);
  });

  operation({
    method: 'POST',
    path: 'cache/flush',
    name: 'flushCache',
    schema: () => emptySchema,
    plan: () => ({ after: { cachedProducts: [] } }),
  });
  operation({
    method: 'POST',
    path: 'cache/warm',
    name: 'warmCache',
    schema: () => emptySchema,
    plan: () => ({ after: { cachedProducts: [...PRODUCT_IDS] } }),
  });
  operation({
    method: 'PUT',
    path: 'instances',
    name: 'setInstances',
    schema: () => instancesSchema,
    plan: (_service, { count }) => ({ after: { instances: count } }),
  });
  operation({
    method: 'PATCH',
    path: 'config',
    name: 'setConfig',
    schema: settingSchema,
    plan: (_service, { key, value }) => ({ after: { config: { [key]: value } } }),
  });
  operation({
    method: 'PUT',
    path: 'version',
    name: 'setVersion',
    schema: versionSchema,
    plan: (_service, { version }) => ({ after: { version } }),
  });
  operation({
    method: 'POST',
    path: 'undo',
    name: 'undo',
    schema: () => undoSchema,
    plan: (service, body) => {
      if (faults.failUndo) throw new Problem('internal-error', 'Undo fails because the fault failUndo is on');
      return planUndo(log, service, body.operation);
    },
  });
  return app;
}

function findService(services: Services, asked: string): Service {
  const name = SERVICE_NAMES.find((known) => known === asked);
  if (name) return services[name];
  throw new Problem('unknown-service', `${asked} is not one of ${SERVICE_NAMES.join(', ')}`);
}
