import type { Command } from 'commander';
import { explain } from '../../domain/explanation.ts';
import { answered } from '../answered.ts';
import { connected } from '../connected.ts';
import { mermaidOf } from '../mermaid.ts';
import { print } from '../print.ts';
import { explanationText, standing } from '../text.ts';

/** `countersign explain`: who approved the authority, what limited it, how the decision was reached. */
export function explainCommand(program: Command): void {
  program
    .command('explain')
    .description(
      'say why an action was let do what it did: who approved it, what limited it, how it was decided',
    )
    .argument('<action>', 'action id')
    .option('--mermaid', 'draw the way of the decision as a Mermaid flowchart')
    .action(async (id: string, { mermaid }: { mermaid?: boolean }, command: Command) =>
      connected(command, async (countersign) => {
        const state = await answered(countersign, () => countersign.action(id).state());
        const explanation = explain(state);
        if (mermaid) print(command, { mermaid: mermaidOf(state) }, () => mermaidOf(state));
        else print(command, explanation, () => explanationText(explanation, standing(state)));
      }),
    );
}
