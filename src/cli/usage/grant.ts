import { Option } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Granted } from '../commands/grant.ts';
import { signing } from '../signing-options.ts';

/** `countersign grant`: shows an agent's record, and signs the level that a person gives it. */
export function grantUsage(program: CliCommand): void {
  signing(program.command('grant'))
    .description('give an agent a level for one action type on services of one tier')
    .requiredOption('--agent <agent>', 'its name in the catalog')
    .requiredOption('--agent-version <version>', 'the version in its proposals')
    .option('--model <model>', 'the model, if its proposals name one')
    .option('--prompt-digest <sha256>', 'the digest of its prompt, if its proposals name one')
    .requiredOption('--action-type <type>', 'such as cache.flush')
    .addOption(
      new Option('--service-tier <tier>', '1 is the most critical')
        .choices(['1', '2', '3', '4'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--level <level>', 'recommend only, approval always, a window, at once')
        .choices(['0', '1', '2', '3'])
        .makeOptionMandatory(),
    )
    .option('--yes', 'do not ask again')
    .action(async (options: Granted, command: CliCommand) => {
      const { grant } = await import('../commands/grant.ts');
      await grant(command, options);
    });
}
