import { whatWasErased } from '../domain/ledger/erasure.ts';
import { type ReadEntry, runOf } from '../domain/ledger/ledger.ts';
import { type ActionState, NOTHING_YET } from '../domain/record/action-state.ts';
import { lastOnRecord, type OnRecord } from '../domain/record/on-record.ts';
import { reportsIn } from '../domain/record/report.ts';
import { takeBacksIn } from '../domain/record/take-back.ts';
import { keepDeadlineOf } from '../domain/record/watch-on-record.ts';
import { actionWorkflowId } from './ids.ts';

type Kept = Partial<Omit<ActionState, 'workflowId' | 'runId' | 'proposal' | 'status'>>;

/**
 * Returns the state of an action from the ledger, for the time when Temporal no longer keeps its workflow. Undefined when it was never
 * ruled on, or was ruled on by a version that did not record the proposal.
 *
 * @param entries all entries about the action, in their order
 */
export function recordedState(entries: readonly ReadEntry[]): ActionState | undefined {
  const record = lastOnRecord(entries[0]?.actionId ?? '', entries);
  if (!record?.ruled) return undefined;
  const { actionId, runId, ruled, settled, admitted, closed, told } = record;
  const { proposal, action, impact, ruling, findings, background } = ruled;
  const erased = whatWasErased(entries);
  const ruledState = {
    ...NOTHING_YET,
    workflowId: actionWorkflowId(actionId),
    runId,
    proposal,
    action,
    impact,
    ruling,
    ...(findings ? { findings } : {}),
    ...(background ? { background } : {}),
    earlierRounds: record.earlier,
    edits: record.edits.map(({ by, reason, at, digestBefore }) => ({ by, reason, at, digestBefore })),
    revision: record.edits.length + 1,
    votes: settled?.votes ?? admitted?.votes ?? [],
    settlement: settled?.settlement,
    deliveries: told,
    ...(record.reconciled.length > 0
      ? { reconciled: record.reconciled.map(({ found, summary, at }) => ({ found, summary, at })) }
      : {}),
    ...(erased === undefined ? {} : { erased }),
  };
  if (!closed) return { ...ruledState, status: record.endErased ? 'closed' : statusOf(record) };
  const keptState = keptIn(closed.record);
  const keptDeliveries = keptState.deliveries ?? [];
  const since = told.filter(
    ({ step, by }) => !keptDeliveries.some((delivery) => delivery.step === step && delivery.by === by),
  );
  const ofRun = entries.filter((entry) => runOf(entry) === runId);
  const reports = reportsIn(ofRun);
  const takeBacks = takeBacksIn(ofRun);
  return {
    ...ruledState,
    ...keptState,
    status: 'closed',
    outcome: closed.outcome,
    deliveries: [...keptDeliveries, ...since],
    ...(reports.length === 0 ? {} : { reports }),
    ...(takeBacks.length === 0 ? {} : { takeBacks }),
  };
}

/** Leaves out a member that should be a list and is not: its reader would fail. */
function keptIn(record: Kept): Kept {
  const lists = Object.entries(NOTHING_YET).flatMap(([name, empty]) => (Array.isArray(empty) ? name : []));
  return Object.fromEntries(
    Object.entries(record).filter(([name, value]) => !lists.includes(name) || Array.isArray(value)),
  );
}

function statusOf(record: OnRecord): ActionState['status'] {
  const { settled, admitted, executed, takingBack, lost } = record;
  if (lost) return 'lost';
  if (takingBack) return 'rollingBack';
  if (executed?.kind === 'done') return keepDeadlineOf(record) === undefined ? 'watching' : 'undecided';
  if (admitted) return 'executing';
  return settled ? 'admitting' : 'waiting';
}
