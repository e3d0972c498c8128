import type { Action } from '../domain/action/action.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { waitFor } from '../domain/admission/admission-wait.ts';
import type { AdmissionRequest } from '../domain/admission/what-stops.ts';
import { needsBaseline } from '../domain/analysis/metrics.ts';
import { hear, hearAll } from '../domain/approval/count-statements.ts';
import { type Settlement, stopsAction } from '../domain/approval/settlement.ts';
import { circumstancesOf } from '../domain/calendar/calendar.ts';
import type { Installation } from '../domain/installation/installation.ts';
import type { Authorize } from '../domain/policy/policy.ts';
import { mayRun, type RuledToRun } from '../domain/record/may-run.ts';
import type { EntryBodies, OnRecord } from '../domain/record/on-record.ts';
import { type PreviewFirst, previewOnRecord } from '../domain/record/preview-on-record.ts';
import type { Ticket } from '../domain/record/sealed-ticket.ts';
import { neighbourhoodOf } from '../domain/risk/blast-radius.ts';
import type { Impact } from '../domain/risk/impact.ts';
import { objectionTo } from '../domain/ruling/admission-objections.ts';
import { questionOn } from '../domain/ruling/open-question.ts';
import { whySilenceStops } from '../domain/ruling/silence-needs-health.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { faultsText } from '../domain/shared/json.ts';
import { lookup } from '../domain/shared/lookup.ts';
import { type Sealed, sealed } from '../domain/shared/seal.ts';
import type { HandedIn } from './ports/handed-in.ts';
import type { Leases } from './ports/leases.ts';
import { createImpact, type ImpactDeps } from './ruling/impact.ts';
import { pinnedToday } from './shared/delegations.ts';
import { type ResolvingDeps, resolvedAgain } from './shared/resolve-proposal-again.ts';
import { agentStanding } from './shared/standing.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './shared/step.ts';
import { ticketFor } from './shared/ticket.ts';
import { type BeforeAction, readBefore } from './watch/measure.ts';

export type Admission =
  | { readonly kind: 'admitted'; readonly ticket: Sealed<Ticket> }
  /** Something is in the way now, and a later attempt may succeed. `afterMs`: try again no sooner than after this long, in milliseconds. */
  | { readonly kind: 'waits'; readonly reason: string; readonly afterMs: number }
  /** So much has changed since the assessment that those who let the action run must decide again. */
  | { readonly kind: 'drifted'; readonly reasons: readonly string[] }
  /** A person revoked the permission to run. `jws`: their signed statement. */
  | { readonly kind: 'revoked'; readonly jws: string }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

export interface AdmitDeps extends ImpactDeps, ResolvingDeps, StepDeps {
  readonly authorize: Authorize;
  readonly leases: Leases;
  readonly handedIn: HandedIn;
  /** The key that tickets are sealed with. All workers share it, and nobody else has it. */
  readonly sealKey: Uint8Array;
}

/** How old an assessment may be to be used again, in milliseconds. An autonomous action is admitted right after its assessment. */
const FRESH_MS = 10_000;

