import type { Reconciler, Reconciliation } from '../activities/ports/reconciler.ts';
import type { Auth } from '../config/index.ts';
import type { Inquiry } from '../domain/action/action.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { type Asked, createAsk } from './ask.ts';

/** Asks whether an effect is there. @param systems the credentials, by the origin that they are sent to; they are sent nowhere else */
export function createReconciler(systems: Readonly<Record<string, Auth>> = {}): Reconciler {
  const ask = createAsk(systems);
  return { ask: async (inquiry) => answerIn(inquiry.by, await ask(inquiry)) };
}

/**
 * The statuses besides 200 to 299 that say something about an effect: Not Found and Gone. All others, such as 401, 429 and 503, are about the
 * request alone, so no condition can read an effect out of them.
 */
const MISSING = new Set([404, 410]);

function answerIn(by: Inquiry['by'], asked: Asked): Reconciliation {
  if (asked.kind === 'none') return asked;
  const { status, text, cut, lastError = '' } = asked;
  const words = text.trim() === '' ? lastError : text;
  const statusText = by === 'http' ? statusLine(status) : `exit status ${status}`;
  const summary = answerLine(words.trim() === '' ? statusText : `${statusText}: ${words}`);
  if (cut !== undefined) return { kind: 'none', reason: cut };
  const isAnswer = by === 'command' || (status >= 200 && status < 300) || MISSING.has(status);
  return isAnswer
    ? { kind: 'answer', answer: { status, text, summary } }
    : { kind: 'none', reason: `the answer says nothing of it: ${summary}` };
}
