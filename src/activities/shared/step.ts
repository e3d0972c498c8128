import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import { type OnRecord, onRecord } from '../../domain/record/on-record.ts';
import type { Ledger } from '../ports/ledger.ts';
import { failure } from './failure.ts';

/**
 * The workflow and run that an activity runs in. The Temporal server says so, not the workflow: a person with a worker of their own
 * can give a workflow any name, but cannot change the run that it is in.
 */
export interface ActivityStep {
  readonly workflowId: string;
  readonly runId: string;
  /** When the server scheduled this attempt, by its clock: milliseconds since the epoch. */
  readonly at: number;
  /** Names this attempt; no other attempt has the same name. */
  readonly attempt: string;
}

export interface StepDeps {
  /** Returns where the running activity stands. Throws outside of a workflow's activity. */
  readonly step: () => ActivityStep;
  readonly ledger: Ledger;
}

/** Where an activity stands, with the record of its action. */
export interface Case extends ActivityStep {
  readonly actionId: string;
  readonly record: OnRecord;
  /** All entries about the action, of any run. */
  readonly entries: readonly ReadEntry[];
}

/** The case of the step that runs now. @throws ApplicationFailure `NotOnRecord` when the workflow is not of that kind */
export async function caseOf(
  { step, ledger }: StepDeps,
  kind: 'action' | 'review' = 'action',
): Promise<Case> {
  const activityStep = step();
  const actionId = idIn(activityStep.workflowId, kind);
  const entries = await ledger.entriesOf(actionId);
  return { ...activityStep, actionId, entries, record: onRecord(actionId, activityStep.runId, entries) };
}

/**
 * The id of the action that a workflow is about, from `action/<actionId>` or `review/<actionId>`. Throws `NotOnRecord` for any
 * other id.
 */
export function idIn(workflowId: string, kind: 'action' | 'review'): string {
  const prefix = `${kind}/`;
  if (workflowId.startsWith(prefix)) return workflowId.slice(prefix.length);
  throw notOnRecord(`the workflow ${workflowId} is about no ${kind}: its id does not begin with ${prefix}`);
}

/** The failure for a request that does not follow from what the ledger holds. Repeating the request is pointless. */
export const notOnRecord = (reason: string) => failure('NotOnRecord', reason);

/**
 * The failure for an action that was not ruled on in this run. An action that was reset to a point after its ruling cannot go on:
 * it would rest on what another run was told.
 */
export const unruled = ({ entries }: Pick<Case, 'entries'>) =>
  notOnRecord(
    entries.some(({ kind }) => kind === 'ruled')
      ? 'it was ruled on in another run, before a reset: reset it to its first workflow task, or propose it anew'
      : 'it is not ruled on',
  );
