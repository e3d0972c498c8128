import type { CliCommand } from '../cli-command.ts';

/** `countersign advise`: which questions people could be spared, and which are missing. */
export function adviseUsage(program: CliCommand): void {
  program
    .command('advise')
    .description(
      'show what people approved without a look, and what ran alone and was regretted; changes nothing',
    )
    .option('--days <days>', 'how far back to look', '30')
    .action(async ({ days }: { days: string }, command: CliCommand) => {
      const { showAdvice } = await import('../commands/advise.ts');
      await showAdvice(command, days);
    });
}
