import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
/** How long a server may take to stop, in milliseconds: longer than a worker lets its activities run. */
const STOP_LIMIT_MS = 40_000;
const OUTPUT_KEPT = 4_000;

export interface ServerCommand {
  /** The name of the server in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The signal that ends it cleanly. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** A file that its output is appended to. */
  readonly log?: string;
  /** Resolves once the server answers. While it rejects, it is called again, so it must settle soon. */
  readonly answers: () => Promise<unknown>;
}

/** The error when a server does not start or does not answer. The message contains its last output. */
export class ServerNotStarted extends Error {
  override readonly name = 'ServerNotStarted';
}

export interface ServerProcess {
  readonly pid: number;
  /** Ends the server, by force after 10 s, and resolves when it is gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a server as a child process and resolves once it answers.
 *
 * @throws ServerNotStarted with the server's last output when it dies first, or has not answered after 60 s
 */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const log = server.log === undefined ? undefined : createWriteStream(server.log, { flags: 'a' });
  if (log) await once(log, 'open');
  const child = spawn(server.command, server.args, {
    ...server.user,
    env: server.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C in a terminal reaches only us, and we stop the servers in order.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_KEPT);
      log?.write(chunk);
    });
  }
  await once(child, 'spawn');
  const pid = Number(child.pid);
  const closing = once(child, 'close').then(() => log?.end());
  endWithThisProcess(child, pid, server.stopSignal);
  let ending = false;
  const stop = async (signal: NodeJS.Signals) => {
    ending = true;
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await closing;
    clearTimeout(force);
  };
  try {
    await untilItAnswers(child, server.answers);
  } catch (error) {
    await stop('SIGKILL');
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerNotStarted(`${server.name} did not start: ${reason}. ${lastOf(output)}`);
  }
  // Others may wait for this server for ever, so its unexpected end is reported.
  child.once('close', (code, signal) => {
    if (ending || isEnding(signal)) return;
    process.stderr.write(
      `${server.name} ended with ${signal ?? `code ${code}`}, which nobody asked for. ${lastOf(output)}\n`,
    );
  });
  return { pid, stop: () => stop(server.stopSignal) };
}

/** Whether the signal is one that a terminal, a supervisor or a test sends on purpose. */
const isEnding = (signal: NodeJS.Signals | null) =>
  signal !== null && ['SIGINT', 'SIGTERM', 'SIGKILL'].includes(signal);

const lastOf = (output: string) => `Its last output:\n${output.trim() || '(none)'}`;

async function untilItAnswers(child: ChildProcess, answers: () => Promise<unknown>): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const failure = await answers().then(() => undefined, String);
    if (failure === undefined) return;
    if (performance.now() > limit) throw new Error(`no answer after ${START_LIMIT_MS / 1000} s (${failure})`);
    await delay(25);
  }
  throw new Error(`it ended with ${child.signalCode ?? `code ${child.exitCode}`}`);
}

/**
 * Ends the server when this process ends, in any way: even after SIGKILL the pipe closes, and the shell waits for that. Without a
 * shell only `stop` ends the server.
 */
function endWithThisProcess(server: ChildProcess, pid: number, signal: 'SIGTERM' | 'SIGINT'): void {
  const script = 'read -r _; kill -s "$1" "$2"';
  const guard = spawn('/bin/sh', ['-c', script, 'guard', signal.slice('SIG'.length), String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.unref();
  server.once('close', () => guard.kill('SIGKILL'));
}
