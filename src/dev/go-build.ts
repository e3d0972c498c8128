import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Report, reportWhile } from './progress.ts';

/** A program that Go builds from a module whose version, and that of everything it imports, is pinned. */
export interface GoProgram {
  /** The URL of the folder with its go.mod and go.sum, with a slash at its end. */
  readonly module: URL;
  /** The import path of the program. */
  readonly package: string;
  /** What it is called in messages. */
  readonly name: string;
  /** How much work the build is, for whoever waits: time on 2 cores and disk space of Go's caches. */
  readonly cost: string;
  /** About how many packages it is compiled from. */
  readonly packages: number;
}

const COMPLAINT_LINES = 8;

/**
 * Builds a program with the machine's Go toolchain, and puts it at `target`. Two processes that build at once both succeed: each
 * works in its own folder, and the last rename wins.
 *
 * @throws Error with the last lines of Go when there is no Go, Go is too old, or modules cannot be fetched
 */
export async function buildWithGo(
  program: GoProgram,
  target: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<string> {
  const workFolder = await mkdtemp(`${target}.build-`);
  try {
    for (const file of ['go.mod', 'go.sum'])
      await copyFile(new URL(file, program.module), join(workFolder, file));
    const output = join(workFolder, 'program');
    const go = spawn('go', ['build', '-v', '-ldflags', '-s -w', '-o', output, program.package], {
      cwd: workFolder,
      // A go.work file above the cache folder would replace our module.
      env: { ...env, GOWORK: 'off' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await follow(go, program, report);
    await rename(output, target);
    return target;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function follow(
  go: ChildProcess & { stderr: Readable },
  { name, cost, packages: expected }: GoProgram,
  report: Report,
): Promise<void> {
  await once(go, 'spawn').catch((cause) => {
    throw new Error('go does not run', { cause });
  });
  report(`building ${name} with Go: takes ${cost}, once`);
  const began = performance.now();
  let modules = 0;
  let packages = 0;
  const messages: string[] = [];
  createInterface(go.stderr).on('line', (line) => {
    if (line.startsWith('go: downloading ')) modules += 1;
    else if (/^[\w./~-]+$/.test(line)) packages += 1;
    else messages.push(line);
  });
  const progress = () => {
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    return `${modules} modules downloaded, ${packages} packages compiled of about ${expected}, ${minutes} min`;
  };
  const [code, signal] = await reportWhile(report, progress, once(go, 'close'));
  if (code !== 0)
    throw new Error(`go ended with ${signal ?? code}: ${messages.slice(-COMPLAINT_LINES).join('\n')}`);
}
