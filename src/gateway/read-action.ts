import { ActionNotFound } from '../contract/errors.ts';
import { recordedState } from '../contract/recorded-state.ts';
import type { ActionState } from '../domain/state.ts';
import type { GatewayDeps } from './deps.ts';

type Readers = Pick<GatewayDeps, 'countersign' | 'ledger'>;

/** Where an action was read from: its workflow, or the ledger once Temporal keeps it no more. */
export interface ReadAction {
  readonly from: 'workflow' | 'ledger';
  readonly state: ActionState;
}

/** @throws ActionNotFound when neither knows it */
export async function readAction({ countersign, ledger }: Readers, actionId: string): Promise<ReadAction> {
  try {
    return { from: 'workflow', state: await countersign.action(actionId).state() };
  } catch (error) {
    if (!(error instanceof ActionNotFound)) throw error;
    const state = recordedState(await ledger.entriesOf(actionId));
    if (!state) throw error;
    return { from: 'ledger', state };
  }
}
