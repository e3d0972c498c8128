import { confirm } from '@clack/prompts';
import { visible } from '../briefing/text.ts';
import type { Io } from './cli-command.ts';
import { CommandError } from './command-error.ts';

/** Shows what is to be signed and asks the person at the terminal, one question after the other. Returns whether all are answered with yes. */
export async function confirmed(
  { stdin, stdout }: Io,
  text: string,
  ...questions: readonly string[]
): Promise<boolean> {
  if (!stdin.isTTY)
    throw new CommandError('there is no terminal to ask at: give --yes to sign without asking');
  stdout.write(`${visible(text)}\n`);
  for (const question of questions) {
    const answer = await confirm({
      message: visible(question),
      initialValue: false,
      input: stdin,
      output: stdout,
    });
    // A cancelled prompt returns a symbol, which is not consent.
    if (answer !== true) return false;
  }
  return true;
}
