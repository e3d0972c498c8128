import { isText } from '../shared/text.ts';
import { MOST_ANSWERED } from './interventions.ts';

/** The input of `answer`: the agent's own words in reply to a question, by the question's id. */
export interface Answer {
  readonly questionId: string;
  readonly text: string;
}

/**
 * INVARIANT 12: an answer is data. Parses an answer; null when the input is not one. The checks are written by hand, as for decisions; the
 * contract's `answerSchema` makes the same checks.
 */
export function readAnswer(input: unknown): Answer | null {
  const { questionId, text, ...otherMembers }: Record<string, unknown> = { ...Object(input) };
  return typeof questionId === 'string' &&
    /^[0-9a-f]{12}$/.test(questionId) &&
    isText(text, MOST_ANSWERED) &&
    Object.keys(otherMembers).length === 0
    ? { questionId, text: text.trim() }
    : null;
}
