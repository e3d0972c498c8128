import type { CliCommand } from '../cli-command.ts';
import type { Scopes } from '../commands/hold.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign hold`: stops what agents do, at once; `hold lift` and `hold list`. */
export function holdUsage(program: CliCommand): void {
  const hold = signing(program.command('hold'))
    .description('stop actions, also approved ones, until a person with the right lifts the hold')
    .option('--everything', 'all actions')
    .option('--agent <agent>', 'actions of this agent')
    .option('--action-type <type>', 'actions of this type')
    .option('--service <service>', 'actions on this service')
    .option('--environment <environment>', 'with --service: only in this environment')
    .action(async (options: Scopes & Signing, command: CliCommand) => {
      const { hold } = await import('../commands/hold.ts');
      await hold(command, options);
    });

  signing(hold.command('lift'))
    .description('end a hold')
    .argument('<hold>', 'its id, from "countersign hold list"')
    .action(async (holdId: string, _options: Signing, command: CliCommand) => {
      const { liftHold } = await import('../commands/hold.ts');
      // "hold" has the same options, and Commander gives it the options that are written behind "lift" too.
      await liftHold(command, holdId, command.optsWithGlobals<Signing>());
    });

  hold
    .command('list')
    .description('list what is on hold, oldest first')
    .action(async (_options: object, command: CliCommand) => {
      const { listHolds } = await import('../commands/hold.ts');
      await listHolds(command);
    });
}