/** Makes the step that admits an action. @param ruledNow whether the running step itself ruled on it, so that nothing can have changed */
export function createAdmission(
  deps: AdmitDeps,
): (ruledNow: boolean, unpreviewed?: string) => Promise<Admission | PreviewFirst> {
  const { installation, authorize, leases, ledger, handedIn, sealKey, now } = deps;
  const assess = createImpact(deps);

  async function impactAt(asOf: number, action: Action, { impact }: RuledToRun): Promise<Impact> {
    const type = lookup(installation.actionTypes, action.type);
    return !type || asOf - impact.live.at < FRESH_MS ? impact : assess(action, type, asOf);
  }

  /** What now speaks against the action: rules, facts, or what people said since. Undefined: nothing does. */
  async function obstacleTo(
    caseNow: Case,
    ruled: RuledToRun,
    asOf: number,
    unpreviewed: string | undefined,
  ): Promise<Admission | PreviewFirst | undefined> {
    const { record, workflowId, runId, at } = caseNow;
    const { settled, edits } = record;
    const signedStop = signedStopIn(await handedIn.of(workflowId), ruled, { workflowId, runId }, at);
    if (signedStop?.kind === 'revoked') return signedStop;
    if (signedStop) return refuse(caseNow, signedStop.outcome);
    const resolution = await resolvedAgain(deps, record);
    // The rules forbid what the installation no longer knows, and give the reason in their own words.
    const action = resolution.kind === 'resolved' ? resolution.action : ruled.action;
    const known = previewOnRecord(record, action.execute, now(), unpreviewed);
    if (known.kind === 'previewFirst') return known;
    const [assessed, { held }] = await Promise.all([
      impactAt(asOf, action, ruled),
      agentStanding(deps, action, at),
    ]);
    const impact = { ...assessed, ...(known.kind === 'known' ? { preview: known.previewed } : {}) };
    const delegations = await pinnedToday(deps, ruled.ruling.delegations);
    const decidedAction = {
      action: ruled.action,
      impact: ruled.impact,
      ruling: { ...ruled.ruling, delegations },
      declaredTier: ruled.proposal.declaredTier,
      edits,
      settlement: settled?.settlement,
      votes: settled?.votes ?? [],
      breakGlass: settled?.breakGlass,
    };
    const circumstances = {
      ...circumstancesOf(installation, action, at),
      ...circumstancesOf(installation, action, asOf),
    };
    const objection = objectionTo(installation, authorize, decidedAction, {
      action,
      impact,
      held,
      circumstances,
      at,
    });
    if (objection?.kind === 'denied') return refuse(caseNow, denialFor(objection.reason));
    if (resolution.kind === 'refused')
      return refuse(
        caseNow,
        denialFor(`it could not be proposed any more: ${faultsText(resolution.faults)}`),
      );
    if (objection) {
      await recordRefusal(caseNow, { digest: ruled.ruling.digest, drift: objection.reasons });
      return { kind: 'drifted', reasons: objection.reasons };
    }
    return undefined;
  }

  async function refuse(caseNow: Case, outcome: Outcome, anomaly?: string): Promise<Admission> {
    await recordRefusal(caseNow, { digest: caseNow.record.ruled?.ruling.digest ?? '', outcome, anomaly });
    return { kind: 'refused', outcome };
  }

  async function recordRefusal(
    { actionId, runId, at }: Case,
    body: EntryBodies['refusedAtAdmit'],
  ): Promise<void> {
    const eventId = `${actionId}/${runId}/refusedAtAdmit/${digestOf(body).slice(0, 16)}`;
    await ledger.append({ eventId, actionId, kind: 'refusedAtAdmit', at, body });
  }

  /** Takes the lease within all limits and records the fact, in one transaction. Otherwise: what is in the way, and whether to wait. */
  async function take(
    caseNow: Case,
    ruled: RuledToRun,
    { baseline }: BeforeAction,
    expiresAt: number,
  ): Promise<Admission> {
    const { actionId, runId, at, record } = caseNow;
    const { action, ruling } = ruled;
    const settlement = record.settled?.settlement;
    const body: EntryBodies['admitted'] = {
      digest: ruling.digest,
      settlement: settlement ?? null,
      votes: record.settled?.votes ?? [],
      execute: action.execute,
      baseline,
    };
    const acquisition = await leases.acquire(
      { action, at, ...limitsOn(installation, action, settlement) },
      { eventId: `${actionId}/${runId}/admitted`, actionId, kind: 'admitted', at, body },
      `${actionId}/${runId}/closed`,
    );
    switch (acquisition.kind) {
      case 'acquired':
        return {
          kind: 'admitted',
          ticket: sealed(ticketFor(caseNow, ruled, acquisition.fencingToken, { baseline }), sealKey),
        };
      case 'held':
        return refuse(caseNow, { kind: 'held', reason: acquisition.reason });
      case 'overtaken':
        return refuse(caseNow, denialFor(acquisition.reason));
      case 'busy':
      case 'limited': {
        const wait = waitFor(acquisition, at, expiresAt);
        if (wait.kind === 'waits')
          return { kind: 'waits', reason: acquisition.reason, afterMs: wait.afterMs };
        // The agent asks for more than its limits allow: it does not work as it used to.
        const isTooMuch =
          acquisition.kind === 'limited' &&
          acquisition.freeAt !== undefined &&
          acquisition.per.includes('agent');
        return refuse(caseNow, wait.outcome, isTooMuch ? acquisition.reason : undefined);
      }
    }
  }

  return async (ruledNow, unpreviewed) => {
    const caseNow = await caseOf(deps);
    const { record, at } = caseNow;
    const ruled = runnable(record);
    if (record.refusal) return { kind: 'refused', outcome: record.refusal };
    if (record.again.length > 0) return { kind: 'drifted', reasons: record.again };
    if (record.admitted) return admissionBefore(caseNow, ruled, record.admitted);
    const expiresAt = (record.settled?.since ?? ruled.at) + ruled.ruling.admitWithinMs;
    if (at >= expiresAt) return refuse(caseNow, { kind: 'expired', reason: EXPIRED });
    // A retry after an outage may be dated before a freeze that has begun by now. So the later of the two times counts.
    const obstacle = ruledNow
      ? undefined
      : await obstacleTo(caseNow, ruled, Math.max(at, now()), unpreviewed);
    if (obstacle) return obstacle;
    const settlement = record.settled?.settlement;
    const beforeAction = await lookBefore(ruled, settlement);
    const whyUnhealthy = whySilenceStops(settlement, beforeAction.measurements);
    if (whyUnhealthy !== undefined) return refuse(caseNow, denialFor(whyUnhealthy));
    return take(caseNow, ruled, beforeAction, expiresAt);
  };

  /** The admission that an earlier, unreported attempt made: the action still has the lease. */
  async function admissionBefore(
    caseNow: Case,
    ruled: RuledToRun,
    admitted: NonNullable<OnRecord['admitted']>,
  ): Promise<Admission> {
    const { holder, fencingToken } = await leases.of(ruled.action);
    if (holder !== caseNow.actionId) throw notOnRecord('it was admitted, and has its target no more');
    return { kind: 'admitted', ticket: sealed(ticketFor(caseNow, ruled, fencingToken, admitted), sealKey) };
  }

  /** Reads the metrics before the action, where something is to be compared with them or silence depends on them. */
  function lookBefore(
    { action: { watch } }: RuledToRun,
    settlement: Settlement | undefined,
  ): Promise<BeforeAction> {
    const isNeeded = watch && (settlement?.kind === 'proceed' || needsBaseline(watch));
    return isNeeded ? readBefore(deps, watch.metrics) : Promise.resolve({ baseline: {}, measurements: [] });
  }
}

