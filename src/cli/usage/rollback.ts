import type { CliCommand } from '../cli-command.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign rollback`: what succeeded is to be taken back. */
export function rollbackUsage(program: CliCommand): void {
  signing(program.command('rollback'))
    .description('ask to have an action taken back that succeeded: a new action, which other people approve')
    .argument('<action>', 'action id')
    .action(async (actionId: string, options: Signing, command: CliCommand) => {
      const { rollback } = await import('../commands/rollback.ts');
      await rollback(command, actionId, options);
    });
}
