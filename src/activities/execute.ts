import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import type { Action, Plan } from '../domain/action/action.ts';
import { actionDigest } from '../domain/action/action-digest.ts';
import type { Receipt } from '../domain/record/action-state.ts';
import { authorityOn, doubtIn, type EntryBodies, type OnRecord } from '../domain/record/on-record.ts';
import type { Ticket } from '../domain/record/sealed-ticket.ts';
import { type Because, whyTakenBack } from '../domain/record/why-taken-back.ts';
import { canonicalJson, digestOf } from '../domain/shared/digest.ts';
import { type Sealed, sealed } from '../domain/shared/seal.ts';
import type { EffectResult, Progress } from './ports/executor.ts';
import type { Leases } from './ports/leases.ts';
import type { Fact } from './ports/ledger.ts';
import { recordOrSeal, unlessAway } from './shared/away.ts';
import { failure } from './shared/failure.ts';
import { previewFor } from './shared/preview-for.ts';
import { type ResolvingDeps, resolvedAgain } from './shared/resolve-proposal-again.ts';
import { BEGUN_BEFORE, type EffectWay, type Executors, NO_ROLLBACK, runsOnce, send } from './shared/send.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './shared/step.ts';
import { ticketFor, ticketOf } from './shared/ticket.ts';

export interface ExecuteDeps extends ResolvingDeps, StepDeps {
  readonly executors: Executors;
  readonly leases: Leases;
  readonly sealKey: Uint8Array;
  readonly now: () => number;
}

/** What was done, and the sealed fact of it where it could not be recorded yet. */
export interface Done {
  readonly receipt: Receipt;
  readonly unrecorded?: Sealed<Fact> | undefined;
}

export interface RolledBack extends Done {
  /** The ticket for the checks that follow: it says that the action was taken back. Absent: nothing is watched. */
  readonly ticket?: Sealed<Ticket> | undefined;
}

export interface RollBackInput {
  readonly because: Because;
  /** What to go by without the ledger, when the ledger did not answer the first time. */
  readonly ticket?: Sealed<Ticket> | undefined;
}

