import type { Effect, Executor } from '../activities/ports/executor.ts';
import type { Plan } from '../domain/action/action.ts';
import { answerLine } from './answer-text.ts';
import { hide, mayBeSecret } from './hide.ts';
import { runProgram } from './run-program.ts';

type CommandPlan = Extract<Plan, { executor: 'command' }>;

/**
 * Runs a plan as one program, without a shell. The program gets PATH and the variables that its plan names, and nothing else of
 * this process's environment. It also gets `COUNTERSIGN_ACTION_ID`, `COUNTERSIGN_IDEMPOTENCY_KEY` and `COUNTERSIGN_FENCING_TOKEN`.
 *
 * Exit status 0 is done. A status that the plan names among `unchanged` is refused: by it the program says that it changed nothing.
 * Any other status is unknown: the program did not come to its end, and there may have been an effect. An end by a signal, and a
 * program that still runs after `timeoutMs`, are unknown too. A program that cannot be started is refused.
 */
export function createCommandExecutor(): Executor {
  return {
    run: async (effect) => {
      const { plan } = effect;
      if (plan.executor !== 'command') {
        return { kind: 'refused', reason: `an ${plan.executor} plan is not a command` };
      }
      const { argv, timeoutMs, unchanged = [] } = plan;
      const variables = valuesOf(plan.environment ?? {});
      if (variables.kind === 'missing') {
        const why = `the environment variable ${variables.variable} is not set where this worker runs`;
        return { kind: 'refused', reason: notStarted(argv, why) };
      }
      const programEnd = await runProgram(argv, environmentOf(effect, variables.values), timeoutMs);
      const answerOf = (summary: string, text: string) =>
        withLastLine(summary, hide(text, secretsIn(variables.values)));
      switch (programEnd.kind) {
        case 'exited': {
          const { status, output, errors } = programEnd;
          if (status === 0) return { kind: 'done', summary: answerOf('exit status 0', output) };
          const reason = answerOf(`exit status ${status}`, errors);
          return { kind: unchanged.includes(status) ? 'refused' : 'unknown', reason };
        }
        case 'killed':
          return { kind: 'unknown', reason: answerOf(`ended by ${programEnd.signal}`, programEnd.errors) };
        case 'tooLong': {
          const reason = answerOf(`still running after ${timeoutMs} ms, so it was ended`, programEnd.errors);
          return { kind: 'unknown', reason };
        }
        case 'notStarted':
          return { kind: 'refused', reason: notStarted(argv, programEnd.why) };
      }
    },
  };
}

type Values = Readonly<Record<string, string>>;

function valuesOf(
  environment: NonNullable<CommandPlan['environment']>,
):
  | { readonly kind: 'values'; readonly values: Values }
  | { readonly kind: 'missing'; readonly variable: string } {
  const values: [string, string][] = [];
  for (const [name, variable] of Object.entries(environment)) {
    const value = process.env[variable];
    if (!value) return { kind: 'missing', variable };
    values.push([name, value]);
  }
  return { kind: 'values', values: Object.fromEntries(values) };
}

const environmentOf = (
  { actionId, idempotencyKey, fencingToken }: Effect,
  values: Values,
): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  ...values,
  COUNTERSIGN_ACTION_ID: actionId,
  COUNTERSIGN_IDEMPOTENCY_KEY: idempotencyKey,
  COUNTERSIGN_FENCING_TOKEN: String(fencingToken),
});

/** The values that may be secrets. Nothing shows whether a variable holds a secret. */
const secretsIn = (values: Values) => Object.values(values).filter(mayBeSecret);

/** A text with the last line of the output that is not blank. */
function withLastLine(summary: string, text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return answerLine(line === '' ? summary : `${summary}: ${line}`);
}

const notStarted = ([program = '']: readonly string[], why: string) =>
  answerLine(`${JSON.stringify(program)} was not started: ${why}`);
