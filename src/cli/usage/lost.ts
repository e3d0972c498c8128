import type { CliCommand } from '../cli-command.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign take-back` and `countersign release`: what becomes of an action whose workflow was ended from outside. */
export function lostUsage(program: CliCommand): void {
  signing(program.command('take-back'))
    .description('roll back a lost action, with the rollback that was approved with it')
    .argument('<action>', 'action id, from "countersign list --status lost"')
    .action(async (actionId: string, options: Signing, command: CliCommand) => {
      const { endLost } = await import('../commands/lost.ts');
      await endLost(command, 'takeBack', actionId, options);
    });

  signing(program.command('release'))
    .description('keep the effect of a lost action, and release its target')
    .argument('<action>', 'action id')
    .action(async (actionId: string, options: Signing, command: CliCommand) => {
      const { endLost } = await import('../commands/lost.ts');
      await endLost(command, 'release', actionId, options);
    });
}
