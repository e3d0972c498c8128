import { z } from 'zod';
import type { Effect, EffectResult, Executor } from '../activities/execute.ts';
import type { Plan } from '../domain/action.ts';
import { jsonIn } from '../domain/json.ts';
import { lookup } from '../domain/lookup.ts';
import { failureOf, oneLine, readBody, statusLine } from './answer.ts';

export interface HttpExecutorOptions {
  /**
   * Value of the `Authorization` header by the origin that it belongs to, such as `https://admin.example.com`. It is sent
   * nowhere else.
   */
  readonly secrets?: Readonly<Record<string, string>>;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/** 4xx that ask for the same request again: Request Timeout, Too Early, Too Many Requests. */
const ASK_AGAIN = new Set([408, 425, 429]);

/** Redirects that say the request has not been acted on (RFC 9110, 15.4.8). After a 303 it usually has been. */
const MOVED = new Set([307, 308]);

/** Problem details (RFC 9457). */
const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

/**
 * Sends a plan as one JSON request with `Idempotency-Key` and `Fencing-Token`.
 *
 * 2xx is done. 4xx is refused, but 408, 425 and 429 are unknown, as are 5xx, a connection that fails and an answer that
 * is not complete within `timeoutMs`. Redirects are never followed: 307 and 308 are refused, the others unknown.
 *
 * @throws TypeError when a secret could never be sent
 */
export function createHttpExecutor({ secrets = {} }: HttpExecutorOptions = {}): Executor {
  for (const [origin, secret] of Object.entries(secrets)) checkSecret(origin, secret);
  return {
    run: async (effect) => {
      const { plan } = effect;
      if (plan.executor !== 'http') {
        return { kind: 'refused', reason: `a ${plan.executor} plan is not an HTTP request` };
      }
      const fault = addressFault(plan.url);
      if (fault !== undefined) return { kind: 'refused', reason: fault };
      return send(effect, plan, lookup(secrets, new URL(plan.url).origin));
    },
  };
}

/** A secret under a mistaken name would be left out without a word, and fetch would quote a malformed one. */
function checkSecret(origin: string, secret: string): void {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new TypeError(`${JSON.stringify(origin)} is not an origin, such as https://admin.example.com`);
  }
  if (!/^[!-~]+( [!-~]+)*$/.test(secret)) {
    throw new TypeError(`the secret of ${origin} is not a header's value; write printable ASCII on one line`);
  }
}

type HttpPlan = Extract<Plan, { executor: 'http' }>;

/** Found before the request, so that what can never be sent is not taken for a connection that failed. */
function addressFault(url: string): string | undefined {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !['http:', 'https:'].includes(address.protocol)) {
    return oneLine(`${JSON.stringify(url)} is not an address that begins with http:// or https://`);
  }
  return address.username || address.password
    ? `the address of ${address.host} holds a user name or password; give it as a secret of that origin`
    : undefined;
}

async function send(effect: Effect, plan: HttpPlan, secret: string | undefined): Promise<EffectResult> {
  try {
    const response = await fetch(plan.url, {
      method: plan.method,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'countersign',
        'idempotency-key': effect.idempotencyKey,
        'fencing-token': String(effect.fencingToken),
        ...(secret === undefined ? {} : { authorization: secret }),
      },
      body: JSON.stringify(plan.body),
      redirect: 'manual',
      signal: AbortSignal.timeout(plan.timeoutMs),
    });
    const { text } = await readBody(response, MAX_ANSWER_BYTES);
    return resultOf(response, withoutSecret(text, secret));
  } catch (error) {
    return { kind: 'unknown', reason: failureOf(error, plan.timeoutMs) };
  }
}

function resultOf({ status, headers }: Response, text: string): EffectResult {
  const answer = (words: string) =>
    oneLine(words.trim() === '' ? statusLine(status) : `${statusLine(status)}: ${words}`);
  if (status >= 200 && status < 300) {
    const replayed = headers.get('idempotent-replayed') === 'true';
    const words = [replayed ? 'answered as before, not done again' : '', text].filter((part) => part !== '');
    return { kind: 'done', summary: answer(words.join(': ')) };
  }
  if (status >= 300 && status < 400) {
    const reason = answer('redirects are not followed; the plan needs the final address');
    return { kind: MOVED.has(status) ? 'refused' : 'unknown', reason };
  }
  const reason = answer(problemIn(headers.get('content-type'), text) ?? text);
  return { kind: status < 500 && !ASK_AGAIN.has(status) ? 'refused' : 'unknown', reason };
}

function problemIn(contentType: string | null, text: string): string | undefined {
  if (!contentType?.toLowerCase().startsWith('application/problem+json')) return undefined;
  const { title, detail } = problemSchema.safeParse(jsonIn(text)).data ?? {};
  return [title, detail].filter((part) => part !== undefined).join(': ') || undefined;
}

/** A system that echoes its caller's credential must not bring it into a history that nothing is erased from. */
function withoutSecret(text: string, secret: string | undefined): string {
  const credential = secret?.split(' ').at(-1);
  return credential ? text.replaceAll(credential, '***') : text;
}
