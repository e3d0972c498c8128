import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Exercise } from '../commands/exercise.ts';

/** `countersign exercise`: plays a night of agents, people and failures on the real engine, in fast-forwarded time. */
export function exerciseUsage(program: CliCommand): void {
  program
    .command('exercise')
    .description('play a scenario on the real rules in fast-forwarded time; reaches nothing real')
    .argument('[scenario]', 'a file, or the name of a scenario that ships')
    .option('--year [proposals]', 'a generated year of the shop that ships, with so many proposals', many)
    .option('--list', 'list the scenarios that ship')
    .option('--installation <folder>', 'the folder to exercise; default: the one that the scenario names')
    .option('--html <file>', 'also write the report as a page that loads nothing')
    .addHelpText(
      'after',
      '\nThe exit status is 0 when all went as the scenario expects, and 1 when something did not.',
    )
    .action(async (scenario: string | undefined, options: Exercise, command: CliCommand) => {
      const { exercise } = await import('../commands/exercise.ts');
      await exercise(command, scenario, options);
    });
}

function many(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 99999.');
  return Number(text);
}
