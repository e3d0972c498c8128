import { actionWorkflowId } from '../../contract/ids.ts';
import type { Action } from '../../domain/action/action.ts';
import { needsALook, type Outcome, type OutcomeKind } from '../../domain/action/outcome.ts';
import type { Hold } from '../../domain/admission/hold.ts';
import { hearAll } from '../../domain/approval/count-statements.ts';
import { MOST_ANSWERED } from '../../domain/approval/interventions.ts';
import type { Vote, Withdrawal } from '../../domain/approval/requirement.ts';
import { whyNotReviewed } from '../../domain/approval/review-rules.ts';
import {
  type Demotion,
  demotionByAnomaly,
  demotionByOutcome,
  demotionByStop,
} from '../../domain/autonomy/demotion.ts';
import type { Delivery } from '../../domain/escalation/route.ts';
import type { RefusedDecision } from '../../domain/record/action-state.ts';
import { conclusionOf } from '../../domain/record/conclusion.ts';
import type { EntryBodies, OnRecord } from '../../domain/record/on-record.ts';
import { reviewDue } from '../../domain/record/review-due.ts';
import { healthOf } from '../../domain/record/watch-on-record.ts';
import { questionOn } from '../../domain/ruling/open-question.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { Sealed } from '../../domain/shared/seal.ts';
import type { HandedIn } from '../ports/handed-in.ts';
import type { Leases } from '../ports/leases.ts';
import type { Fact } from '../ports/ledger.ts';
import { complete } from '../shared/complete.ts';
import { demotedFact } from '../shared/standing.ts';
import { type Case, type StepDeps, unruled } from '../shared/step.ts';
import { type Alarm, type AnomalyDeps, createAnomalies } from './anomalies.ts';

/** What only the workflow saw. People can read it; no rule rests on it. */
export interface SeenByWorkflow {
  /** Messages that did not arrive. */
  readonly undelivered: readonly Delivery[];
  /** What the agent answered, by the question's id. */
  readonly answers: Readonly<Record<string, { readonly text: string; readonly at: number }>>;
  readonly refusedDecisions: readonly RefusedDecision[];
}

export interface CloseInput {
  /** How the action ended, as far as its workflow knows. */
  readonly said: OutcomeKind;
  /** What people signed in the last round (compact JWS). */
  readonly statements: readonly string[];
  readonly seen: SeenByWorkflow;
  /** Facts that were found or made while the ledger was away. */
  readonly unrecorded: readonly Sealed<Fact>[];
}

export interface Closing {
  readonly outcome: Outcome;
  /** The anomalies found by now. On-call is told of them. */
  readonly alarms: readonly Alarm[];
}

export interface CloseDeps extends AnomalyDeps, StepDeps {
  readonly leases: Leases;
  readonly handedIn: HandedIn;
  readonly sealKey: Uint8Array;
  readonly now: () => number;
}

/** How many items of what only the workflow saw are kept. Without a limit a flood could grow the ledger. */
const MOST_SEEN = 50;
const LONGEST_SEEN = 500;

export function createClose(deps: CloseDeps) {
  const { installation, attention, leases, ledger, handedIn, now } = deps;
  const lookForAnomalies = createAnomalies(deps);

  // The demotion is recorded before the entry that says why, and before the target is free: no later ruling or admission can miss it.
  // It is dated by the clock that grants are signed by, because a workflow's clock may run ahead where its time is skipped.
  const demote = async (demotion: Demotion | undefined, runId: string) => {
    if (demotion) await ledger.append(demotedFact({ ...demotion, at: now() }, runId));
  };

  /**
   * Leaves out the review of a routine action that is not in the sample. The ledger says so. A review that is left is due from now on; its
   * workflow starts when somebody looks at it, or when half of its time has passed.
   */
  async function sampleReview(
    { record, actionId, runId, at }: Case,
    { action, ruling }: Ruled,
  ): Promise<void> {
    const { sample } = installation.rules.review;
    if (!sample || record.settled?.settlement.kind === 'brokenGlass') return;
    const kindOfAction = { agent: action.agent.id, actionType: action.type, but: action.id };
    const alikeCount = await attention.ranAlone({ ...kindOfAction, since: at - sample.withinMs });
    const reason = whyNotReviewed(sample, alikeCount, ruling.digest);
    if (reason === undefined) return;
    const eventId = `${actionId}/${runId}/reviewSkipped/${digestOf(reason)}`;
    await ledger.append({ eventId, actionId, kind: 'reviewSkipped', at, body: { reason } });
  }

  return {
    /**
     * Ends an action: records how it ended, frees the target or holds it, lowers the agent's level where that is due, and says
     * whether a review is due. INVARIANT 13: how the action ended follows from what is on record, not from what its workflow says.
     */
    close: async ({ said, statements, seen, unrecorded }: CloseInput): Promise<Closing> => {
      const caseNow = await complete(deps, unrecorded);
      const { record, actionId, runId, at } = caseNow;
      const { ruled } = record;
      if (!ruled) throw unruled(caseNow);
      const { action } = ruled;
      const outcome = record.closed?.outcome ?? conclusionOf(record, said);
      const hold = needsALook(outcome.kind);
      const allStatements = [...(await handedIn.of(caseNow.workflowId)), ...statements];
      const spoken = spokenOn(caseNow, ruled.ruling, allStatements);
      const review = reviewDue(record) ?? null;
      if (!record.closed) {
        const isTakenBack = record.takenBack?.kind === 'done';
        await demote(
          demotionByOutcome(action, outcome) ??
            demotionByStop(action, outcome, isTakenBack) ??
            demotionByAnomaly(action, record.anomaly),
          runId,
        );
        const body: EntryBodies['closed'] = { outcome, hold, record: recordOf(record, spoken, seen), review };
        await leases.release(
          { action, ...(hold ? { hold: holdAfter(action, runId, outcome, at) } : {}) },
          { eventId: `${actionId}/${runId}/closed`, actionId, kind: 'closed', at, body },
        );
      }
      if (review) await sampleReview(caseNow, ruled);
      const breaker = record.settled?.breakGlass?.person;
      const people = [
        ...spoken.votes.map(({ person }) => person),
        ...(breaker === undefined ? [] : [breaker]),
      ];
      return { outcome, alarms: await lookForAnomalies({ action, runId, people, at }) };
    },
  };
}

