import type { CliCommand } from './cli-command.ts';

/** Writes a command's answer: JSON with `--json`, otherwise text for people. */
export function print(command: CliCommand, value: unknown, text: () => string): void {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  command.io.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);
}
