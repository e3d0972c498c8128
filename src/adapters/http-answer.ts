import { z } from 'zod';
import type { EffectResult } from '../activities/ports/executor.ts';
import { jsonIn } from '../domain/shared/json.ts';
import { answerLine, statusLine } from './answer-text.ts';
import type { HttpAnswer } from './request.ts';

export type Answered = Extract<HttpAnswer, { kind: 'answer' }>;

/** The 4xx statuses that ask for the same request again: Request Timeout, Too Early, Too Many Requests. */
const ASK_AGAIN = new Set([408, 425, 429]);

/** The redirects which say that the request was not acted on (RFC 9110, 15.4.8). After a 303 it usually was. */
const MOVED = new Set([307, 308]);

/** Problem details (RFC 9457). */
const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

/** An answer in one line, without secrets: its status, and words of it. */
export const answerSummary = ({ status, hide }: Answered, words: string, addition = ''): string =>
  answerLine(
    words.trim() === ''
      ? `${statusLine(status)}${addition}`
      : `${statusLine(status)}${addition}: ${hide(words)}`,
  );

/**
 * What an answer of 300 and more says of the effect of its request. Refused: 307, 308, and 4xx but for 408, 425 and 429. Unknown: all
 * others.
 */
export function failureIn(answer: Answered): EffectResult {
  const { status, header, text } = answer;
  if (status < 400) {
    const reason = answerSummary(answer, 'redirects are not followed; the plan needs the final address');
    return { kind: MOVED.has(status) ? 'refused' : 'unknown', reason };
  }
  const reason = answerSummary(answer, problemIn(header('content-type'), text) ?? text);
  return { kind: status < 500 && !ASK_AGAIN.has(status) ? 'refused' : 'unknown', reason };
}

function problemIn(contentType: string, text: string): string | undefined {
  if (!contentType.toLowerCase().startsWith('application/problem+json')) return undefined;
  const { title, detail } = problemSchema.safeParse(jsonIn(text)).data ?? {};
  return [title, detail].filter((part) => part !== undefined).join(': ') || undefined;
}
