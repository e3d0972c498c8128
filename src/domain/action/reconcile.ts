import { conditionFaultIn, environmentWith, explained } from '../analysis/cel.ts';
import { exactAnswerIn } from '../shared/exact-json.ts';
import type { AskedReconcile } from './action.ts';

/** The variables of the two conditions, with their CEL types. */
export const LOOKED_UP = { status: 'int', answer: 'dyn', text: 'string' } as const;

/** The language of the conditions: CEL (cel.dev). A condition cannot loop, call out or see anything else. */
const conditions = environmentWith(LOOKED_UP);

/** Returns what is wrong with such a condition, or null. */
export const reconcileConditionFault = (condition: string): string | null =>
  conditionFaultIn(conditions, condition);

/** An answer to the question whether an effect is there. */
export interface EffectAnswer {
  /** The HTTP status, or the exit status of a program. */
  readonly status: number;
  readonly text: string;
  /** The answer in one line, for people. */
  readonly summary: string;
}

/** Whether an effect is there. The reason is in words, and names the answer. */
export interface Found {
  readonly found: 'present' | 'absent' | 'unknown';
  readonly summary: string;
}

/**
 * INVARIANT 7: says whether an effect is there, by the answer. Where a condition cannot be judged, for example because a member is not in the answer, or
 * where both hold or neither does, it is unknown: "not there" ends an action without its rollback, so nothing but a clear answer may say it.
 */
export function foundIn({ present, absent }: AskedReconcile, answer: EffectAnswer): Found {
  const isPresent = held(present, answer);
  const isAbsent = held(absent, answer);
  const { summary } = answer;
  if (typeof isPresent !== 'boolean')
    return unknown(`\`present\` cannot be judged, ${isPresent}: ${summary}`);
  if (typeof isAbsent !== 'boolean') return unknown(`\`absent\` cannot be judged, ${isAbsent}: ${summary}`);
  if (isPresent && isAbsent) return unknown(`both \`present\` and \`absent\` hold: ${summary}`);
  if (isPresent) return { found: 'present', summary };
  return isAbsent
    ? { found: 'absent', summary }
    : unknown(`neither \`present\` nor \`absent\` holds: ${summary}`);
}

/** Whether a condition holds, or why that cannot be told. JSON that a reader would change is no answer. */
function held(condition: string, { status, text }: EffectAnswer): boolean | string {
  const answer = exactAnswerIn(text);
  try {
    return (
      conditions.evaluate(condition, {
        status: BigInt(status),
        text,
        ...(answer === undefined ? {} : { answer }),
      }) === true
    );
  } catch (error) {
    const problem = explained(error);
    return problem === 'Unknown variable: answer' ? 'the answer is no JSON' : problem;
  }
}

const unknown = (summary: string): Found => ({ found: 'unknown', summary });

/** What was found, in words for people. */
export function foundText({ found, summary }: Found): string {
  switch (found) {
    case 'present':
      return `it was looked up and is there: ${summary}`;
    case 'absent':
      return `it was looked up and is not there: ${summary}`;
    case 'unknown':
      return `it was looked up, and it is not known whether it is there: ${summary}`;
  }
}