type Ruled = NonNullable<OnRecord['ruled']>;

const NOTHING_SEEN: SeenByWorkflow = { undelivered: [], answers: {}, refusedDecisions: [] };
const NOTHING_SPOKEN: Spoken = { votes: [], withdrawals: [], acknowledgements: [] };

interface Spoken {
  readonly votes: readonly Vote[];
  readonly withdrawals: readonly Withdrawal[];
  readonly acknowledgements: readonly { readonly person: string; readonly at: number }[];
}

/** What people said in the last round, by their signatures. */
function spokenOn(
  { record, workflowId, runId, at }: Case,
  ruling: Ruling,
  statements: readonly string[],
): Spoken {
  const question = questionOn({ workflowId, runId }, ruling, {
    kind: 'waiting',
    deadline: Number.POSITIVE_INFINITY,
  });
  if (!question) return { votes: [], withdrawals: [], acknowledgements: [] };
  const { ballot, acknowledged } = hearAll(question, statements, at);
  return {
    votes: record.settled?.votes ?? ballot.votes,
    withdrawals: ballot.withdrawals,
    acknowledgements: acknowledged,
  };
}

/** The full record of an action, for readers who come when its workflow is no longer kept. */
export function recordOf(
  record: OnRecord,
  spoken: Spoken = NOTHING_SPOKEN,
  seen: SeenByWorkflow = NOTHING_SEEN,
): EntryBodies['closed']['record'] {
  const {
    settled,
    executed,
    takenBack,
    measured,
    measuredBack,
    told,
    earlier,
    edits,
    questions,
    revoked,
    kept,
    extended,
  } = record;
  const { undelivered, answers, refusedDecisions } = seen;
  const receiptOf = (attempt: OnRecord['executed'] | OnRecord['takenBack']) =>
    attempt?.kind === 'done' ? { summary: attempt.summary, at: attempt.at } : undefined;
  const health = healthOf(record);
  return {
    votes: spoken.votes,
    withdrawals: spoken.withdrawals,
    acknowledgements: spoken.acknowledgements,
    refusedDecisions: refusedDecisions.slice(0, MOST_SEEN).map(({ person, reason, at }) => ({
      person: cut(person),
      reason: cut(reason),
      at,
    })),
    settlement: settled?.settlement,
    breakGlass: settled?.breakGlass,
    receipt: receiptOf(executed),
    measurements: inOrder(measured),
    verdict: health?.kind === 'pending' ? undefined : health,
    rollback: receiptOf(takenBack),
    measuredBack: inOrder(measuredBack),
    deliveries: [
      ...told,
      ...undelivered.slice(0, MOST_SEEN).map(({ step, by, whom, detail }) => ({
        step: cut(step),
        by,
        whom: cut(whom),
        delivered: false,
        detail: cut(detail),
      })),
    ],
    earlierRounds: earlier,
    edits: edits.map(({ by, reason, at, digestBefore }) => ({ by, reason, at, digestBefore })),
    revision: edits.length + 1,
    questions: questions.map(({ id, person, text, at }) => ({
      id,
      person,
      text,
      at,
      answer: shortAnswer(lookup(answers, id)),
    })),
    kept: kept && { by: kept.by, reason: kept.reason, at: kept.at, jws: kept.jws },
    extensions:
      extended.length === 0
        ? undefined
        : extended.map(({ by, reason, at, jws }) => ({ by, reason, at, jws })),
    revocation: revoked && { by: revoked.by, reason: revoked.reason, at: revoked.at, jws: revoked.jws },
  };
}

/** The measurements of all checks, in their order. */
const inOrder = (checks: OnRecord['measured']) =>
  checks.toSorted((a, b) => a.check - b.check).flatMap(({ measurements }) => measurements);

const shortAnswer = (answer: SeenByWorkflow['answers'][string] | undefined) =>
  answer && { text: answer.text.slice(0, MOST_ANSWERED), at: answer.at };

const cut = (text: string) => text.slice(0, LONGEST_SEEN);

/** The hold after a rollback that failed or was not verified: nothing else may touch the target until a person has looked at production. */
export const holdAfter = (
  { id, target, environment }: Action,
  runId: string,
  { reason }: Outcome,
  at: number,
): Hold => ({
  id: `${id}/${runId}`,
  scope: { kind: 'service', service: target, environment },
  placedBy: actionWorkflowId(id),
  reason,
  at,
});
