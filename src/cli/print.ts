import type { Command } from 'commander';

/** Writes a command's answer: JSON with `--json`, otherwise text for people. */
export function print(command: Command, value: unknown, text: () => string): void {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);
}
