import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { TerraformPlan } from '../../domain/action/action.ts';
import { type Json, jsonIn } from '../../domain/shared/json.ts';
import { answerLine } from '../answer-text.ts';
import { hide, mayBeSecret } from '../hide.ts';
import { notStarted, variablesFor } from '../program.ts';
import { hiddenFile, type ProgramOptions, runProgram } from '../run-program.ts';
import { type Said, saidIn, unframed } from './messages.ts';
import { destroyedUnasked, type Planned, plannedIn, secretsIn, whatIsNotShown } from './planned.ts';

/** A step that came to nothing. Refused: the program itself says no. Unknown: it had no clear end. */
export interface Stopped {
  readonly kind: 'refused' | 'unknown';
  readonly reason: string;
}
export type Step<T> = { readonly kind: 'ok'; readonly value: T } | Stopped;

/** A plan that was made, and what it was made from. */
export interface Made {
  readonly planned: Planned;
  /** The lineage of the state, which is the same as long as it is the same state. Undefined: nothing was ever applied. */
  readonly state: string | undefined;
  /** The SHA-256 of the file that pins the providers, or `none`. */
  readonly lockFile: string;
  /** For example `tofu 1.12.6`. */
  readonly program: string;
}

/** OpenTofu or Terraform in one folder, for the time of one question. */
export interface Program {
  /**
   * Makes a plan. It changes nothing.
   *
   * @param lockMs how long it waits for somebody else who changes the state: with them at work there is no plan. Absent: it goes by the state as
   * it is, and keeps nobody up
   */
  plan(lockMs?: number): Promise<Step<Made>>;
  /** Applies the plan that was made last, and nothing else. @returns what it said, and whether it came to its end without an error */
  apply(stop: { readonly afterMs: number; readonly graceMs: number }): Promise<Step<Applied>>;
  /** What people may see of a text, and of a value. */
  shown(text: string): string;
  shownJson(value: Json): Json;
}

export interface Applied extends Said {
  readonly isDone: boolean;
}

/** The most that a plan may have as JSON, and a state. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_MESSAGES = 2 * 1024 * 1024;
/** How long an apply waits for somebody else: once they have changed the state, its plan is stale. */
const APPLY_LOCK_MS = 5_000;
/** A plan that holds the lock of the state gives it back when it is interrupted. Killed, it would leave it locked. */
const INTERRUPT = { signal: 'SIGINT', graceMs: 8_000 } as const;
const lockTimeout = (ms: number) => `-lock-timeout=${Math.max(1, Math.floor(ms / 1000))}s`;
/**
 * The plan file. It has no name: it is the standard input of each command. A plan holds secrets in plain text, so nobody may find it later, not
 * even after a crash.
 */
const PLAN_FILE = '/dev/fd/0';

/**
 * Opens a program for one question, and leaves nothing behind: what it downloads and notes is in a folder of its own, and its plan file has no
 * name. Several workers, and people, can use the same configuration meanwhile.
 *
 * @param leftMs how much time is left
 */
export async function withProgram<T extends { readonly kind: string }>(
  plan: TerraformPlan,
  leftMs: () => number,
  use: (program: Program) => Promise<T>,
): Promise<T | Stopped> {
  const variables = variablesFor(plan.environment ?? {});
  if (variables.kind === 'missing')
    return { kind: 'refused', reason: notStarted([plan.program], variables.why) };
  const planFile = await hiddenFile();
  const own = await mkdtemp(join(tmpdir(), 'countersign-terraform-'));
  try {
    const variableFile = join(own, 'variables.tfvars.json');
    await writeFile(variableFile, JSON.stringify(plan.variables), { mode: 0o600 });
    return await use(programIn(plan, { own, planFile, variableFile, leftMs, ...variables }));
  } finally {
    // What was done counts, whatever becomes of the folder.
    await Promise.allSettled([planFile.close(), rm(own, { recursive: true, force: true })]);
  }
}

