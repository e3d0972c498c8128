import type { Effect, EffectResult, Executor } from '../activities/ports/executor.ts';
import type { Auth } from '../config/index.ts';
import type { Plan, Success } from '../domain/action/action.ts';
import { meets } from '../domain/analysis/success-condition.ts';
import { exactAnswerIn } from '../domain/shared/exact-json.ts';
import { credentialsByOrigin, type Prove } from './credentials.ts';
import { type Answered, answerSummary, failureIn } from './http-answer.ts';
import { type Minting, NO_MINTING } from './minting/minting.ts';
import { addressFault, request } from './request.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The statuses that mean done. 202 is accepted, 203 changed by a proxy, 206 and 207 are parts: none says that all is done (RFC
 * 9110, 15.3).
 */
const DONE = new Set([200, 201, 204]);

/**
 * Sends a plan as one JSON request with `Idempotency-Key` and `Fencing-Token`.
 *
 * Done: an answer that the plan's `success` accepts, or 200, 201 and 204. Unknown: any other 2xx, because it is accepted only,
 * partial, or from a proxy; 408, 425, 429 and 5xx; a connection that fails; and an answer that is not complete within `timeoutMs`.
 * Refused: any other 4xx, and a request that cannot be sent. Redirects are never followed: 307 and 308 are refused, the others
 * unknown.
 *
 * @param systems the credentials, by the origin that they are sent to; they are sent nowhere else
 * @param minting what is minted for an attempt takes their place
 */
export function createHttpExecutor(
  systems: Readonly<Record<string, Auth>> = {},
  minting: Minting = NO_MINTING,
): Executor {
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
      return minting(effect, (minted) => send(effect, plan, url, minted.proveTo(url) ?? proveTo(url)));
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

function resultOf(answer: Answered, success: Success): EffectResult {
  const { status, header, text } = answer;
  const summaryOf = (words: string, addition = '') => answerSummary(answer, words, addition);
  const successKind = successIn(answer, success);
  if (successKind === 'yes') {
    const isReplay = header('idempotent-replayed') === 'true';
    const words = [isReplay ? 'answered as before, not done again' : '', text].filter((part) => part !== '');
    return { kind: 'done', summary: summaryOf(words.join(': ')) };
  }
  if (successKind === 'conditionNotMet')
    return { kind: 'unknown', reason: summaryOf(text, ', which does not meet the condition of its success') };
  return status < 300
    ? { kind: 'unknown', reason: summaryOf(text, ', which does not say that it is done') }
    : failureIn(answer);
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
