import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Effect, EffectResult, Executor } from '../activities/execute.ts';
import { oneLine } from './answer.ts';

/** EX_TEMPFAIL of sysexits.h: the program itself says that trying again may work. */
const TRY_AGAIN = 75;
/** From SIGTERM to SIGKILL, and from a program's end to the end of its output. */
const GRACE_MS = 2_000;
const MAX_KEPT_BYTES = 4 * 1024;

/**
 * Runs a plan as one program, without a shell. The program sees nothing of this process's environment but PATH, and
 * finds `COUNTERSIGN_ACTION_ID`, `COUNTERSIGN_IDEMPOTENCY_KEY` and `COUNTERSIGN_FENCING_TOKEN` in its own.
 *
 * Exit status 0 is done. 75 (EX_TEMPFAIL), an end by a signal and a program that is still running after `timeoutMs` are
 * unknown; such a program is ended with all that it started, at most 2 s later. Any other status is refused: the
 * program says that it changed nothing. A program that cannot be found or run is refused.
 */
export function createCommandExecutor(): Executor {
  return {
    run: async (effect) => {
      const { plan } = effect;
      if (plan.executor !== 'command') {
        return { kind: 'refused', reason: `an ${plan.executor} plan is not a command` };
      }
      const [program = '', ...args] = plan.argv;
      try {
        return await run(program, args, plan.timeoutMs, environmentOf(effect));
      } catch (error) {
        return notStarted(program, error);
      }
    },
  };
}

const environmentOf = ({ actionId, idempotencyKey, fencingToken }: Effect): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  COUNTERSIGN_ACTION_ID: actionId,
  COUNTERSIGN_IDEMPOTENCY_KEY: idempotencyKey,
  COUNTERSIGN_FENCING_TOKEN: String(fencingToken),
});

/** @throws what spawn throws or emits when the program cannot be started */
async function run(
  program: string,
  args: string[],
  timeoutMs: number,
  env: NodeJS.ProcessEnv,
): Promise<EffectResult> {
  // A process group of its own, so that what the program starts can be ended with it.
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lastOutput = lastLineOf(child.stdout);
  const lastError = lastLineOf(child.stderr);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const inTime = (await within(once(child, 'exit'), timeoutMs)) !== undefined;
  const { exitCode, signalCode } = child;
  if (!inTime) signalGroup(child.pid, 'SIGTERM');
  // What it left running may hold its output open, and is no business of ours when the program ended by itself.
  await within(closed, GRACE_MS);
  if (!inTime) signalGroup(child.pid, 'SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
  if (signalCode !== null) return { kind: 'unknown', reason: said(`ended by ${signalCode}`, lastError()) };
  if (exitCode === null) {
    return {
      kind: 'unknown',
      reason: said(`still running after ${timeoutMs} ms, so it was ended`, lastError()),
    };
  }
  if (exitCode === 0) return { kind: 'done', summary: said('exit status 0', lastOutput()) };
  const reason = said(`exit status ${exitCode}`, lastError());
  return { kind: exitCode === TRY_AGAIN ? 'unknown' : 'refused', reason };
}

/** The last line that is not blank, out of the last 4 KB. Reads on all the same, or a talkative program would block. */
function lastLineOf(stream: Readable): () => string {
  let kept: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-MAX_KEPT_BYTES);
  });
  return () => kept.toString().trim().split('\n').at(-1) ?? '';
}

const said = (what: string, line: string) => oneLine(line === '' ? what : `${what}: ${line}`);

/** Undefined when the time is over first. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const enough = new AbortController();
  const timer = delay(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, timer]);
  } finally {
    enough.abort();
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended, or run as another user: there is nothing left that this process can end.
  }
}

function notStarted(program: string, error: unknown): EffectResult {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = (why: string) => oneLine(`${JSON.stringify(program)} was not started: ${why}`);
  switch (code) {
    case 'ENOENT':
      return { kind: 'refused', reason: reason('it, or the interpreter that it names, was not found') };
    case 'EACCES':
      return { kind: 'refused', reason: reason('this worker may not execute it') };
    case 'ERR_INVALID_ARG_VALUE':
      return { kind: 'refused', reason: reason(message) };
    default:
      // Such as too many processes: it can be otherwise at the next attempt.
      return { kind: 'unknown', reason: reason(message) };
  }
}
