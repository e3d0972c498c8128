import { environmentWith, explained } from '../analysis/cel.ts';
import { ANSWERED, meets } from '../analysis/success-condition.ts';
import type { JobStatus } from './action.ts';

/** The language of expressions for a text in an answer: CEL (cel.dev). An expression cannot loop, call out or see anything else. */
const expressions = environmentWith(ANSWERED);

/** Returns what is wrong with an expression for a text in an answer, or null. */
export function answerTextFault(expression: string): string | null {
  const typeCheck = expressions.check(expression);
  if (!typeCheck.valid) return explained(typeCheck.error);
  return ['string', 'dyn'].includes(String(typeCheck.type))
    ? null
    : `it gives a ${typeCheck.type}, this needs a string`;
}

/** Returns the text that an expression finds in an answer. Undefined: there is none. */
export function textInAnswer(expression: string, status: number, answer: unknown): string | undefined {
  try {
    const found: unknown = expressions.evaluate(expression, { status: BigInt(status), answer });
    return typeof found === 'string' && found !== '' ? found : undefined;
  } catch {
    return undefined;
  }
}

/** How a job stands. */
export type JobState = 'runs' | 'succeeded' | 'failed' | 'unchanged' | 'unclear';

/**
 * Says how a job stands, by an answer. INVARIANT 7: where two conditions hold, it is unclear, and never the better of both.
 *
 * @param answer the body as JSON; undefined where it is none
 */
export function jobStateIn(
  { succeeded, failed, unchanged }: Pick<JobStatus, 'succeeded' | 'failed' | 'unchanged'>,
  status: number,
  answer: unknown,
): JobState {
  const states = [
    ...(meets(succeeded, status, answer) ? (['succeeded'] as const) : []),
    ...(meets(failed, status, answer) ? (['failed'] as const) : []),
    ...(unchanged !== undefined && meets(unchanged, status, answer) ? (['unchanged'] as const) : []),
  ];
  return states.length > 1 ? 'unclear' : (states[0] ?? 'runs');
}
