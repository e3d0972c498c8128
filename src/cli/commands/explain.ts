import type { Countersign } from '../../client/index.ts';
import { ActionNotFound } from '../../contract/errors.ts';
import { recordedState } from '../../contract/recorded-state.ts';
import { explain } from '../../domain/explanation/explanation.ts';
import { whatWasErased } from '../../domain/ledger/erasure.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { connected } from '../connected.ts';
import { mermaidOf } from '../mermaid.ts';
import { print } from '../print.ts';
import { stateWithAftermath } from '../state-with-aftermath.ts';
import { explanationText, standing } from '../text.ts';

/** Explains why an action was allowed or stopped. @param mermaid as a flowchart */
export const explainAction = (command: CliCommand, id: string, mermaid: boolean) =>
  connected(command, async (countersign) => {
    const state = await stateOf(countersign, id, command.io.env.COUNTERSIGN_DATABASE_URL);
    const explanation = explain(state);
    if (mermaid) print(command, { mermaid: mermaidOf(state) }, () => mermaidOf(state));
    else print(command, explanation, () => explanationText(explanation, standing(state)));
  });

/** The state of an action, from its workflow, or from the ledger once Temporal no longer keeps the workflow. */
async function stateOf(countersign: Countersign, id: string, url: string | undefined): Promise<ActionState> {
  try {
    return await answered(countersign, () => stateWithAftermath(countersign, id));
  } catch (error) {
    if (!(error instanceof ActionNotFound) || !url) throw error;
    const { readLedger } = await import('../../adapters/postgres/ledger.ts');
    const entries = await readLedger(url, id);
    const state = recordedState(entries);
    const erased = whatWasErased(entries);
    if (!state && erased !== undefined)
      throw new ActionNotFound(`what ${id} was cannot be explained any more: ${erased}`);
    if (!state) throw error;
    return state;
  }
}
