import type { CliCommand } from '../cli-command.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign take-back` and `countersign release`: what becomes of an action whose workflow was ended from outside. */
export function lostUsage(program: CliCommand): void {
  signing(program.command('take-back'))
    .description('take back what a lost action did, by the rollback that was approved with it')
    .argument('<action>', 'action id: "countersign list --status lost" has those that are lost')
    .action(async (actionId: string, options: Signing, command: CliCommand) => {
      const { endLost } = await import('../commands/lost.ts');
      await endLost(command, 'takeBack', actionId, options);
    });

  signing(program.command('release'))
    .description('leave what a lost action did as it is, and give its target free')
    .argument('<action>', 'action id')
    .action(async (actionId: string, options: Signing, command: CliCommand) => {
      const { endLost } = await import('../commands/lost.ts');
      await endLost(command, 'release', actionId, options);
    });
}
