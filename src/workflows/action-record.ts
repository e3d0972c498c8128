import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Admission } from '../activities/admit.ts';
import type { SeenByWorkflow } from '../activities/closing/close.ts';
import type { Fact } from '../activities/ports/ledger.ts';
import type { Ruled } from '../activities/ruling/rule.ts';
import type { Settled } from '../activities/settle.ts';
import {
  answerUpdate,
  getActionQuery,
  getExplanationQuery,
  lookOutsideSignal,
  proposeUpdate,
} from '../contract/messages.ts';
import { type IndexedStatus, searchAttributes } from '../contract/search-attributes.ts';
import type { Action, Proposal } from '../domain/action/action.ts';
import { type Edit, MOST_ANSWERED, whyNotAnswered } from '../domain/approval/interventions.ts';
import { type Answer, readAnswer } from '../domain/approval/parse-answer.ts';
import { readDecision } from '../domain/approval/parse-decision.ts';
import type { Question } from '../domain/approval/verify-decision.ts';
import type { Route } from '../domain/escalation/route.ts';
import type { Walk } from '../domain/escalation/route-progress.ts';
import { explain } from '../domain/explanation/explanation.ts';
import { type ActionState, NOTHING_YET } from '../domain/record/action-state.ts';
import { questionNow } from '../domain/record/allowed-decisions.ts';
import { type FlowChange, follows } from '../domain/record/flow.ts';
import { roomIn } from '../domain/record/history-room.ts';
import type { Ticket } from '../domain/record/sealed-ticket.ts';
import type { Impact } from '../domain/risk/impact.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { digestOf } from '../domain/shared/digest.ts';
import type { Sealed } from '../domain/shared/seal.ts';
import { record as recordActivity } from './activities.ts';
import { refusedDecision, withRefused } from './decisions.ts';
import { detailsOf } from './details.ts';
import type { Drifted, Revised } from './why-asked-again.ts';

/** What is known of one action, and the handlers of the messages that ask for it or add to it. This is the workflow's only state. */
export class ActionRecord {
  readonly workflowId: string;
  /** The flow that the action goes through. Undefined until it is ruled on, and in actions that began before flows were counted. */
  flow: number | undefined;
  /** The scope that is cancelled when the action is cancelled or revoked. */
  readonly scope = new CancellationScope();
  #facts: ActionState;
  #refusal: ApplicationFailure | undefined;
  #background: Promise<void>[] = [];
  #recording: Promise<void>[] = [];
  /** When the action was last ruled on, in milliseconds since the epoch. The time that people are given counts from here. */
  ruledAt = 0;
  /** A person's signed edit of the action (compact JWS). While it is set, nothing else is decided. */
  revised: string | undefined;
  /** Whether an edit is being checked. */
  editing = false;
  /** Whether an extension of the watch is being recorded. */
  extending = false;
  /** Whether the votes are being settled. From then on people can only revoke the action. */
  settling = false;
  /** The admission that came with the ruling, until it is taken. */
  admission: Admission | undefined;
  /** The sealed ticket that stands in for the ledger when the ledger is away. */
  ticket: Sealed<Ticket> | undefined;
  /** Facts that were found or made while the ledger was away. */
  unrecorded: readonly Sealed<Fact>[] = [];
  /** How many messages that tell of the settlement are still being sent. */
  telling = 0;
  /** Whether something from outside may have come that ends the watch, and nobody has looked yet. */
  mayBeEnded = false;
  /** The escalation route that is followed, and how far the walk along it has come. */
  following: { readonly route: Route; readonly walk: Walk } | undefined;
  /** All that people signed on the present question (compact JWS). */
  statements: readonly string[] = [];

