import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { actionWorkflowId } from '../contract/ids.ts';
import type { Action, Proposal } from '../domain/action.ts';
import { type Fault, faultsText } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Closed } from '../domain/state.ts';
import { ActionRecord, type Runnable } from './action-record.ts';
import * as activities from './activities.ts';
import { type Admitted, admit } from './admit.ts';
import { close } from './close.ts';
import { execute, rollBack } from './effect.ts';
import { gate, type Revised } from './gate.ts';
import { wordsOn } from './people.ts';
import { askAgain, recordRevoked } from './rounds.ts';
import { tell } from './tell.ts';
import { lookBefore, watch } from './watch.ts';

type Drifted = Extract<Admitted, { kind: 'drifted' }>;

/**
 * Governs one action: assess, rule, gate, admit, execute, watch, roll back, close. One workflow per action, id
 * `action/<actionId>`. It fails only with `ProposalRefused`; every other end is an outcome.
 */
export async function governAction(proposal: Proposal): Promise<Closed> {
  const record = new ActionRecord(proposal, wordsOn);
  await CancellationScope.nonCancellable(async () => {
    await assess(record, proposal);
    await rule(record);
  });
  const outcome = await untilOutcome(record);
  await CancellationScope.nonCancellable(async () => {
    await close(record, outcome);
    await condition(allHandlersFinished);
  });
  return { actionId: record.known.action.id, outcome };
}

async function assess(record: ActionRecord, proposal: Proposal): Promise<void> {
  const assessment = await activities.assess({
    ...{ proposal, at: Date.now(), firstRunId: workflowInfo().firstExecutionRunId },
  });
  const faults = assessment.kind === 'refused' ? assessment.faults : misplaced(record, assessment.action);
  if (assessment.kind === 'assessed' && faults.length === 0) {
    record.add({ action: assessment.action, impact: assessment.impact });
    return;
  }
  const failure = ApplicationFailure.create({
    type: 'ProposalRefused',
    message: faultsText(faults),
    nonRetryable: true,
    details: [faults],
  });
  record.refuse(failure);
  await condition(allHandlersFinished);
  throw failure;
}

/** INVARIANT 8: one action is one workflow. Two that govern the same one would both pass for the holder of its target. */
function misplaced({ workflowId }: ActionRecord, { id }: Action): Fault[] {
  const own = actionWorkflowId(id);
  return workflowId === own
    ? []
    : [{ where: 'the workflow id', problem: `is ${workflowId}; this action is governed as ${own} alone` }];
}

async function rule(record: ActionRecord, drift?: readonly string[]): Promise<void> {
  const { action, impact, runId, proposal, edits } = record.state;
  if (!action || !impact)
    throw ApplicationFailure.nonRetryable('an action is assessed before it is ruled on');
  const input = { proposal, action, impact, runId, drift, editors: edits.map(({ by }) => by) };
  record.add({ ruling: await activities.rule({ ...input, at: Date.now() }) });
}

/** Cancelled or revoked, it is stopped wherever it is. */
async function untilOutcome(record: ActionRecord): Promise<Outcome> {
  const scope = new CancellationScope();
  record.stop = () => scope.cancel();
  try {
    return await scope.run(() => inRounds(record));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return CancellationScope.nonCancellable(() => stopped(record));
  }
}

async function inRounds(record: ActionRecord): Promise<Outcome> {
  for (let drifts = 0; ; ) {
    const { ruling } = record.known;
    if (ruling.kind === 'forbid') return { kind: ruling.outcome, reason: ruling.reasons.join('; ') };
    if (ruling.mode === 'recommend') return await recommend(record);
    const end = await governed(record, ruling);
    if (end.kind !== 'drifted' && end.kind !== 'revised') return end;
    if (end.kind === 'drifted') drifts += 1;
    const { again } = end;
    if (drifts === MOST_ROUNDS) return tooUnsteady(again.drift);
    await CancellationScope.nonCancellable(() => askAgain(record, again, (why) => rule(record, why)));
  }
}

/** So often people are asked about the same action. What keeps getting worse is not for now. */
const MOST_ROUNDS = 3;

const tooUnsteady = (reasons: readonly string[]): Outcome => ({
  kind: 'deniedByPolicy',
  reason: `it was asked for ${MOST_ROUNDS} times and became worse each time, now because ${reasons.join('; ')}`,
});

async function governed(record: ActionRecord, ruling: Runnable): Promise<Outcome | Drifted | Revised> {
  const stopped = ruling.mode === 'execute' ? undefined : await gate(record, ruling);
  if (stopped) return stopped;
  const before = await lookBefore(record);
  if (before.kind === 'outcome') return before.outcome;
  const admitted = await admit(record, ruling);
  if (admitted.kind === 'outcome') return admitted.outcome;
  if (admitted.kind === 'drifted') return admitted;
  stopIfCancelled();
  const effect = await execute(record);
  if (effect.kind === 'outcome') return effect.outcome;
  const verdict = effect.kind === 'done' ? await watch(record, before.baseline) : effect.verdict;
  record.add({ verdict });
  if (verdict.kind !== 'healthy') return rollBack(record, verdict.reason);
  stopIfCancelled();
  return { kind: 'succeeded', reason: verdict.reason };
}

/** A cancellation that came while nothing could be cancelled ends the action here. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled in the meantime');
}

/** Tier 4: people act themselves; they are told what the agent recommends. */
async function recommend(record: ActionRecord): Promise<Outcome> {
  const { owners } = record.known.ruling.people;
  await tell(record, {
    by: 'mail',
    whom: 'owners',
    people: owners,
    kind: 'recommended',
    step: 'recommended',
  });
  return { kind: 'recommended', reason: 'people decide and act themselves at this tier' };
}

/** Cancelled or revoked: whatever already stands in production is taken back first. */
async function stopped(record: ActionRecord): Promise<Outcome> {
  const { revocation, receipt, rollback } = record.state;
  const kind = revocation ? 'revoked' : 'cancelled';
  const why = revocation ? `${revocation.by} revoked it: ${revocation.reason}` : 'the requester cancelled it';
  if (revocation) await recordRevoked(record, revocation);
  if (!receipt || rollback) return { kind, reason: why };
  const taken = await rollBack(record, why);
  return taken.kind === 'rolledBack'
    ? { kind, reason: `${why}${revocation ? ';' : ' and'} it was taken back` }
    : taken;
}
