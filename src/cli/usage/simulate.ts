import { Option } from 'commander';
import { ANSWER_MODES } from '../answer-modes.ts';
import type { CliCommand } from '../cli-command.ts';
import type { SimulateOptions } from '../commands/simulate.ts';

/** `countersign simulate`: what a candidate folder would have ruled on past actions. */
export function simulateUsage(program: CliCommand): void {
  program
    .command('simulate')
    .description(
      'rule again on past actions by a candidate folder, and compare (COUNTERSIGN_DATABASE_URL, of an auditor); activates nothing',
    )
    .option('--installation <folder>', 'the candidate')
    .option(
      '--active <folder>',
      'the folder that is in force (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--since <time>', 'from when on: 90d, 12h, or a time such as 2026-09-01T00:00Z', '90d')
    .addOption(
      new Option(
        '--mode <mode>',
        'only actions that had or would have this mode; the others are not counted',
      ).choices(ANSWER_MODES),
    )
    .option('--shadow', 'what a candidate said in production, beside each ruling (COUNTERSIGN_SHADOW)')
    .option('--html <file>', 'write the report as a page too')
    .option('--read <file>', 'print a result of --json again, and say whether the rules changed since')
    .addHelpText(
      'after',
      '\nExit status: 0 nothing is looser, 4 something is, 5 nothing is as far as that is known; 1 the candidate is faulty, or the result of --read is stale.',
    )
    .action(async (options: SimulateOptions, command: CliCommand) => {
      const { simulate } = await import('../commands/simulate.ts');
      await simulate(command, options);
    });
}
