import type { CliCommand } from '../cli-command.ts';
import type { Proposed } from '../commands/propose.ts';

/** `countersign propose`: what the SDK does, for people and for agents in other languages. */
export function proposeUsage(program: CliCommand): void {
  program
    .command('propose')
    .description('propose an action, and print what the agent may do')
    .requiredOption('--file <file>', 'the proposal as JSON, "-" for standard input')
    .option('--key <file>', 'the agent\'s key file, made by "countersign keys", to sign the proposal')
    .option(
      '--context <file>',
      'what the agent knew, as JSON: it is kept encrypted, for "countersign replay"',
    )
    .option('--wait', 'wait for the outcome; exit status 0 only if the action succeeded')
    .action(async (options: Proposed, command: CliCommand) => {
      const { propose } = await import('../commands/propose.ts');
      await propose(command, options);
    });
}
