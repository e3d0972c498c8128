import type { Effect, Executor } from '../activities/ports/executor.ts';
import { answerLine } from './answer-text.ts';
import { hide } from './hide.ts';
import { notStarted, variablesFor } from './program.ts';
import { runProgram } from './run-program.ts';

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
      const variables = variablesFor(plan.environment ?? {});
      if (variables.kind === 'missing') return { kind: 'refused', reason: notStarted(argv, variables.why) };
      const programEnd = await runProgram(argv, environmentOf(effect, variables.values), timeoutMs);
      const answerOf = (summary: string, text: string) =>
        withLastLine(summary, hide(text, variables.secrets));
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

const environmentOf = (
  { actionId, idempotencyKey, fencingToken }: Effect,
  values: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  ...values,
  COUNTERSIGN_ACTION_ID: actionId,
  COUNTERSIGN_IDEMPOTENCY_KEY: idempotencyKey,
  COUNTERSIGN_FENCING_TOKEN: String(fencingToken),
});

/** A text with the last line of the output that is not blank. */
function withLastLine(summary: string, text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return answerLine(line === '' ? summary : `${summary}: ${line}`);
}
