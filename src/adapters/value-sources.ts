import type { ValueAnswer, ValueSources } from '../activities/ports/value-sources.ts';
import type { Auth } from '../config/index.ts';
import type { Inquiry } from '../domain/action/action.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { type Asked, createAsk } from './ask.ts';

/**
 * Asks how something stands. Only status 200 and exit status 0 are answers.
 *
 * @param systems the credentials, by the origin that they are sent to; they are sent nowhere else
 */
export function createValueSources(systems: Readonly<Record<string, Auth>> = {}): ValueSources {
  const ask = createAsk(systems);
  return { ask: async (question) => valueIn(question.by, await ask(question)) };
}

function valueIn(by: Inquiry['by'], asked: Asked): ValueAnswer {
  if (asked.kind === 'none') return asked;
  const { status, text, cut, lastError } = asked;
  if (by === 'http' && status !== 200) return none(`it answered ${statusLine(status)}`);
  if (by === 'command' && status !== 0) return none(`it ended with exit status ${status}: ${lastError}`);
  return cut === undefined ? { kind: 'text', text } : none(cut);
}

const none = (reason: string): ValueAnswer => ({ kind: 'none', reason: answerLine(reason) });
