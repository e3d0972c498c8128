import type { CliCommand } from '../cli-command.ts';

/** `countersign verdict`: what was measured after an action, and the verdict worked out again from the ledger. */
export function verdictUsage(program: CliCommand): void {
  program
    .command('verdict')
    .description('show what was measured after an action, and what each look at it found')
    .argument('<action>', 'action id')
    .option('--recompute', 'work the verdict out again from the numbers in the ledger, and say what differs')
    .action(async (id: string, { recompute }: { recompute?: boolean }, command: CliCommand) => {
      const { showVerdict } = await import('../commands/verdict.ts');
      await showVerdict(command, id, recompute ?? false);
    });
}
