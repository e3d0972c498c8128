import type { CliCommand } from '../cli-command.ts';
import type { ReplayOptions } from '../commands/replay.ts';

/** `countersign replay`: another build of an agent is asked what was asked before. */
export function replayUsage(program: CliCommand): void {
  program
    .command('replay')
    .description(
      'ask another build of an agent what was asked before, and compare (COUNTERSIGN_DATABASE_URL, of an auditor); executes nothing',
    )
    .requiredOption(
      '--agent <program>',
      'the build: a program that reads one situation on its standard input, and answers on its standard output',
    )
    .option('--only <agent>', 'only what this agent was asked, by its name in the catalog')
    .option('--since <time>', 'from when on: 30d, 12h, or a time such as 2026-09-01T00:00Z', '30d')
    .option('--context-key <file>', 'the key of the contexts, from "countersign context key"')
    .option('--build <name>', 'a name for the build; else the digest of the program')
    .option('--timeout <time>', 'how long it may take for one situation', '60s')
    .option('--pass <variable...>', 'environment variables that it gets, besides PATH')
    .option(
      '--active <folder>',
      'the folder that is in force (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--html <file>', 'write the report as a page too')
    .addHelpText(
      'after',
      '\nExit status: 0 the build is not worse than what was done, 4 it is worse, 5 it is not as far as that is known; 1 the folder is faulty.',
    )
    .action(async (options: ReplayOptions, command: CliCommand) => {
      const { replay } = await import('../commands/replay.ts');
      await replay(command, options);
    });
}
