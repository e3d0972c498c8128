import { isText } from '../shared/text.ts';
import { MOST_ANSWERED } from './interventions.ts';

/** What `answer` carries: the agent's own words on a question, by the question's id. */
export interface Answer {
  readonly questionId: string;
  readonly text: string;
}

/**
 * INVARIANT 12: an answer is data. Read by hand, as decisions are; the contract's `answerSchema` says the same. Null when
 * it is none.
 */
export function readAnswer(input: unknown): Answer | null {
  const { questionId, text, ...others }: Record<string, unknown> = { ...Object(input) };
  return typeof questionId === 'string' &&
    /^[0-9a-f]{12}$/.test(questionId) &&
    isText(text, MOST_ANSWERED) &&
    Object.keys(others).length === 0
    ? { questionId, text: text.trim() }
    : null;
}
