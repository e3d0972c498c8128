import type { Readable, Writable } from 'node:stream';
import { Command } from 'commander';

/** What a command reads and writes. `process` fits; others let a test run a command within its own process. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The exit status; 0 when no command sets it. */
  exitCode?: NodeJS.Process['exitCode'];
}

/** A command or subcommand that knows what it reads and writes. */
export class CliCommand extends Command {
  readonly io: Io;

  constructor(io: Io, name?: string) {
    super(name);
    this.io = io;
  }

  override createCommand(name?: string): CliCommand {
    return new CliCommand(this.io, name);
  }
}
