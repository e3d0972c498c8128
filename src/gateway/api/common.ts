import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { zodFaultsOf } from '../../contract/json.ts';
import type { GatewayEnv } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';

/** The description of an error (RFC 9457). */
const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:countersign:problem:changed' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    refusal: z.string().optional().openapi({ description: 'why the workflow refused a decision' }),
    errors: z
      .array(z.object({ where: z.string(), problem: z.string() }))
      .optional()
      .openapi({ description: 'everything that is wrong, at once' }),
  })
  .openapi('Problem');

const problem = { content: { 'application/problem+json': { schema: problemSchema } } };

/** The answers of a route: its own, and the problems that every route may have. */
export const answers = <T extends z.ZodType>(status: 200 | 201 | 202, description: string, schema: T) => ({
  [status]: { description, content: { 'application/json': { schema } } },
  401: { description: 'Nobody is signed in, or the session is over' },
  default: { description: 'A problem', ...problem },
});

/** The schema of an object that is not described further here: the documentation of the SDK describes it. */
export const anObject = (name: string, description: string) =>
  z.looseObject({}).openapi(name, { description });

export const body = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true,
});

export const pagedAnswer = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().optional().openapi({ description: '`after` of the next page; absent on the last' }),
  });

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: z.string().max(1_000).optional(),
});

export const actionParam = z.object({
  id: z
    .string()
    .min(1)
    .max(500)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'deploy-agent.deploy-2.5.1' }),
});

/** A new API that reports every fault of a request at once, each with its place. */
export function newApi(): OpenAPIHono<GatewayEnv> {
  return new OpenAPIHono<GatewayEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const root = ROOTS[result.target] ?? '';
      throw new Problem('malformed', 'the request is faulty', { faults: zodFaultsOf(result.error, root) });
    },
  });
}

const ROOTS: Readonly<Record<string, string>> = { param: 'path', query: 'query', header: 'header' };

export function answer(c: Context, value: object, status: 200 | 201 | 202 = 200): Response {
  return c.body(JSON.stringify(value), status, { 'Content-Type': 'application/json; charset=utf-8' });
}

export const ledgerEntry = anObject('LedgerEntry', 'One fact, in its place in the chain of hashes');
