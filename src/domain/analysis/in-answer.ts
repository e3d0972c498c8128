import { environmentWith, explained } from './cel.ts';
import { ANSWERED } from './success-condition.ts';

/** The language of expressions for a value in an answer: CEL (cel.dev). An expression cannot loop, call out or see anything else. */
const expressions = environmentWith(ANSWERED);

/** Returns what is wrong with an expression for a text in an answer, or null. */
export const answerTextFault = (expression: string) => faultIn(expression, ['string', 'dyn'], 'a string');

/** Returns what is wrong with an expression for a number in an answer, or null. */
export const answerNumberFault = (expression: string) =>
  faultIn(expression, ['int', 'double', 'dyn'], 'a number');

function faultIn(expression: string, types: readonly string[], needed: string): string | null {
  const typeCheck = expressions.check(expression);
  if (!typeCheck.valid) return explained(typeCheck.error);
  return types.includes(String(typeCheck.type)) ? null : `it gives a ${typeCheck.type}, this needs ${needed}`;
}

/** Returns the text that an expression finds in an answer. Undefined: there is none. */
export function textInAnswer(expression: string, status: number, answer: unknown): string | undefined {
  const found = valueIn(expression, status, answer);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** Returns the number that an expression finds in an answer. Undefined: there is none. */
export function numberInAnswer(expression: string, status: number, answer: unknown): number | undefined {
  const found = valueIn(expression, status, answer);
  return typeof found === 'number' || typeof found === 'bigint' ? Number(found) : undefined;
}

function valueIn(expression: string, status: number, answer: unknown): unknown {
  try {
    return expressions.evaluate(expression, { status: BigInt(status), answer });
  } catch {
    return undefined;
  }
}
