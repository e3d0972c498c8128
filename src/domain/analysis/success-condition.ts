import { conditionFaultIn, environmentWith } from './cel.ts';

/** What a condition of success sees, with its type in CEL. */
export const ANSWERED = { status: 'int', answer: 'dyn' } as const;

/** CEL (cel.dev) over an answer: its HTTP status, and its body as JSON. It cannot loop, call out or see anything else. */
const conditions = environmentWith(ANSWERED);

/** What is wrong with a condition of success, or null. */
export const successConditionFault = (condition: string): string | null =>
  conditionFaultIn(conditions, condition);

/** Whether an answer meets a condition. One in which the condition asks for what is not there does not. */
export function meets(condition: string, status: number, answer: unknown): boolean {
  try {
    return conditions.evaluate(condition, { status: BigInt(status), answer }) === true;
  } catch {
    return false;
  }
}
