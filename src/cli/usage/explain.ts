import type { CliCommand } from '../cli-command.ts';

/** `countersign explain`: who approved the authority, what limited it, how the decision was reached. */
export function explainUsage(program: CliCommand): void {
  program
    .command('explain')
    .description(
      'say why an action was let do what it did: who approved it, what limited it, how it was decided',
    )
    .argument('<action>', 'action id')
    .option('--mermaid', 'draw the way of the decision as a Mermaid flowchart')
    .action(async (id: string, { mermaid }: { mermaid?: boolean }, command: CliCommand) => {
      const { explainAction } = await import('../commands/explain.ts');
      await explainAction(command, id, mermaid ?? false);
    });
}
