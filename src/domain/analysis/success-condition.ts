import { conditionFaultIn, environmentWith } from './cel.ts';

/** The variables of a success condition, with their CEL types. */
export const ANSWERED = { status: 'int', answer: 'dyn' } as const;

/**
 * The language of success conditions: CEL (cel.dev) over the HTTP status and the body, as JSON, of an answer. A condition cannot loop, call
 * out or see anything else.
 */
const conditions = environmentWith(ANSWERED);

/** Returns what is wrong with a success condition, or null. */
export const successConditionFault = (condition: string): string | null =>
  conditionFaultIn(conditions, condition);

/** Whether an answer meets a condition. False when the condition uses a member that the answer does not have. */
export function meets(condition: string, status: number, answer: unknown): boolean {
  try {
    return conditions.evaluate(condition, { status: BigInt(status), answer }) === true;
  } catch {
    return false;
  }
}
