import type { ReadEntry } from '../domain/ledger/ledger.ts';
import { type OnRecord, onRecord } from '../domain/record/on-record.ts';
import { failure } from './failure.ts';
import type { Ledger } from './ports/ledger.ts';

/**
 * In which run of which workflow an activity runs. The Temporal server says so, not the workflow: whoever has a worker of their
 * own can name a workflow as they like, and still is in the run that they are in.
 */
export interface ActivityStep {
  readonly workflowId: string;
  readonly runId: string;
  /** By the server's clock, when this attempt was scheduled: milliseconds since the epoch. */
  readonly at: number;
  /** Names this attempt, as no other. */
  readonly attempt: string;
}

export interface StepDeps {
  /** Throws outside of a workflow's activity. */
  readonly step: () => ActivityStep;
  readonly ledger: Ledger;
}

/** Where an activity stands, with what is on record of its action. */
export interface Case extends ActivityStep {
  readonly actionId: string;
  readonly record: OnRecord;
  /** All about the action, of any run. */
  readonly entries: readonly ReadEntry[];
}

/** @throws ApplicationFailure `NotOnRecord` when it is no step of such a workflow */
export async function caseOf(
  { step, ledger }: StepDeps,
  kind: 'action' | 'review' = 'action',
): Promise<Case> {
  const here = step();
  const actionId = idIn(here.workflowId, kind);
  const entries = await ledger.entriesOf(actionId);
  return { ...here, actionId, entries, record: onRecord(actionId, here.runId, entries) };
}

/** The action that a workflow is about, by its id: `action/<actionId>` or `review/<actionId>`. */
export function idIn(workflowId: string, kind: 'action' | 'review'): string {
  const prefix = `${kind}/`;
  if (workflowId.startsWith(prefix)) return workflowId.slice(prefix.length);
  throw notOnRecord(`the workflow ${workflowId} is about no ${kind}: its id does not begin with ${prefix}`);
}

/** What was asked of an activity does not follow from what the ledger holds. Repeating it is pointless. */
export const notOnRecord = (reason: string) => failure('NotOnRecord', reason);

/** Nothing was ruled on in this run. After a reset behind its ruling an action cannot go on: it would rest on what another run was told. */
export const unruled = ({ entries }: Pick<Case, 'entries'>) =>
  notOnRecord(
    entries.some(({ kind }) => kind === 'ruled')
      ? 'it was ruled on in another run, before a reset: reset it to its first workflow task, or propose it anew'
      : 'it is not ruled on',
  );
