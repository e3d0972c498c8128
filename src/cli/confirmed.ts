import { confirm } from '@clack/prompts';
import { visible } from '../briefing/text.ts';
import type { Io } from './cli-command.ts';
import { CommandError } from './command-error.ts';

/** Shows what is to be signed and asks the person at the terminal. */
export async function confirmed({ stdin, stdout }: Io, text: string, question: string): Promise<boolean> {
  if (!stdin.isTTY)
    throw new CommandError('there is no terminal to ask at: give --yes to sign without asking');
  stdout.write(`${visible(text)}\n`);
  // A cancelled prompt returns a symbol, which is not consent.
  return (await confirm({ message: question, initialValue: false, input: stdin, output: stdout })) === true;
}
