import { Environment } from '@marcbachmann/cel-js';

/** A CEL environment with these variables and nothing else. */
export const environmentWith = (variables: Readonly<Record<string, string>>): Environment =>
  Object.entries(variables).reduce(
    (environment, [name, type]) => environment.registerVariable(name, type),
    new Environment(),
  );

/** Returns what is wrong with a condition over the variables of an environment, or null. */
export function conditionFaultIn(environment: Environment, condition: string): string | null {
  const typeCheck = environment.check(condition);
  if (!typeCheck.valid) return explained(typeCheck.error);
  return typeCheck.type === 'bool' ? null : `it gives a ${typeCheck.type}, a condition gives a bool`;
}

/** Explains an error of CEL. CEL never mixes int and double in arithmetic or with ==, and its message does not say so to an operator. */
export function explained(error: unknown): string {
  const [words = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return /no such overload: .*\bint\b.*\bdouble\b|no such overload: .*\bdouble\b.*\bint\b/.test(words)
    ? `${words}; write numbers with a point, such as 2.0`
    : words;
}
