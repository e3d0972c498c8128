import { z } from 'zod';
import type { Action, Proposal } from '../domain/action.ts';
import type { Delivery } from '../domain/escalation.ts';
import type { Impact } from '../domain/impact.ts';
import { type LedgerEntry, runOf } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Vote } from '../domain/requirement.ts';
import type { Ruling } from '../domain/ruling.ts';
import { type ActionState, NOTHING_YET } from '../domain/state.ts';
import { actionWorkflowId } from './ids.ts';

/** What Countersign wrote itself and the chain of hashes covers: only that it is there is looked at. */
const written = <T extends object>() =>
  z.custom<T>((value) => typeof value === 'object' && value !== null, 'is missing');

const ruledBody = z.object({
  proposal: written<Proposal>(),
  action: written<Action>(),
  impact: written<Impact>(),
  ruling: written<Ruling>(),
});
const admittedBody = z.object({ votes: written<Vote[]>() });
const closedBody = z.object({
  outcome: written<Outcome>(),
  record: written<Omit<ActionState, 'workflowId' | 'runId' | 'proposal' | 'status'>>(),
});
const toldBody = z.object({ deliveries: written<Delivery[]>() });

/**
 * What the ledger has of an action, for when its workflow is not kept any more. Undefined where it was never ruled on, or by
 * a version that did not record the proposal.
 *
 * @param entries all about the action, in their order
 */
export function recordedState(entries: readonly LedgerEntry[]): ActionState | undefined {
  const last = entries.findLast(({ kind }) => kind === 'ruled');
  const ruled = ruledBody.safeParse(last?.body).data;
  if (!last || !ruled) return undefined;
  const runId = runOf(last);
  const inRun = entries.filter((entry) => runOf(entry) === runId);
  const bodyOf = (wanted: LedgerEntry['kind']) => inRun.findLast(({ kind }) => kind === wanted)?.body;
  const admitted = admittedBody.safeParse(bodyOf('admitted')).data;
  const closed = closedBody.safeParse(bodyOf('closed')).data;
  const told = toldBody.safeParse(bodyOf('told')).data;
  return {
    ...{ workflowId: actionWorkflowId(last.actionId), runId, ...ruled },
    ...{ ...NOTHING_YET, votes: admitted?.votes ?? [] },
    ...closed?.record,
    ...(closed
      ? {
          status: 'closed',
          outcome: closed.outcome,
          deliveries: [...closed.record.deliveries, ...(told?.deliveries ?? [])],
        }
      : { status: admitted ? 'executing' : 'waiting' }),
  };
}
