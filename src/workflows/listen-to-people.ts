import { CancellationScope } from '@temporalio/workflow';
import { type Refused, refuse } from '../domain/approval/refusal.ts';
import { decided } from '../domain/approval/settlement.ts';
import { hearStatement, type StatementHeard } from '../domain/record/hear-statement.ts';
import { faultsText } from '../domain/shared/json.ts';
import type { ActionRecord } from './action-record.ts';
import { record as recordActivity, revise } from './activities.ts';
import { reasonOf } from './activity-error.ts';
import { hearDecision, type Listener, listenToDecisions, withRefused } from './decisions.ts';
import { holdRoute } from './follow-route.ts';
import { tell } from './notify.ts';

/** Hears people from now on. A signal that arrived before is heard at once. */
export const listenToPeople = (record: ActionRecord): void => listenToDecisions(listenerOn(record));

/** Hears what people handed in beside the workflow. @param jws the signed statement */
export const hearHandedIn = (record: ActionRecord, jws: string): Promise<void> =>
  hearDecision(listenerOn(record), { jws });

const listenerOn = (record: ActionRecord): Listener<StatementHeard> => ({
  question: () => record.asked,
  votes: () => record.state.votes,
  judge: (decision) =>
    hearStatement(record.asked, record.state, record.editing || record.extending, decision, Date.now()),
  carryOut: (heardStatement) => carryOut(record, heardStatement),
  remember: (decision) =>
    record.add({ refusedDecisions: withRefused(record.state.refusedDecisions, decision) }),
});

async function carryOut(record: ActionRecord, heardStatement: StatementHeard): Promise<Refused | undefined> {
  const { jws, changes, next } = heardStatement;
  if (next === 'lookAtEdit') {
    const refusal = await lookAtEdit(record, heardStatement);
    if (refusal) return refusal;
  }
  if (next === 'recordFirst') {
    const refusal = await recordFirst(record, jws);
    if (refusal) return refusal;
  }
  record.statements = [...record.statements, jws];
  record.add(changes);
  switch (next) {
    case 'recordVote':
      record.record(jws);
      break;
    case 'tellQuestion':
      record.record(jws);
      record.inBackground(tell(record, { kind: 'questionAsked', jws }, { by: 'mail', whom: 'requester' }));
      break;
    case 'holdRoute':
      holdRoute(record);
      break;
    case 'stop':
      record.scope.cancel();
      break;
    case 'recordFirst':
    case 'lookAtEdit':
    case 'nothing':
  }
  return undefined;
}

/**
 * Checks an edit and takes it as the next revision. An activity first finds out what would run, and until then the action stays as
 * it is. A decision that is made meanwhile wins, and a refused edit changes nothing.
 */
async function lookAtEdit(
  record: ActionRecord,
  { digest, jws }: StatementHeard,
): Promise<Refused | undefined> {
  record.editing = true;
  try {
    // A cancellation ends the action in its own way. It must not end a message's handler, and with the handler the workflow.
    const editCheck = await CancellationScope.nonCancellable(() => revise(jws));
    if (editCheck.kind === 'refused')
      return refuse(
        'editRefused',
        `the edit is refused, nothing is changed: ${faultsText(editCheck.faults)}`,
      );
  } finally {
    record.editing = false;
  }
  if (!isOpen(record, digest))
    return refuse('notOpen', 'it was decided, or changed, while the edit was looked at');
  record.revised = jws;
  return undefined;
}

/**
 * Records an extension before it counts: the checks that follow rest on it. Where the ledger does not answer while people are asked, it does not
 * count: an effect of which nothing is known does not wait for our own database.
 */
async function recordFirst(record: ActionRecord, jws: string): Promise<Refused | undefined> {
  const { deadline = 0 } = record.state;
  record.extending = true;
  try {
    const scheduleToCloseTimeout = Math.max(1, deadline - Date.now());
    await CancellationScope.nonCancellable(() =>
      recordActivity.executeWithOptions({ scheduleToCloseTimeout }, [jws]),
    );
    return undefined;
  } catch (error) {
    return refuse('notOpen', `its watch is not extended: ${reasonOf(error)}`);
  } finally {
    record.extending = false;
  }
}

/** Whether people are still asked about this digest, and nobody decided in the meantime. */
function isOpen({ asked, state }: ActionRecord, digest: string): boolean {
  if (asked?.digest !== digest || !asked.takes.includes('edit') || Date.now() >= asked.deadline) return false;
  return decided(asked.requirement, state.votes, state.breakGlass) === undefined;
}
