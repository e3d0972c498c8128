import type { CliCommand } from '../cli-command.ts';

/** `countersign cancel`: the requester's side cancels its request. Anybody who can reach Temporal may run it. */
export function cancelUsage(program: CliCommand): void {
  program
    .command('cancel')
    .description(
      'cancel a request at any time until the action has ended; what stands in production is taken back',
    )
    .argument('<action>', 'action id')
    .option('--yes', 'do not ask again')
    .action(async (id: string, { yes }: { yes?: boolean }, command: CliCommand) => {
      const { cancel } = await import('../commands/cancel.ts');
      await cancel(command, id, yes ?? false);
    });
}
