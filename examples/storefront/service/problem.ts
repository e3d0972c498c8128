import type { Context } from 'hono';
import type { z } from 'zod';

const TYPES = {
  'invalid-request': [400, 'The request is not valid'],
  'not-found': [404, 'There is nothing here'],
  'unknown-service': [404, 'There is no such service'],
  'unknown-operation': [404, 'There is no such operation'],
  'stale-fencing-token': [409, 'A newer holder has changed this service already'],
  'already-undone': [409, 'The operation has been undone already'],
  'changed-since': [409, 'A later operation changed the same thing'],
  'irreversible-migration': [409, 'The data cannot go back to an older layout'],
  'idempotency-key-reused': [422, 'The idempotency key belongs to another request'],
  'internal-error': [500, 'The storefront failed'],
  overloaded: [503, 'Too many requests are waiting'],
  'metrics-unavailable': [503, 'Metrics are unavailable'],
  'payment-timeout': [504, 'The payment provider did not answer in time'],
} as const;

/** One fault of a request, at a header or at a JSON Pointer into the body. */
type Fault = { detail: string } & ({ header: string } | { pointer: string });

/** A refusal or failure that a client sees, as in RFC 9457; `type` is a relative reference. */
export class Problem extends Error {
  readonly type: keyof typeof TYPES;
  readonly faults: readonly Fault[];

  constructor(type: keyof typeof TYPES, detail: string, faults: readonly Fault[] = []) {
    super(detail);
    this.type = type;
    this.faults = faults;
  }

  toResponse(c: Context): Response {
    const [status, title] = TYPES[this.type];
    const errors = this.faults.length > 0 ? { errors: this.faults } : {};
    return c.json({ type: this.type, title, status, detail: this.message, ...errors }, status, {
      'Content-Type': 'application/problem+json',
    });
  }
}

/** The JSON body of a request, `{}` when there is none. Throws Problem 400 when it is not JSON. */
export async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Problem('invalid-request', 'The body must be JSON', [{ pointer: '#', detail }]);
  }
}

/** Checks the headers and the body of a request. Throws Problem 400 naming every fault of both. */
export function checkRequest<T>(schema: z.ZodType<T>, request: { header: unknown; body: unknown }): T {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  throw invalid(result.error.issues.map(({ path: [part, ...rest], message }) => fault(part, rest, message)));
}

/** As checkRequest, for a request of which only the JSON body matters. */
export async function checkBody<T>(schema: z.ZodType<T>, c: Context): Promise<T> {
  const result = schema.safeParse(await readJson(c));
  if (result.success) return result.data;
  throw invalid(result.error.issues.map(({ path, message }) => fault('body', path, message)));
}

function fault(part: PropertyKey | undefined, path: PropertyKey[], detail: string): Fault {
  const at = path.map(String);
  return part === 'header' ? { header: at.join(), detail } : { pointer: ['#', ...at].join('/'), detail };
}

/** The detail names each too: it is all that most clients show. */
function invalid(faults: Fault[]): Problem {
  const listed = faults.map((each) => `${'header' in each ? each.header : each.pointer}: ${each.detail}`);
  return new Problem('invalid-request', listed.join('; '), faults);
}
