import type { CliCommand } from '../cli-command.ts';

/** `countersign cancel`: the side that asked withdraws its request, for whoever may reach Temporal. */
export function cancelUsage(program: CliCommand): void {
  program
    .command('cancel')
    .description(
      'withdraw a request, at any time until it has ended: what of it already stands is taken back',
    )
    .argument('<action>', 'action id')
    .option('--yes', 'do not ask again')
    .action(async (id: string, { yes }: { yes?: boolean }, command: CliCommand) => {
      const { cancel } = await import('../commands/cancel.ts');
      await cancel(command, id, yes ?? false);
    });
}