/** `execute` and `rollBack`: the only activities that change production. */
export function createExecute(deps: ExecuteDeps) {
  const { executors, leases, ledger, sealKey, now, step } = deps;

  /**
   * The answer to the workflow. Raises a failure where the workflow must not go on. What an attempt found is recorded first; where
   * that failed, `details[0]` of the failure is the sealed fact.
   */
  function answerOf(
    result: EffectResult,
    plan: Plan | null | undefined,
    unrecorded: Sealed<Fact> | undefined,
  ): Done {
    switch (result.kind) {
      case 'done':
        return { receipt: { summary: result.summary, at: now() }, unrecorded };
      case 'refused':
        throw failure('EffectRefused', result.reason, ...(unrecorded ? [unrecorded] : []));
      case 'unknown':
        throw ApplicationFailure.create({
          type: 'EffectUnknown',
          message: result.reason,
          nonRetryable: result.isFinal === true || (plan ? runsOnce(plan) : false),
          details: unrecorded ? [unrecorded] : [],
        });
    }
  }

  /** Records that a command that runs once begins, before it does. Returns whether this attempt may run it: only the first one may. */
  async function beginOnce({ actionId, runId, at, attempt }: Case, way: EffectWay): Promise<boolean> {
    const body: EntryBodies['begun'] = { way, attempt };
    await ledger.append({
      eventId: `${actionId}/${runId}/begun/${attempt}`,
      actionId,
      kind: 'begun',
      at,
      body,
    });
    const { record } = await caseOf(deps);
    return record.begun[way] === attempt;
  }

  async function run(caseNow: Case, plan: Plan, way: EffectWay, fencingToken: number): Promise<EffectResult> {
    const { actionId, record } = caseNow;
    const preview = await previewFor(ledger, record);
    const job = record.jobs[way];
    // A job that was begun is followed by any attempt: that begins nothing.
    const mayRun = job !== undefined || !runsOnce(plan) || (await beginOnce(caseNow, way));
    if (!mayRun) return BEGUN_BEFORE;
    const sent = () =>
      send(
        executors,
        plan,
        { way, actionId, fencingToken, preview, authority: authorityOn(record), job },
        progressOf(caseNow, way),
      );
    return plan.executor === 'job' ? whileAlive(sent) : sent();
  }

  /**
   * What an executor says and asks while a job runs. INVARIANT 13: the address of the job is in the ledger. Temporal would keep it
   * too, in a heartbeat, but whoever reaches Temporal could write another one, of a job that succeeded.
   */
  const progressOf = ({ actionId, runId, attempt }: Case, way: EffectWay): Progress => ({
    began: async (job) => {
      const body: EntryBodies['begun'] = { way, attempt, job };
      const eventId = `${actionId}/${runId}/begun/${attempt}/job`;
      // With the ledger away the job runs on, and this attempt alone knows where it is followed.
      await unlessAway(() => ledger.append({ eventId, actionId, kind: 'begun', at: now(), body }));
    },
    unwanted: async () => {
      if (way === 'back') return undefined;
      const ledgerAnswer = await unlessAway(async () => (await caseOf(deps)).record.revoked);
      return ledgerAnswer.kind === 'here' && ledgerAnswer.value
        ? `${ledgerAnswer.value.by} revoked it`
        : undefined;
    },
  });

  return {
    /**
     * Runs the action. INVARIANTS 1, 2, 8, 13: the ledger says that the action is admitted in this run with this digest, and that
     * it has its target; what is sent is what the installation resolves the action to now. Raises `EffectRefused` when there was no
     * effect, `EffectUnknown` when there may have been one.
     */
    execute: async (): Promise<Done> => {
      const caseNow = await caseOf(deps);
      const { record, actionId } = caseNow;
      if (record.executed?.kind === 'done') return { receipt: receiptOf(record.executed) };
      const { action, digest } = admittedIn(record, 'there');
      const { holder, fencingToken } = await leases.of(action);
      if (holder !== actionId) throw notOnRecord(`it has its target no more: ${holder ?? 'nobody'} has it`);
      const isBegun = record.jobs.there !== undefined;
      // A job that was begun is followed all the same: its executor cancels it.
      const objection =
        record.revoked && !isBegun ? `${record.revoked.by} revoked it` : await whyNotSent(caseNow);
      const result: EffectResult = objection
        ? notSent(objection, isBegun)
        : await run(caseNow, action.execute, 'there', fencingToken);
      // What a job says of itself is about every attempt: all of them follow the same one.
      const overallResult = isBegun ? result : overallResultOf(result, record.executed !== undefined);
      const unrecorded = await recordOrSeal(deps, attemptFact(caseNow, 'executed', digest, overallResult));
      // A refusal favours the action, so it counts only once it is in the ledger. The fact that the action may have run counts at once.
      if (unrecorded && overallResult.kind === 'refused')
        throw ApplicationFailure.create({ type: 'EffectUnknown', message: overallResult.reason });
      return answerOf(overallResult, action.execute, unrecorded);
    },

    /**
     * Takes the action back with the rollback that was part of what was approved. INVARIANT 9: with the ledger away, a sealed
     * ticket says what that rollback is.
     */
    rollBack: async ({ because, ticket }: RollBackInput): Promise<RolledBack> => {
      const ledgerAnswer = await unlessAway(async () => {
        const caseNow = await caseOf(deps);
        const { action } = caseNow.record.ruled ?? {};
        return { caseNow, lease: action && (await leases.of(action)) };
      });
      if (ledgerAnswer.kind === 'away') return takeBackWithoutLedger(ticket);
      const { caseNow, lease } = ledgerAnswer.value;
      const { record, actionId } = caseNow;
      const { holder, fencingToken } = lease ?? NO_LEASE;
      if (record.takenBack?.kind === 'done') {
        const { takenBack } = record;
        return { receipt: receiptOf(takenBack), ...afterwards(caseNow, fencingToken, takenBack.at) };
      }
      const { action, digest } = admittedIn(record, 'back');
      if (holder !== actionId) throw notOnRecord(`it has its target no more: ${holder ?? 'nobody'} has it`);
      await beginTakingBack(caseNow, digest, because);
      const { rollback } = action;
      const result = rollback ? await run(caseNow, rollback, 'back', fencingToken) : NO_ROLLBACK;
      const unrecorded = await recordOrSeal(deps, attemptFact(caseNow, 'takenBack', digest, result));
      return { ...answerOf(result, rollback, unrecorded), ...afterwards(caseNow, fencingToken, caseNow.at) };
    },
  };

  /** What the checks after the rollback go by while the ledger is away. */
  function afterwards(caseNow: Case, fencingToken: number, takenBackAt: number): Pick<RolledBack, 'ticket'> {
    const { ruled, admitted } = caseNow.record;
    if (!ruled?.action.watch || !admitted) return {};
    return { ticket: sealed({ ...ticketFor(caseNow, ruled, fencingToken, admitted), takenBackAt }, sealKey) };
  }

  /** Rolls back while the ledger is away. */
  async function takeBackWithoutLedger(sealedTicket: Sealed<Ticket> | undefined): Promise<RolledBack> {
    const { workflowId, runId, at } = step();
    const ticket = ticketOf({ workflowId, runId }, sealedTicket, sealKey);
    const { rollback, actionId, fencingToken, digest, preview, authority } = ticket;
    const isRepeat = activityInfo().attempt > 1;
    const result = !rollback
      ? NO_ROLLBACK
      : isRepeat && runsOnce(rollback)
        ? BEGUN_BEFORE
        : await whileAlive(() =>
            send(executors, rollback, { way: 'back', actionId, fencingToken, preview, authority }),
          );
    const fact = attemptFact({ actionId, runId, at }, 'takenBack', digest, result);
    const done = answerOf(result, rollback, sealed(fact, sealKey));
    return ticket.watch ? { ...done, ticket: sealed({ ...ticket, takenBackAt: at }, sealKey) } : done;
  }

  /** Records that the rollback is about to begin, before it does, if the ledger can be reached. */
  async function beginTakingBack(
    { actionId, runId, at, record }: Case,
    digest: string,
    because: Because,
  ): Promise<void> {
    if (record.takingBack) return;
    const body: EntryBodies['verdict'] = { why: whyTakenBack(record, because), digest };
    const fact: Fact = { eventId: `${actionId}/${runId}/verdict`, actionId, kind: 'verdict', at, body };
    await unlessAway(() => ledger.append(fact));
  }

  /** Why the action on record is not what would be sent now. Undefined: they are the same. */
  async function whyNotSent({ record }: Case): Promise<string | undefined> {
    const { ruled, admitted } = record;
    if (!ruled || !admitted) return 'it is not admitted';
    const digestNow = actionDigest(ruled.action, ruled.ruling.pins);
    if (digestNow !== admitted.digest)
      return `the action has digest ${digestNow}, admitted was ${admitted.digest}`;
    const resolution = await resolvedAgain(deps, record);
    const isSame =
      resolution.kind === 'resolved' &&
      canonicalJson(resolution.action.execute) === canonicalJson(ruled.action.execute);
    return isSame ? undefined : 'the installation of this worker would send something else';
  }
}

