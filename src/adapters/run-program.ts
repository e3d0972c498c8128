import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { lookup } from '../domain/shared/lookup.ts';

/** The time from SIGTERM to SIGKILL, and from a program's end to the end of its output. */
const GRACE_MS = 2_000;
const MAX_KEPT_BYTES = 16 * 1024;

export interface ProgramOptions {
  /** What it reads on its standard input. Absent: nothing. */
  readonly input?: string | undefined;
  /** How many bytes of the end of each of its outputs are kept. Absent: 16 KB. */
  readonly keptBytes?: number | undefined;
}

/** How a program ended, with the end of each output stream. */
export type Ended =
  | {
      readonly kind: 'exited';
      readonly status: number;
      readonly output: string;
      /** Whether `output` is all that it printed. */
      readonly complete: boolean;
      readonly errors: string;
    }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals; readonly errors: string }
  /** It still ran after the time limit, and was ended with everything that it had started. */
  | { readonly kind: 'tooLong'; readonly errors: string }
  /** It did not start. */
  | { readonly kind: 'notStarted'; readonly why: string };

/**
 * Runs one program without a shell, with exactly this environment. A program that still runs after `timeoutMs`
 * is ended with everything that it started, at most 2 s later. Never throws.
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  options: ProgramOptions = {},
): Promise<Ended> {
  try {
    return await run(program, args, env, timeoutMs, options);
  } catch (error) {
    return notStarted(error);
  }
}

/** Runs the program. @throws what spawn throws or emits when the program cannot be started */
async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  { input, keptBytes = MAX_KEPT_BYTES }: ProgramOptions,
): Promise<Ended> {
  // Its own process group, so that everything that the program starts can be ended with it.
  const child = spawn(program, args, {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // A program need not read its input.
  child.stdin.on('error', () => undefined).end(input);
  const lastOutput = endOf(child.stdout, keptBytes);
  const lastErrors = endOf(child.stderr, keptBytes);
  const closing = new Promise((resolve) => child.once('close', resolve));
  const inTime = (await valueWithin(once(child, 'exit'), timeoutMs)) !== undefined;
  const { exitCode, signalCode } = child;
  if (!inTime) signalGroup(child.pid, 'SIGTERM');
  // Processes that the program left running may hold its output open. They are ignored when the program ended by itself.
  await valueWithin(closing, GRACE_MS);
  if (!inTime) signalGroup(child.pid, 'SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
  const errors = lastErrors().text;
  if (signalCode !== null) return { kind: 'killed', signal: signalCode, errors };
  if (exitCode === null) return { kind: 'tooLong', errors };
  const { text: output, complete } = lastOutput();
  return { kind: 'exited', status: exitCode, output, complete, errors };
}

/** Keeps the end of a stream. It reads on when it has enough, because a program that writes a lot would block otherwise. */
function endOf(
  stream: Readable,
  keptBytes: number,
): () => { readonly text: string; readonly complete: boolean } {
  let lastBytes: Buffer = Buffer.alloc(0);
  let complete = true;
  stream.on('data', (chunk: Buffer) => {
    const bytes = Buffer.concat([lastBytes, chunk]);
    complete &&= bytes.length <= keptBytes;
    lastBytes = bytes.subarray(-keptBytes);
  });
  return () => ({ text: lastBytes.toString(), complete });
}

/** The promise's value; undefined when the time is over first. */
async function valueWithin<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
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
    // All of them have ended, or run as another user: this process can end nothing more.
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