export function createAdmit(deps: AdmitDeps) {
  const admission = createAdmission(deps);
  return {
    /**
     * Checks the action a last time before the effect. INVARIANTS 1, 2, 8, 13: the ruling, the settlement and what would run are on
     * record; the signatures are good today; today's rules are not stricter than the pinned ones; nothing has become worse; nobody
     * else holds the target; and the intent is in the ledger. The workflow only says that it is time, and why no preview could be made.
     */
    admit: (unpreviewed?: string): Promise<Admission | PreviewFirst> => admission(false, unpreviewed),
  };
}

const EXPIRED = 'the permission to run it ran out before it could be admitted';

/** @throws ApplicationFailure `NotOnRecord` where the action may not run */
function runnable(record: OnRecord): RuledToRun {
  const may = mayRun(record);
  if (may.kind === 'mayNot') throw notOnRecord(may.reason);
  return may.ruled;
}

type Stopped =
  | { readonly kind: 'revoked'; readonly jws: string }
  | { readonly kind: 'denied'; readonly outcome: Outcome };

/** INVARIANT 14: a statement that somebody signed against the action stops it while nothing runs, by whichever way it came in. */
function signedStopIn(
  statements: readonly string[],
  { ruling }: RuledToRun,
  about: { readonly workflowId: string; readonly runId: string },
  now: number,
): Stopped | undefined {
  const underWayQuestion = questionOn(about, ruling, { kind: 'underWay' });
  const waitingQuestion = questionOn(about, ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  const revocation = statements.find(
    (jws) => underWayQuestion && hear(underWayQuestion, { jws }, now).kind === 'said',
  );
  if (revocation !== undefined) return { kind: 'revoked', jws: revocation };
  const denial =
    waitingQuestion &&
    hearAll(waitingQuestion, statements, now).ballot.votes.find(({ verdict }) => verdict === 'deny');
  const outcome = denial && stopsAction({ kind: 'denied', by: denial.person, reason: denial.reason ?? '' });
  return outcome && { kind: 'denied', outcome };
}

/**
 * The limits that an action is admitted within. Rates and budgets limit autonomous actions only. An approved action counts towards
 * them, but only what runs now can stop it.
 */
function limitsOn(
  installation: Installation,
  action: Action,
  settlement: Settlement | undefined,
): Pick<AdmissionRequest, 'limits' | 'approved' | 'neighbourhood'> {
  const { limits, neighbourhoodAtOnce: atOnce } = installation.rules;
  const approved = settlement?.kind === 'approved' || settlement?.kind === 'brokenGlass';
  return {
    approved,
    limits: approved ? [] : limits,
    ...(atOnce === undefined
      ? {}
      : { neighbourhood: { atOnce, beside: neighbourhoodOf(installation, action) } }),
  };
}

const denialFor = (reason: string): Outcome => ({ kind: 'deniedByPolicy', reason });
