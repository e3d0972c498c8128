import type { AuditReaders } from '../domain/reports/weekly.ts';
import { actionWorkflowId } from './ids.ts';
import { recordedState } from './recorded-state.ts';
import { standingIn } from './standing.ts';

/** How reports read what the ledger says. */
export const REPORT_READERS: AuditReaders = {
  stateOf: recordedState,
  workflowIdOf: actionWorkflowId,
  standingIn: (entry) => standingIn([entry])[0],
};
