import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { lookup } from '../domain/shared/lookup.ts';

/** The time from SIGTERM to SIGKILL, and from a program's end to the end of its output. */
const GRACE_MS = 2_000;
const MAX_KEPT_BYTES = 16 * 1024;

export interface ProgramOptions {
  /** The folder that it begins in. Absent: that of this process. */
  readonly cwd?: string | undefined;
  /** What it reads on its standard input: a text, or a file that it may also write. Absent: nothing. */
  readonly input?: string | FileHandle | undefined;
  /** How many bytes of the end of each of its outputs are kept. Absent: 16 KB. */
  readonly keptBytes?: number | undefined;
  /** How it is asked to end when its time is over, and how long it then has. Absent: SIGTERM, and 2 s. */
  readonly stop?: { readonly signal: NodeJS.Signals; readonly graceMs: number } | undefined;
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
 * is ended with everything that it started, at most 2 s later, or as `stop` says. Never throws.
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  {
    cwd,
    input,
    keptBytes = MAX_KEPT_BYTES,
    stop = { signal: 'SIGTERM', graceMs: GRACE_MS },
  }: ProgramOptions = {},
): Promise<Ended> {
  let inputFile: FileHandle | undefined;
  try {
    inputFile = typeof input === 'string' ? await hiddenFile(input) : undefined;
    const stdin = typeof input === 'object' ? input.fd : (inputFile?.fd ?? 'ignore');
    return await run(program, args, { cwd, env, timeoutMs, keptBytes, stop, stdin });
  } catch (error) {
    return notStarted(error);
  } finally {
    await inputFile?.close();
  }
}

interface RunOptions {
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly keptBytes: number;
  readonly stop: { readonly signal: NodeJS.Signals; readonly graceMs: number };
  /** The descriptor of a file, or none. */
  readonly stdin: number | 'ignore';
}

/** Runs the program. @throws what spawn throws or emits when the program cannot be started */
async function run(
  program: string,
  args: readonly string[],
  { cwd, env, timeoutMs, keptBytes, stop, stdin }: RunOptions,
): Promise<Ended> {
  // Its own process group, so that everything that the program starts can be ended with it.
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: [stdin, 'pipe', 'pipe'],
    detached: true,
  }) as ChildProcessByStdio<null, Readable, Readable>;
  const lastOutput = endOf(child.stdout, keptBytes);
  const lastErrors = endOf(child.stderr, keptBytes);
  const closing = new Promise((resolve) => child.once('close', resolve));
  const inTime = (await valueWithin(once(child, 'exit'), timeoutMs)) !== undefined;
  const { exitCode, signalCode } = child;
  if (!inTime) signalGroup(child.pid, stop.signal);
  // Processes that the program left running may hold its output open. They are ignored when the program ended by itself.
  await valueWithin(closing, inTime ? GRACE_MS : stop.graceMs);
  if (!inTime) signalGroup(child.pid, 'SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
  const errors = lastErrors().text;
  if (signalCode !== null) return { kind: 'killed', signal: signalCode, errors };
  if (exitCode === null) return { kind: 'tooLong', errors };
  const { text: output, complete } = lastOutput();
  return { kind: 'exited', status: exitCode, output, complete, errors };
}

/**
 * A file with this content, which is nowhere to be found any more: it is gone with the last process that has it open. It is used as an input
 * because a pipe of Node is a socket, and a shell may take that for a remote login and read the start-up files of its user: a program would
 * get what nobody gave it.
 */
export async function hiddenFile(content = ''): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-input-'));
  try {
    const path = join(folder, 'input');
    await writeFile(path, content, { mode: 0o600 });
    return await open(path, 'r+');
  } finally {
    await rm(folder, { recursive: true });
  }
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
