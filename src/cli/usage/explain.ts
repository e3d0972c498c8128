import type { CliCommand } from '../cli-command.ts';

/** `countersign explain`: who approved the authority, what limited it, how the decision was reached. */
export function explainUsage(program: CliCommand): void {
  program
    .command('explain')
    .description(
      'explain a decision: who approved the authority, what limited it, and how the decision was reached',
    )
    .argument('<action>', 'action id')
    .option('--mermaid', 'draw how the decision was reached, as a Mermaid flowchart')
    .action(async (id: string, { mermaid }: { mermaid?: boolean }, command: CliCommand) => {
      const { explainAction } = await import('../commands/explain.ts');
      await explainAction(command, id, mermaid ?? false);
    });
}