/**
 * The action that may be sent now, and its digest.
 *
 * @throws ApplicationFailure `NotOnRecord` where none may be sent
 */
function admittedIn(record: OnRecord, way: EffectWay): { readonly action: Action; readonly digest: string } {
  const { ruled, admitted, reconciled, takingBack, takenBack, closed } = record;
  const doubt = way === 'there' ? doubtIn(record) : undefined;
  if (doubt) throw notOnRecord(doubt);
  if (!ruled || !admitted) throw notOnRecord('it is not admitted');
  if (closed) throw notOnRecord('it is closed');
  if (way === 'there' && (takingBack || takenBack)) throw notOnRecord('it is being taken back');
  // What was looked up and is not there must not come afterwards.
  if (way === 'there' && reconciled.length > 0)
    throw notOnRecord('it was looked up, so it is not sent again');
  return { action: ruled.action, digest: admitted.digest };
}

/** What it means that nothing is sent: where an earlier attempt began a job, that job may have an effect. */
const notSent = (objection: string, isBegun: boolean): EffectResult =>
  isBegun
    ? { kind: 'unknown', reason: `${objection}; the job that was begun is not followed`, isFinal: true }
    : { kind: 'refused', reason: `${objection}; nothing was sent` };

/** The result in view of earlier attempts: after an attempt without an answer, a refusal says nothing of what that attempt did. */
function overallResultOf(result: EffectResult, triedBefore: boolean): EffectResult {
  const { attempt } = activityInfo();
  if (result.kind === 'unknown') return { ...result, reason: `${result.reason} (attempt ${attempt})` };
  if (result.kind === 'refused' && (triedBefore || attempt > 1)) {
    const reason = `attempt ${attempt} was refused, an earlier one had no answer: ${result.reason}`;
    return { kind: 'unknown', reason };
  }
  return result;
}

function attemptFact(
  { actionId, runId, at }: Pick<Case, 'actionId' | 'runId' | 'at'>,
  kind: 'executed' | 'takenBack',
  digest: string,
  result: EffectResult,
): Fact {
  const summary = result.kind === 'done' ? result.summary : result.reason;
  const body: EntryBodies['executed'] = { digest, kind: result.kind, summary };
  const attempt = digestOf({ body, at }).slice(0, 16);
  return { eventId: `${actionId}/${runId}/${kind}/${attempt}`, actionId, kind, at, body };
}

/** How often it is told that an attempt still runs, in milliseconds. The workflow gives it up after `HEARTBEAT_TIMEOUT`. */
const HEARTBEAT_MS = 5_000;

/** Tells the server that this attempt still runs, so that another worker takes over soon where this one dies. */
async function whileAlive<T>(work: () => Promise<T>): Promise<T> {
  const beating = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}

const NO_LEASE = { holder: null, fencingToken: 0 };

const receiptOf = ({ summary, at }: { readonly summary: string; readonly at: number }): Receipt => ({
  summary,
  at,
});
