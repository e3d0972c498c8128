import { z } from 'zod';
import type { Effect, EffectResult, Executor } from '../activities/ports/executor.ts';
import type { Auth } from '../config/index.ts';
import type { Plan, Success } from '../domain/action/action.ts';
import { meets } from '../domain/analysis/success-condition.ts';
import { exactAnswerIn } from '../domain/shared/exact-json.ts';
import { jsonIn } from '../domain/shared/json.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { credentialsByOrigin, type Prove } from './credentials.ts';
import { addressFault, type HttpAnswer, request } from './request.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The statuses that mean done. 202 is accepted, 203 changed by a proxy, 206 and 207 are parts: none says that all is done (RFC
 * 9110, 15.3).
 */
const DONE = new Set([200, 201, 204]);

/** The 4xx statuses that ask for the same request again: Request Timeout, Too Early, Too Many Requests. */
const ASK_AGAIN = new Set([408, 425, 429]);

/** The redirects which say that the request was not acted on (RFC 9110, 15.4.8). After a 303 it usually was. */
const MOVED = new Set([307, 308]);

/** Problem details (RFC 9457). */
const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

/**
 * Sends a plan as one JSON request with `Idempotency-Key` and `Fencing-Token`.
 *
 * Done: an answer that the plan's `success` accepts, or 200, 201 and 204. Unknown: any other 2xx, because it is accepted only,
 * partial, or from a proxy; 408, 425, 429 and 5xx; a connection that fails; and an answer that is not complete within `timeoutMs`.
 * Refused: any other 4xx, and a request that cannot be sent. Redirects are never followed: 307 and 308 are refused, the others
 * unknown.
 *
 * @param systems the credentials, by the origin that they are sent to; they are sent nowhere else
 */
export function createHttpExecutor(systems: Readonly<Record<string, Auth>> = {}): Executor {
  const proveTo = credentialsByOrigin(systems);
  return {
    run: async (effect) => {
      const { plan } = effect;
      if (plan.executor !== 'http') {
        return { kind: 'refused', reason: `a ${plan.executor} plan is not an HTTP request` };
      }
      const fault = addressFault(plan.url);
      if (fault !== undefined) return { kind: 'refused', reason: fault };
      const url = new URL(plan.url);
      return send(effect, plan, url, proveTo(url));
    },
  };
}

type HttpPlan = Extract<Plan, { executor: 'http' }>;

async function send(effect: Effect, plan: HttpPlan, url: URL, prove: Prove): Promise<EffectResult> {
  const answer = await request(url, prove, {
    method: plan.method,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': effect.idempotencyKey,
      'fencing-token': String(effect.fencingToken),
    },
    body: JSON.stringify(plan.body),
    timeoutMs: plan.timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
  });
  if (answer.kind === 'answer') return resultOf(answer, plan.success ?? {});
  return answer.sent
    ? { kind: 'unknown', reason: answer.reason }
    : { kind: 'refused', reason: `nothing was sent: ${answer.reason}` };
}

type Answered = Extract<HttpAnswer, { kind: 'answer' }>;

function resultOf(answer: Answered, success: Success): EffectResult {
  const { status, header, text, hide } = answer;
  const summaryOf = (words: string, addition = '') =>
    answerLine(
      words.trim() === ''
        ? `${statusLine(status)}${addition}`
        : `${statusLine(status)}${addition}: ${hide(words)}`,
    );
  const successKind = successIn(answer, success);
  if (successKind === 'yes') {
    const isReplay = header('idempotent-replayed') === 'true';
    const words = [isReplay ? 'answered as before, not done again' : '', text].filter((part) => part !== '');
    return { kind: 'done', summary: summaryOf(words.join(': ')) };
  }
  if (successKind === 'conditionNotMet')
    return { kind: 'unknown', reason: summaryOf(text, ', which does not meet the condition of its success') };
  if (status < 300)
    return { kind: 'unknown', reason: summaryOf(text, ', which does not say that it is done') };
  if (status < 400) {
    const reason = summaryOf('redirects are not followed; the plan needs the final address');
    return { kind: MOVED.has(status) ? 'refused' : 'unknown', reason };
  }
  const reason = summaryOf(problemIn(header('content-type'), text) ?? text);
  return { kind: status < 500 && !ASK_AGAIN.has(status) ? 'refused' : 'unknown', reason };
}

/** Whether an answer means success. A system with longer jobs answers `conditionNotMet` while they run, and is asked again. */
function successIn(
  { status, text, complete }: Answered,
  { statuses, condition }: Success,
): 'yes' | 'otherStatus' | 'conditionNotMet' {
  const isSuccessful =
    statuses?.includes(status) ??
    (condition === undefined ? DONE.has(status) : status >= 200 && status < 300);
  if (!isSuccessful) return 'otherStatus';
  if (condition === undefined) return 'yes';
  const answer = complete ? exactAnswerIn(text) : undefined;
  return answer !== undefined && meets(condition, status, answer) ? 'yes' : 'conditionNotMet';
}

function problemIn(contentType: string, text: string): string | undefined {
  if (!contentType.toLowerCase().startsWith('application/problem+json')) return undefined;
  const { title, detail } = problemSchema.safeParse(jsonIn(text)).data ?? {};
  return [title, detail].filter((part) => part !== undefined).join(': ') || undefined;
}
