import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How a block of commands begins; everything else that is set in is configuration, or what a program answers. */
const COMMAND = /^(?:countersign|cat|cp|curl|export|node|npm|npx|test) /;

export interface Block {
  readonly file: string;
  readonly text: string;
}

/** The blocks of shell commands in README.md and docs/*.md, in order. */
export function shellBlocks(): Block[] {
  const files = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];
  return files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => blocksIn(readFileSync(join(ROOT, file), 'utf8')).map((text) => ({ file, text })))
    .filter(({ text }) => COMMAND.test(text));
}

function blocksIn(page: string): string[] {
  const outsideFences = page.replace(/^```[\s\S]*?^```/gm, '');
  return [...outsideFences.matchAll(/(?<=^\n)(?: {4}.*\n)+/gm)].map(([block]) =>
    block.replace(/^ {4}/gm, ''),
  );
}

/** A fresh clone with a home of its own, in which `countersign` is on the path. It and what runs there are gone after the test. */
export class Place {
  readonly folder: string;
  readonly #env: Record<string, string>;
  readonly #running: ChildProcess[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.#env = {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      HOME: join(folder, 'home'),
      TERM: 'xterm',
      COUNTERSIGN_CACHE:
        process.env.COUNTERSIGN_CACHE ||
        join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'countersign'),
      ...(process.env.TEMPORAL_CLI ? { TEMPORAL_CLI: process.env.TEMPORAL_CLI } : {}),
    };
  }

  /** @param beforeDev commands of the shell that run whenever `countersign dev` is about to */
  static async make(beforeDev = ''): Promise<Place> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-docs-'));
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'home'));
    for (const part of [
      'dist',
      'examples',
      'exercises',
      'node_modules',
      'package.json',
      'policies',
      'practice',
      'src',
      'tools',
      'tsconfig.json',
    ])
      await symlink(join(ROOT, part), join(folder, part));
    const countersign = join(folder, 'bin/countersign');
    const real = `"${process.execPath}" "${join(ROOT, 'dist/cli/main.js')}"`;
    await writeFile(
      countersign,
      `#!/bin/bash\nset -e\nif [ "$1" = dev ]; then\n${beforeDev}\nexec ${real} "$@" --json --temporary\nfi\nexec ${real} "$@"\n`,
    );
    await chmod(countersign, 0o755);
    return new Place(folder);
  }

  set(env: Readonly<Record<string, string>>): void {
    Object.assign(this.#env, env);
  }

  /** Starts commands that go on; they and all that they started end with the place. */
  start(commands: string): { readonly said: () => string; readonly child: ChildProcess } {
    const child = this.#spawn('bash', ['-ec', commands]);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk;
      });
    return { said: () => said, child };
  }

  /**
   * Runs commands at a terminal to their end.
   *
   * @param answer what whoever is asked types at each question: yes, unless it is said
   * @throws Error where one of them fails
   */
  async run(commands: string, answer = 'y'): Promise<string> {
    const script = join(this.folder, 'commands.sh');
    // A terminal without a width has each letter on a line of its own.
    await writeFile(script, `stty cols 200 rows 50\n${commands}`);
    const child = this.#spawn('script', ['-qfec', `bash -e "${script}"`, '/dev/null']);
    let said = '';
    let asked = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
      // One mark for each question that is open, however often it is drawn.
      const questions = new Set(said.match(/◆.*\?/g) ?? []).size;
      for (; asked < questions; asked += 1) child.stdin?.write(answer);
    });
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error(`exit status ${status} of:\n${commands}\n${said}`);
    return said;
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { cwd: this.folder, env: this.#env, detached: true });
    this.#running.push(child);
    return child;
  }

  async end(): Promise<void> {
    for (const child of this.#running) {
      const closed = isOver(child) ? undefined : once(child, 'close');
      endGroup(child);
      await closed;
    }
    await rm(this.folder, { recursive: true });
  }
}

const isOver = ({ pid, exitCode, signalCode }: ChildProcess) =>
  pid === undefined || exitCode !== null || signalCode !== null;

/** Ends all that a shell started: what it put in the background goes on when the shell itself is over. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