  constructor(proposal: Proposal) {
    const { workflowId, runId } = workflowInfo();
    this.workflowId = workflowId;
    this.#facts = { workflowId, runId, proposal, status: 'assessing', ...NOTHING_YET };
    setHandler(getActionQuery, () => this.state);
    setHandler(getExplanationQuery, () => explain(this.state));
    setHandler(lookOutsideSignal, () => {
      if (this.follows('ended-from-outside')) this.mayBeEnded = true;
    });
    setHandler(answerUpdate, (answer) => this.#answer(answer), { validator: (answer) => this.#open(answer) });
    setHandler(proposeUpdate, () => this.#ruled(), { validator: (digest) => this.#refuseAgain(digest) });
  }

  get state(): ActionState {
    return this.#facts;
  }

  /** The action, its impact and its ruling: every later step rests on them. Throws when the action is not ruled on yet. */
  get known(): { action: Action; impact: Impact; ruling: Ruling } {
    const { action, impact, ruling } = this.#facts;
    if (!action || !impact || !ruling)
      throw ApplicationFailure.nonRetryable('the action is not ruled on yet');
    return { action, impact, ruling };
  }

  /**
   * Whether this action does as the change says: decision 49. `patched()` is for actions that began before flows were counted. It is not
   * used otherwise, because after a local activity its mark can come into the history one workflow task too late to be found again.
   */
  follows(change: FlowChange): boolean {
    return this.flow === undefined ? patched(change) : follows(this.flow, change);
  }

  /** Adds facts to the state. Operators see the change in the Temporal UI. */
  add(facts: Partial<Omit<ActionState, 'workflowId' | 'runId' | 'proposal'>>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#show();
  }

  /** Takes over what the ledger says after a ruling. */
  rule({
    runId,
    action,
    impact,
    ruling,
    findings,
    background,
    ruledAt,
  }: Extract<Ruled, { kind: 'ruled' }>): void {
    // `runId` is the run in which the action was ruled on, not the present run. After a reset, earlier decisions must be judged by the
    // run that they were signed for.
    this.#facts = { ...this.#facts, runId };
    this.ruledAt = ruledAt;
    this.add({ action, impact, ruling, findings, background });
  }

  /** Takes over how people decided, as the ledger says. */
  settled({ settlement, votes, breakGlass }: Extract<Settled, { kind: 'settled' }>): void {
    this.add({ votes, settlement, breakGlass });
  }

  /** Clears votes and deliveries of this round and keeps them as an earlier round, because the action is about to be ruled on again. */
  askAgain(why: Drifted | Revised): void {
    const { votes, settlement, deliveries, earlierRounds, edits } = this.state;
    const edit = why.kind === 'revised' ? editIn(why.jws) : undefined;
    const drift = why.kind === 'drifted' ? why.reasons : [];
    const round = { digest: this.known.ruling.digest, votes, settlement, deliveries, drift };
    const allEdits = edit ? [...edits, edit] : edits;
    this.statements = [];
    this.revised = undefined;
    this.settling = false;
    this.add({
      status: 'assessing',
      votes: [],
      withdrawals: [],
      edits: allEdits,
      revision: allEdits.length + 1,
      deliveries: [],
      settlement: undefined,
      openedAt: undefined,
      deadline: undefined,
      breakGlass: undefined,
      acknowledgements: undefined,
      earlierRounds: [...earlierRounds, edit ? { ...round, edit } : round],
    });
  }

  /** How much room the history still has for what people say. */
  get room(): ReturnType<typeof roomIn> {
    const { historyLength, historySize } = workflowInfo();
    return roomIn({ events: historyLength, bytes: historySize });
  }

  /** Removes votes that were found not to count, and lists them among the refused decisions. */
  drop(droppedStatements: readonly { readonly jws: string; readonly reason: string }[]): void {
    const reasons = new Map(droppedStatements.map(({ jws, reason }) => [jws, reason]));
    const { votes, refusedDecisions } = this.state;
    this.statements = this.statements.filter((jws) => !reasons.has(jws));
    this.add({
      votes: votes.filter(({ jws }) => !reasons.has(jws)),
      refusedDecisions: votes
        .filter(({ jws }) => reasons.has(jws))
        .map(({ jws }) => refusedDecision({ jws }, reasons.get(jws) ?? ''))
        .reduce(withRefused, refusedDecisions),
    });
  }

  /** What only this workflow saw and the ledger does not hold. */
  get seen(): SeenByWorkflow {
    const { deliveries, questions, refusedDecisions } = this.state;
    return {
      undelivered: deliveries.filter(({ delivered }) => !delivered),
      answers: Object.fromEntries(questions.flatMap(({ id, answer }) => (answer ? [[id, answer]] : []))),
      refusedDecisions,
    };
  }

  /** Keeps a fact that could not be recorded, for the step that closes the action. */
  completeLater(fact: Sealed<Fact> | undefined): void {
    if (fact) this.unrecorded = [...this.unrecorded, fact];
  }

  /** Makes the action findable by its status. Each call is an event in the history, so only lasting states are indexed. */
  index(status: IndexedStatus, ...pairs: SearchAttributeUpdatePair[]): void {
    upsertSearchAttributes([...pairs, { key: searchAttributes.status, value: status }]);
  }

  /** Runs work that no step waits for but that must end before the workflow does. The work must not throw, except when cancelled. */
  inBackground(work: Promise<void>): void {
    this.#background.push(work.catch(ignoreCancellation));
  }

  /** Has the ledger record what a person signed. Only the end of the action waits for this. */
  record = (jws: string): void => {
    this.#recording.push(recordActivity(jws).catch(ignoreCancellation));
  };

  async recorded(): Promise<void> {
    await Promise.all(this.#recording);
  }

  async background(): Promise<void> {
    await Promise.all(this.#background);
  }

  /** Refuses a proposal that cannot be governed. The caller that waits for the ruling gets every fault. */
  refuse(failure: ApplicationFailure): void {
    this.#refusal = failure;
  }

  /** INVARIANT 14: once the ruling is known, callers read it by a query. Queries cannot be used up, updates can. */
  #refuseAgain(digest: string): void {
    refuseOther(digest, this.#facts.proposal);
    if (this.#facts.ruling === undefined) return;
    const message = 'it is ruled on: ask for its state instead';
    throw ApplicationFailure.create({ type: 'AlreadyRuled', message, nonRetryable: true });
  }

  async #ruled(): Promise<void> {
    await condition(() => this.#facts.ruling !== undefined || this.#refusal !== undefined);
    if (this.#refusal) throw this.#refusal;
  }

  /** INVARIANT 12: the agent's answer is kept beside the action and changes nothing about the action. */
  #answer(answer: unknown): void {
    const { questionId, text } = this.#open(answer);
    const newAnswer = { text, at: Date.now() };
    this.add({
      questions: this.#facts.questions.map((question) =>
        question.id === questionId ? { ...question, answer: newAnswer } : question,
      ),
    });
  }

  #open(answer: unknown): Answer {
    const parsedAnswer = readAnswer(answer);
    const problem = parsedAnswer
      ? whyNotAnswered(this.#facts.questions, parsedAnswer.questionId)
      : `it is no answer: it needs a questionId and a text of at most ${MOST_ANSWERED} characters`;
    if (parsedAnswer && problem === undefined) return parsedAnswer;
    throw ApplicationFailure.create({ type: 'AnswerRefused', message: problem ?? '', nonRetryable: true });
  }

  /** The question that people are asked now; undefined while there is none. */
  get asked(): Question | undefined {
    return this.revised === undefined ? questionNow(this.#facts, this.#facts, this.settling) : undefined;
  }

  #show(): void {
    setCurrentDetails(detailsOf(this.state));
  }
}

/** The edit that a person signed. */
function editIn(jws: string): Edit | undefined {
  const claimedDecision = readDecision({ jws })?.claimed;
  return (
    claimedDecision && {
      by: claimedDecision.person,
      reason: claimedDecision.reason ?? '',
      at: Date.now(),
      digestBefore: claimedDecision.digest,
    }
  );
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** Throws `IdempotencyConflict` when the same id comes with other content. Such a proposal is another action and is never merged. */
function refuseOther(digest: string, proposal: Proposal): void {
  if (digest === digestOf(proposal)) return;
  throw ApplicationFailure.create({
    type: 'IdempotencyConflict',
    message: 'this idempotency key already names an action with other content; choose a new key',
    nonRetryable: true,
  });
}
