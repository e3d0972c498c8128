import type { CliCommand } from '../cli-command.ts';
import type { PracticeOptions } from '../commands/practice.ts';
import { wholeNumber } from '../whole-number.ts';

/** `countersign practice`: an inbox for practice, in which nothing can run. */
export function practiceUsage(program: CliCommand): void {
  program
    .command('practice')
    .description('open an inbox for practice, with good and bad requests; nothing in it can run')
    .option('--cases <folder>', 'your own cases, instead of those that ship')
    .option('--installation <folder>', 'the folder that rules on them; default: the one that a case names')
    .option(
      '--recorded [count]',
      'add so many requests of the ledger (COUNTERSIGN_DATABASE_URL, of an auditor); default: 6',
      wholeNumber,
    )
    .option('--since <time>', 'from when on these are: 90d, 12h, or a time such as 2026-09-01T00:00Z', '90d')
    .option('--listen <address>', 'host:port; port 0 is any free one', '127.0.0.1:0')
    .action(async (options: PracticeOptions, command: CliCommand) => {
      const { practice } = await import('../commands/practice.ts');
      await practice(command, options);
    });
}
