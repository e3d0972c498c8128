import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

export interface Ended {
  /** null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written to standard error so far. */
  stderr(): string;
}

/**
 * Starts a built program, with these environment variables and no others.
 *
 * @param program path, absolute or in `dist`
 * @param input its standard input, which is not a terminal
 */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Running {
  let stdout = '';
  let stderr = '';
  const child = spawn(process.execPath, [resolve(DIST, program), ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdin.end(input);
  const ended = once(child, 'close').then(([status]) => ({ status, stdout, stderr }));
  return { child, ended, stderr: () => stderr };
}
