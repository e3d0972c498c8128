import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Io } from '../../src/cli/cli-command.ts';
import { run as runCommand } from '../../src/cli/run.ts';
import { type Ended, run } from './command.ts';

type Env = Readonly<Record<string, string>>;
type Way = (args: readonly string[], env: Env, input: string) => Promise<Ended>;

/** The built `countersign`, used as a shell uses it, without a terminal. */
export const asProcess: Way = (args, env, input) => run('cli/main.js', args, env, input).ended;

/** The same command without a process of its own, which takes half a second and more to start. */
const within: Way = async (args, env, input) => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io: Io = { env: { PATH: process.env.PATH, ...env }, stdin: Readable.from([input]), stdout, stderr };
  const written = Promise.all([text(stdout), text(stderr)]);
  await runCommand(args, io);
  stdout.end();
  stderr.end();
  const [answer, said] = await written;
  return { status: Number(io.exitCode ?? 0), stdout: answer, stderr: said };
};

/** `countersign` without a terminal. */
export class Cli {
  readonly #env: () => Env;
  readonly #way: Way;

  /**
   * @param env its whole environment, once a test runs
   * @param way within the test's own process, unless it is to be a process of its own
   */
  constructor(env: () => Env, way: Way = within) {
    this.#env = env;
    this.#way = way;
  }

  run(args: readonly string[], input = ''): Promise<Ended> {
    return this.#way(args, this.#env(), input);
  }

  /** What a command answers that does what it is asked for: on standard output alone. */
  async answer(args: readonly string[], input = ''): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, input);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  }

  async json(args: readonly string[], input = '') {
    return JSON.parse(await this.answer([...args, '--json'], input));
  }

  /** The command ends with this status, and says why on standard error alone: as JSON, since it is asked to. */
  async expectRefused(status: number, reason: RegExp, args: readonly string[], input = ''): Promise<void> {
    const { stdout, stderr, ...ended } = await this.run([...args, '--json'], input);
    const { message } = JSON.parse(stderr);
    expect(message).toMatch(reason);
    expect({ ...ended, stdout }).toEqual({ status, stdout: '' });
    // Whatever goes wrong, nobody is shown the inside of the program.
    expect(message).not.toMatch(/^ +at /m);
  }
}
