import type { CliCommand } from '../cli-command.ts';

/** `countersign show`: the present state of an action or a review. `countersign explain` says the reasons. */
export function showUsage(program: CliCommand): void {
  program
    .command('show')
    .description('show what an action, or a review ("review/<action>"), is and where it stands')
    .argument('<action>', 'action id')
    .action(async (id: string, _options: object, command: CliCommand) => {
      const { show } = await import('../commands/show.ts');
      await show(command, id);
    });
}
