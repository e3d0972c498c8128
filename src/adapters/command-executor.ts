import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Effect, EffectResult, Executor } from '../activities/ports/executor.ts';
import type { CommandPlan, CommandPreview } from '../domain/action/action.ts';
import { fitted, type Previewed, previewDrift } from '../domain/action/preview.ts';
import { answerLine } from './answer-text.ts';
import { previewIn } from './command-preview.ts';
import { hide } from './hide.ts';
import { type Minting, NO_MINTING } from './minting/minting.ts';
import { NO_VARIABLES, notStarted, type Variables, variablesFor } from './program.ts';
import { type Ended, runProgram } from './run-program.ts';

/**
 * Runs a plan as one program, without a shell. The program gets PATH and the variables that its plan names, and nothing else of
 * this process's environment. It also gets `COUNTERSIGN_ACTION_ID`, `COUNTERSIGN_IDEMPOTENCY_KEY` and `COUNTERSIGN_FENCING_TOKEN`. A
 * rollback gets `COUNTERSIGN_BEFORE` besides, where the preview of the effect said what was there before, as JSON.
 *
 * Exit status 0 is done, and so is a status that the plan names among `done`. A status among `unchanged` is refused: by it the program
 * says that it changed nothing. Any other status is unknown: the program did not come to its end, and there may have been an effect. An
 * end by a signal, and a program that still runs after `timeoutMs`, are unknown too. A program that cannot be started is refused.
 *
 * A preview program gets the same variables and begins in the same folder, and none of the `COUNTERSIGN_` variables: what it prints
 * must be the same when it is asked again. Right before the effect it is, and where it prints anything else the effect is refused.
 *
 * @param folder the installation's folder, from which the folders of plans are seen
 * @param now milliseconds of a clock that never goes back
 * @param minting gives an attempt the credential that its plan names
 */
export function createCommandExecutor(
  folder: string,
  now: () => number,
  minting: Minting = NO_MINTING,
): Executor {
  return {
    preview: async (plan) =>
      plan.executor === 'command' && plan.preview
        ? previewBy(plan.preview, plan, folder)
        : { kind: 'unknown', reason: 'no program says what it would change' },
    run: async (effect) => {
      const { plan } = effect;
      if (plan.executor !== 'command') {
        return { kind: 'refused', reason: `an ${plan.executor} plan is not a command` };
      }
      const until = now() + plan.timeoutMs;
      const objection = await whyNotAsSeen(effect, plan, folder);
      if (objection !== undefined) return { kind: 'refused', reason: answerLine(objection) };
      return minting(effect, async (credentials) => {
        const minted = await credentials.variablesOf(plan.credentials, until - now());
        return minted.kind === 'missing'
          ? { kind: 'refused', reason: notStarted(plan.argv, minted.why) }
          : run(effect, plan, { folder, minted, leftMs: until - now() });
      });
    },
  };
}

