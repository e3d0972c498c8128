import type { Countersign } from '../client/index.ts';
import type { ActionState } from '../domain/record/action-state.ts';

/** The state of an action from its workflow. What people reported after it was over is in the ledger alone, so a worker is asked. */
export async function stateWithReports(countersign: Countersign, id: string): Promise<ActionState> {
  const state = await countersign.action(id).state();
  const reports = state.outcome && state.receipt ? await countersign.reports(id) : [];
  return reports.length === 0 ? state : { ...state, reports };
}
