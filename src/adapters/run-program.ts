import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { lookup } from '../domain/shared/lookup.ts';

/** From SIGTERM to SIGKILL, and from a program's end to the end of its output. */
const GRACE_MS = 2_000;
const MAX_KEPT_BYTES = 16 * 1024;

/** How a program ended. Of what it wrote, the last 16 KB of each stream are kept. */
export type Ended =
  | { readonly kind: 'exited'; readonly status: number; readonly output: string; readonly errors: string }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals; readonly errors: string }
  /** It was still running, and was ended with all that it had started. */
  | { readonly kind: 'tooLong'; readonly errors: string }
  /** Nothing of it ran. */
  | { readonly kind: 'notStarted'; readonly why: string };

/**
 * Runs one program without a shell, with this environment and no other, and with nothing to read. One that is still running
 * after `timeoutMs` is ended with all that it started, at most 2 s later. Never throws.
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<Ended> {
  try {
    return await run(program, args, env, timeoutMs);
  } catch (error) {
    return notStarted(error);
  }
}

/** @throws what spawn throws or emits when the program cannot be started */
async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<Ended> {
  // A process group of its own, so that what the program starts can be ended with it.
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lastOutput = endOf(child.stdout);
  const lastErrors = endOf(child.stderr);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const inTime = (await within(once(child, 'exit'), timeoutMs)) !== undefined;
  const { exitCode, signalCode } = child;
  if (!inTime) signalGroup(child.pid, 'SIGTERM');
  // What it left running may hold its output open, and is no business of ours when the program ended by itself.
  await within(closed, GRACE_MS);
  if (!inTime) signalGroup(child.pid, 'SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
  const errors = lastErrors();
  if (signalCode !== null) return { kind: 'killed', signal: signalCode, errors };
  if (exitCode === null) return { kind: 'tooLong', errors };
  return { kind: 'exited', status: exitCode, output: lastOutput(), errors };
}

/** Reads on when there is enough, or a talkative program would block. */
function endOf(stream: Readable): () => string {
  let kept: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-MAX_KEPT_BYTES);
  });
  return () => kept.toString();
}

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

function notStarted(error: unknown): Ended {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = {
    ENOENT: 'it, or the interpreter that it names, was not found',
    EACCES: 'this worker may not execute it',
  };
  return { kind: 'notStarted', why: lookup(why, code ?? '') ?? message };
}