async function run(
  effect: Effect,
  plan: CommandPlan,
  { folder, minted, leftMs }: { folder: string; minted: Variables; leftMs: number },
): Promise<EffectResult> {
  const { argv, timeoutMs, done = [], unchanged = [] } = plan;
  if (leftMs <= 0) return { kind: 'refused', reason: 'what had to be asked before took all of its time' };
  const started = await start(argv, plan, {
    folder,
    timeoutMs: leftMs,
    minted,
    own: ownVariables(effect, plan),
  });
  if (started.kind === 'notStarted') return { kind: 'refused', reason: started.why };
  const { programEnd, hidden } = started;
  const answerOf = (summary: string, text: string) => withLastLine(summary, hidden(text));
  switch (programEnd.kind) {
    case 'exited': {
      const { status, output, errors } = programEnd;
      if (status === 0 || done.includes(status))
        return { kind: 'done', summary: answerOf(`exit status ${status}`, output) };
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
}

/**
 * Why the effect would not be what people saw. Undefined: it would be. The preview is made again right before. A rollback
 * makes none: its preview is the one of the effect that it takes back.
 */
async function whyNotAsSeen(
  { preview: seen }: Effect,
  plan: CommandPlan,
  folder: string,
): Promise<string | undefined> {
  if (!seen || !plan.preview) return undefined;
  const previewed = await previewBy(plan.preview, plan, folder);
  // Of a long preview, people saw and signed the form that is kept.
  const now = previewed.kind === 'previewed' ? fitted(previewed.preview) : previewed;
  const [drift] = previewDrift({ kind: 'previewed', preview: seen }, now);
  return drift;
}

async function previewBy(
  { argv, refused = [], timeoutMs }: CommandPreview,
  plan: CommandPlan,
  folder: string,
): Promise<Previewed> {
  const started = await start(argv, plan, { folder, timeoutMs, minted: NO_VARIABLES, own: {} });
  if (started.kind === 'notStarted') return { kind: 'unknown', reason: started.why };
  const { programEnd, hidden } = started;
  const unknown = (summary: string, text = ''): Previewed => ({
    kind: 'unknown',
    reason: withLastLine(`the preview ${summary}`, hidden(text)),
  });
  switch (programEnd.kind) {
    case 'exited': {
      const { status, output, complete, errors } = programEnd;
      if (refused.includes(status))
        return { kind: 'refused', reason: withLastLine(`exit status ${status}`, hidden(errors)) };
      if (status !== 0) return unknown(`ended with exit status ${status}`, errors);
      if (!complete) return unknown(`printed more than ${plan.outputBytes ?? USUAL_BYTES} bytes`);
      const read = previewIn(hidden(output));
      return read.kind === 'none'
        ? unknown(`printed what is no preview: ${read.why}`)
        : { kind: 'previewed', preview: read.preview };
    }
    case 'killed':
      return unknown(`was ended by ${programEnd.signal}`, programEnd.errors);
    case 'tooLong':
      return unknown(`was still running after ${timeoutMs} ms`, programEnd.errors);
    case 'notStarted':
      return { kind: 'unknown', reason: notStarted(argv, programEnd.why) };
  }
}

const USUAL_BYTES = 16 * 1024;

type Started =
  | {
      readonly kind: 'started';
      readonly programEnd: Ended;
      /** Removes the values of variables from what the program printed. */
      readonly hidden: (text: string) => string;
    }
  | { readonly kind: 'notStarted'; readonly why: string };

/** Runs a program of a plan, in its folder and with its variables. */
async function start(
  argv: readonly string[],
  { directory, environment = {}, outputBytes = USUAL_BYTES }: CommandPlan,
  {
    folder,
    timeoutMs,
    minted,
    own,
  }: { folder: string; timeoutMs: number; minted: Variables; own: NodeJS.ProcessEnv },
): Promise<Started> {
  const variables = variablesFor(environment);
  if (variables.kind === 'missing') return { kind: 'notStarted', why: notStarted(argv, variables.why) };
  const cwd = directory === undefined ? undefined : resolve(folder, directory);
  // spawn would say that the program was not found.
  if (cwd !== undefined && !(await isFolder(cwd)))
    return { kind: 'notStarted', why: notStarted(argv, `there is no folder ${directory}`) };
  const env = { PATH: process.env.PATH, ...variables.values, ...minted.values, ...own };
  return {
    kind: 'started',
    programEnd: await runProgram(argv, env, timeoutMs, { cwd, keptBytes: outputBytes }),
    hidden: (text) => hide(text, [...variables.secrets, ...minted.secrets]),
  };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const ownVariables = (
  { actionId, idempotencyKey, fencingToken, preview }: Effect,
  plan: CommandPlan,
): NodeJS.ProcessEnv => ({
  COUNTERSIGN_ACTION_ID: actionId,
  COUNTERSIGN_IDEMPOTENCY_KEY: idempotencyKey,
  COUNTERSIGN_FENCING_TOKEN: String(fencingToken),
  ...(!plan.preview && preview?.before !== undefined
    ? { COUNTERSIGN_BEFORE: JSON.stringify(preview.before) }
    : {}),
});

/** A text with the last line of the output that is not blank. */
function withLastLine(summary: string, text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return answerLine(line === '' ? summary : `${summary}: ${line}`);
}