interface Surroundings {
  readonly own: string;
  readonly planFile: FileHandle;
  readonly variableFile: string;
  readonly leftMs: () => number;
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

interface StartOptions extends ProgramOptions {
  /** Absent: what is left. */
  readonly timeoutMs?: number;
  /** Absent: that of the plan. */
  readonly inWorkspace?: string;
}

function programIn(plan: TerraformPlan, surroundings: Surroundings): Program {
  const { own, planFile, variableFile, leftMs, values } = surroundings;
  const { program, folder, workspace = 'default' } = plan;
  const name = basename(program);
  let secrets = surroundings.secrets;
  /** A provider may repeat a sensitive value where the plan does not say that it is sensitive. */
  let sensitive: ReadonlySet<string> = new Set();
  const shown = (text: string) => hide(text, secrets);
  const shownJson = (value: Json): Json => {
    if (typeof value === 'string' || typeof value === 'number')
      return sensitive.has(String(value)) ? '(sensitive)' : typeof value === 'string' ? shown(value) : value;
    if (Array.isArray(value)) return value.map(shownJson);
    if (value === null || typeof value === 'boolean') return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [shown(key), shownJson(part)]));
  };
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    CHECKPOINT_DISABLE: '1',
    ...values,
    TF_IN_AUTOMATION: '1',
    TF_DATA_DIR: join(own, 'data'),
  };

  const start = (
    args: readonly string[],
    { timeoutMs = leftMs(), inWorkspace = workspace, ...options }: StartOptions,
  ) =>
    runProgram(
      [program, `-chdir=${folder}`, ...args],
      { ...env, TF_WORKSPACE: inWorkspace },
      Math.max(1, timeoutMs),
      { input: planFile, ...options },
    );

  /** Runs a command that changes nothing. @returns what it printed */
  async function ask(args: readonly string[], options: StartOptions = {}): Promise<Step<string>> {
    const { keptBytes = MOST_MESSAGES } = options;
    const ended = await start(args, { keptBytes, stop: INTERRUPT, ...options });
    const command = `${name} ${args[0]}`;
    switch (ended.kind) {
      case 'notStarted':
        return { kind: 'refused', reason: notStarted([program], ended.why) };
      case 'killed':
        return { kind: 'unknown', reason: `${command} was ended by ${ended.signal}` };
      case 'tooLong':
        return { kind: 'unknown', reason: `${command} still ran when the time of the plan was over` };
      case 'exited': {
        if (ended.status !== 0) {
          const { errors } = saidIn(ended.output, ended.complete);
          const words = errors.join('; ') || unframed(ended.errors) || `exit status ${ended.status}`;
          return { kind: 'refused', reason: answerLine(`${command}: ${shown(words)}`) };
        }
        return ended.complete
          ? { kind: 'ok', value: ended.output }
          : { kind: 'unknown', reason: `${command} printed more than ${keptBytes} bytes` };
      }
    }
  }

  /** Gets ready what a plan needs, in the workspace `default`: in another one, `init` would make it where there is none. */
  async function ready(): Promise<Step<true>> {
    const inDefault = { inWorkspace: 'default' };
    const begun = await ask(['init', '-input=false', '-no-color', '-lockfile=readonly'], inDefault);
    if (begun.kind !== 'ok') return begun;
    if (workspace === 'default') return { kind: 'ok', value: true };
    const list = await ask(['workspace', 'list'], inDefault);
    if (list.kind !== 'ok') return list;
    const names = list.value.split('\n').map((line) => line.replace(/^[* ]+/, '').trim());
    return names.includes(workspace)
      ? { kind: 'ok', value: true }
      : {
          kind: 'refused',
          reason: `there is no workspace ${workspace}: make it with \`${name} workspace new\``,
        };
  }

  async function lineage(): Promise<Step<string | undefined>> {
    const pulled = await ask(['state', 'pull'], { keptBytes: MOST_BYTES });
    if (pulled.kind !== 'ok') return pulled;
    if (pulled.value.trim() === '') return { kind: 'ok', value: undefined };
    const { data: state } = stateSchema.safeParse(jsonIn(pulled.value));
    return state
      ? { kind: 'ok', value: state.lineage }
      : { kind: 'unknown', reason: 'its state has no lineage' };
  }

  /** Makes the plan file, and reads it. */
  async function planFileMade(lockMs: number | undefined): Promise<Step<Planned>> {
    const made = await ask([
      'plan',
      '-json',
      '-input=false',
      lockMs === undefined ? '-lock=false' : lockTimeout(lockMs),
      `-var-file=${variableFile}`,
      ...(plan.destroy ? ['-destroy'] : []),
      ...(plan.replace ?? []).map((address) => `-replace=${address}`),
      `-out=${PLAN_FILE}`,
    ]);
    if (made.kind !== 'ok') return made;
    const undeclared = saidIn(made.value, true).warnings.filter((text) => UNDECLARED.test(text));
    if (undeclared.length > 0) return { kind: 'refused', reason: answerLine(undeclared.join('; ')) };
    const json = await ask(['show', '-json', PLAN_FILE], { keptBytes: MOST_BYTES });
    if (json.kind !== 'ok') return json;
    const { data: planned } = plannedIn(json.value);
    return planned
      ? { kind: 'ok', value: planned }
      : { kind: 'unknown', reason: 'its plan is in a form that this version of Countersign cannot read' };
  }

  return {
    shown,
    shownJson,
    plan: async (lockMs) => {
      const begun = await ready();
      if (begun.kind !== 'ok') return begun;
      const state = await lineage();
      if (state.kind !== 'ok') return state;
      const made = await planFileMade(lockMs);
      if (made.kind !== 'ok') return made;
      const { value: planned } = made;
      sensitive = new Set(secretsIn(planned));
      secrets = [...surroundings.secrets, ...[...sensitive].filter(mayBeSecret)];
      const notShown = whatIsNotShown(planned);
      if (notShown !== undefined) return { kind: 'refused', reason: notShown };
      const destroyed = destroyedUnasked(planned, plan);
      if (destroyed.length > 0)
        return {
          kind: 'refused',
          reason: answerLine(
            `it would destroy or replace ${shown(destroyed.join(', '))}, and its action type does not say \`mayDestroy: true\``,
          ),
        };
      const lockFile = await digestOfFile(join(folder, '.terraform.lock.hcl'));
      const version = `${name} ${planned.terraform_version}`;
      return { kind: 'ok', value: { planned, state: state.value, lockFile, program: version } };
    },
    apply: async ({ afterMs, graceMs }) => {
      const ended = await start(
        ['apply', '-json', '-input=false', lockTimeout(APPLY_LOCK_MS), PLAN_FILE],
        // As by Ctrl-C: what is under way is finished, and the state is written. By SIGTERM providers would end at once.
        { keptBytes: MOST_MESSAGES, timeoutMs: afterMs, stop: { signal: 'SIGINT', graceMs } },
      );
      switch (ended.kind) {
        case 'notStarted':
          return { kind: 'refused', reason: notStarted([program], ended.why) };
        case 'killed':
          return { kind: 'unknown', reason: `${name} apply was ended by ${ended.signal}` };
        case 'tooLong':
          return {
            kind: 'unknown',
            reason: `${name} apply still ran after ${afterMs} ms, so it was interrupted`,
          };
        case 'exited':
          return {
            kind: 'ok',
            value: { ...saidIn(ended.output, ended.complete), isDone: ended.status === 0 },
          };
      }
    },
  };
}

const stateSchema = z.object({ lineage: z.string() });

/** A variable that the configuration does not have: the program goes on without it, and something else would be planned than was asked for. */
const UNDECLARED = /undeclared variable/i;

const digestOfFile = (path: string): Promise<string> =>
  readFile(path).then(
    (content) => createHash('sha256').update(content).digest('hex'),
    () => 'none',
  );
