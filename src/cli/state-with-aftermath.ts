import type { Countersign } from '../client/index.ts';
import type { ActionState } from '../domain/record/action-state.ts';

/** The state of an action from its workflow. What people said after it was over is in the ledger alone, so a worker is asked. */
export async function stateWithAftermath(countersign: Countersign, id: string): Promise<ActionState> {
  const state = await countersign.action(id).state();
  if (!state.outcome) return state;
  const [reports, { asked }, erased] = await Promise.all([
    countersign.reports(id),
    countersign.takeBacks(id),
    countersign.erased(id),
  ]);
  return {
    ...state,
    ...(reports.length === 0 ? {} : { reports }),
    ...(asked.length === 0 ? {} : { takeBacks: asked }),
    ...(erased === null ? {} : { erased: `${erased}. Its history in Temporal may still hold it` }),
  };
}
