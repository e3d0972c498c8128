import type { CliCommand } from '../cli-command.ts';
import type { Found } from '../commands/report.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign report`: what somebody found after an action was over. */
export function reportUsage(program: CliCommand): void {
  signing(program.command('report'))
    .description('report what you found after an action was over: the watch missed something, or was wrong')
    .argument('<action>', 'action id')
    .option('--regressed', 'it succeeded, and had regressed after all: its agent loses a level')
    .option('--rollback-wrong', 'it was rolled back, and nothing was wrong with it')
    .action(async (actionId: string, options: Found & Signing, command: CliCommand) => {
      const { report } = await import('../commands/report.ts');
      await report(command, actionId, options);
    });
}
