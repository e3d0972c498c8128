import { expect } from 'vitest';
import { type Ended, run } from './command.ts';

/** The built `countersign`, used as a shell uses it, without a terminal. */
export class Cli {
  readonly #env: () => Readonly<Record<string, string>>;

  /** @param env its whole environment, once a test runs */
  constructor(env: () => Readonly<Record<string, string>>) {
    this.#env = env;
  }

  run(args: readonly string[], input = ''): Promise<Ended> {
    return run('cli/main.js', args, this.#env(), input).ended;
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
