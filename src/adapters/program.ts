import { answerLine } from './answer-text.ts';
import { mayBeSecret } from './hide.ts';

export interface Variables {
  readonly values: Readonly<Record<string, string>>;
  /** The values that may be secrets. Nothing shows whether a variable holds a secret. */
  readonly secrets: readonly string[];
}

export const NO_VARIABLES: Variables = { values: {}, secrets: [] };

export type ProgramVariables =
  | ({ readonly kind: 'values' } & Variables)
  | { readonly kind: 'missing'; readonly why: string };

/** The variables that a program gets. @param environment the name of the worker's variable, by the program's name for it */
export function variablesFor(environment: Readonly<Record<string, string>>): ProgramVariables {
  const values: Record<string, string> = {};
  for (const [name, variable] of Object.entries(environment)) {
    const value = process.env[variable];
    if (!value)
      return {
        kind: 'missing',
        why: `the environment variable ${variable} is not set where this worker runs`,
      };
    values[name] = value;
  }
  return { kind: 'values', values, secrets: Object.values(values).filter(mayBeSecret) };
}

/** Says in one line why a program was not started. */
export const notStarted = ([program = '']: readonly string[], why: string) =>
  answerLine(`${JSON.stringify(program)} was not started: ${why}`);
