import type { Command } from 'commander';
import { readLedger } from '../../adapters/postgres/ledger.ts';
import type { Countersign } from '../../client/index.ts';
import { ActionNotFound } from '../../contract/errors.ts';
import { recordedState } from '../../contract/recorded-state.ts';
import { explain } from '../../domain/explanation/explanation.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
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
      'explain a decision: who approved the authority, what limited it, and how the decision was reached',
    )
    .argument('<action>', 'action id')
    .option('--mermaid', 'draw how the decision was reached, as a Mermaid flowchart')
    .action(async (id: string, { mermaid }: { mermaid?: boolean }, command: Command) =>
      connected(command, async (countersign) => {
        const state = await stateOf(countersign, id);
        const explanation = explain(state);
        if (mermaid) print(command, { mermaid: mermaidOf(state) }, () => mermaidOf(state));
        else print(command, explanation, () => explanationText(explanation, standing(state)));
      }),
    );
}

/** From the workflow, or from the ledger once Temporal has not kept it. */
async function stateOf(countersign: Countersign, id: string): Promise<ActionState> {
  try {
    return await answered(countersign, () => countersign.action(id).state());
  } catch (error) {
    const url = process.env.COUNTERSIGN_DATABASE_URL;
    if (!(error instanceof ActionNotFound) || !url) throw error;
    const state = recordedState(await readLedger(url, id));
    if (!state) throw error;
    return state;
  }
}
