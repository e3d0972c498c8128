import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import type { Proposal } from '../domain/action/action.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import type { Closed } from '../domain/record/action-state.ts';
import { MOST_ROUNDS } from '../domain/record/conclusion.ts';
import { CANCELLED } from '../domain/record/why-taken-back.ts';
import type { Runnable } from '../domain/ruling/ruling.ts';
import { faultsText } from '../domain/shared/json.ts';
import { ActionRecord } from './action-record.ts';
import * as activities from './activities.ts';
import { admit } from './admit.ts';
import { close } from './close.ts';
import { execute } from './execute-and-roll-back.ts';
import { gate } from './gate.ts';
import { listenToPeople } from './listen-to-people.ts';
import { tell } from './notify.ts';
import { withPreview } from './preview.ts';
import { askAgain, recordRevoked } from './re-approval.ts';
import { takeBack } from './take-back.ts';
import { watch } from './watch.ts';
import type { Drifted, Revised } from './why-asked-again.ts';

/**
 * Governs one action in these steps: assess and rule, gate, admit, execute, watch, roll back, close. There is one workflow per
 * action, with the id `action/<actionId>`. The workflow fails only with `ProposalRefused`; every other end is an outcome.
 */
export async function governAction(proposal: Proposal): Promise<Closed> {
  const record = new ActionRecord(proposal);
  listenToPeople(record);
  await CancellationScope.nonCancellable(() => rule(record, proposal));
  const reachedOutcome = await untilOutcome(record);
  const outcome = await CancellationScope.nonCancellable(async () => {
    const outcome = await close(record, reachedOutcome);
    await condition(allHandlersFinished);
    return outcome;
  });
  return { actionId: record.known.action.id, outcome };
}

/** Resolves, assesses and rules on the proposal, and admits the action where it may run at once. Throws `ProposalRefused` with every fault when the proposal cannot be governed. */
async function rule(record: ActionRecord, proposal: Proposal): Promise<void> {
  const { flow, ruled, admission } = await withPreview(proposal, (unpreviewed) =>
    activities.begin({ proposal, unpreviewed }),
  );
  record.flow = flow;
  if (ruled.kind === 'ruled') {
    record.admission = admission;
    return record.rule(ruled);
  }
  const failure = ApplicationFailure.create({
    type: 'ProposalRefused',
    message: faultsText(ruled.faults),
    nonRetryable: true,
    details: [ruled.faults],
  });
  record.refuse(failure);
  await condition(allHandlersFinished);
  throw failure;
}

/** Runs the action until it has an outcome. A cancellation or a revocation stops the action at any step. */
async function untilOutcome(record: ActionRecord): Promise<Outcome> {
  try {
    return await record.scope.run(() => inRounds(record));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return CancellationScope.nonCancellable(() => endStopped(record));
  }
}

async function inRounds(record: ActionRecord): Promise<Outcome> {
  for (let drifts = 0; ; ) {
    const { ruling } = record.known;
    if (ruling.kind === 'forbid') return { kind: ruling.outcome, reason: ruling.reasons.join('; ') };
    if (ruling.mode === 'recommend') return await recommend(record);
    const end = await governOnce(record, ruling);
    if (end.kind !== 'drifted' && end.kind !== 'revised') return end;
    if (end.kind === 'drifted') drifts += 1;
    if (drifts === MOST_ROUNDS) return { kind: 'deniedByPolicy', reason: 'it keeps getting worse' };
    await CancellationScope.nonCancellable(() => askAgain(record, end));
  }
}

async function governOnce(record: ActionRecord, ruling: Runnable): Promise<Outcome | Drifted | Revised> {
  const gateResult = ruling.mode === 'execute' ? undefined : await gate(record, ruling);
  if (gateResult) return gateResult;
  const admission = await admit(record, ruling);
  if (admission.kind === 'outcome') return admission.outcome;
  if (admission.kind === 'drifted') return admission;
  stopIfCancelled();
  const effect = await execute(record);
  if (effect.kind === 'outcome') return effect.outcome;
  const verdict = effect.kind === 'done' ? await watch(record) : effect.verdict;
  record.add({ verdict });
  if (verdict.kind !== 'healthy')
    return takeBack(record, record.room === 'none' ? 'noRoom' : 'notHealthy', verdict.reason);
  stopIfCancelled();
  return { kind: 'succeeded', reason: verdict.reason };
}

/** Ends the action here if it was cancelled while a step ran that could not be cancelled. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled in the meantime');
}

/** Tells the owners what the agent recommends: at tier 4 people act themselves. */
async function recommend(record: ActionRecord): Promise<Outcome> {
  await tell(record, { kind: 'recommended' }, { by: 'mail', whom: 'owners' });
  return { kind: 'recommended', reason: 'people decide and act themselves at this tier' };
}

/** The outcome of a cancelled or revoked action. An effect that already stands in production is rolled back first. */
async function endStopped(record: ActionRecord): Promise<Outcome> {
  const { revocation, receipt, rollback } = record.state;
  const kind = revocation ? 'revoked' : 'cancelled';
  const why = revocation ? `${revocation.by} revoked it: ${revocation.reason}` : CANCELLED;
  if (revocation) await recordRevoked(record, revocation);
  if (!receipt || rollback) return { kind, reason: why };
  const rollbackOutcome = await takeBack(record, 'stopped', why);
  return rollbackOutcome.kind === 'rolledBack' ? { kind, reason: why } : rollbackOutcome;
}
