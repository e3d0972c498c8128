import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { SeenByWorkflow } from '../activities/close.ts';
import type { Fact } from '../activities/ports/ledger.ts';
import type { Ruled } from '../activities/rule.ts';
import type { Settled } from '../activities/settle.ts';
import { answerUpdate, getActionQuery, getExplanationQuery, proposeUpdate } from '../contract/messages.ts';
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

/** What is known of one action, and the messages that ask for it or add to it. The workflow's only state. */
export class ActionRecord {
  readonly workflowId: string;
  /** What is stopped when the action is cancelled or revoked. */
  readonly scope = new CancellationScope();
  #facts: ActionState;
  #refusal: ApplicationFailure | undefined;
  #background: Promise<void>[] = [];
  #recording: Promise<void>[] = [];
  /** When it was ruled on last: milliseconds since the epoch. What people are given time for counts from here. */
  ruledAt = 0;
  /** A person's signed edit of it. As long as it is there, nothing else is decided. */
  revised: string | undefined;
  /** Whether an edit is being looked at. */
  editing = false;
  /** Whether it is found out how people decided: from then on they can only revoke it. */
  settling = false;
  /** What it runs by where the ledger is away. */
  ticket: Sealed<Ticket> | undefined;
  /** What was found or done while the ledger was away. */
  unrecorded: readonly Sealed<Fact>[] = [];
  /** How many messages are still on their way that say how it was settled. */
  telling = 0;
  /** The route that people are asked along, and how far it has come. */
  following: { readonly route: Route; readonly walk: Walk } | undefined;
  /** All that people signed on what is asked now (compact JWS). */
  statements: readonly string[] = [];

  constructor(proposal: Proposal) {
    const { workflowId, runId } = workflowInfo();
    this.workflowId = workflowId;
    this.#facts = { workflowId, runId, proposal, status: 'assessing', ...NOTHING_YET };
    setHandler(getActionQuery, () => this.state);
    setHandler(getExplanationQuery, () => explain(this.state));
    setHandler(answerUpdate, (answer) => this.#answer(answer), { validator: (answer) => this.#open(answer) });
    setHandler(proposeUpdate, () => this.#ruled(), { validator: (again) => this.#refuseAgain(again) });
  }

  get state(): ActionState {
    return this.#facts;
  }

  /** What is known once the action is assessed and ruled on: every later step rests on it. */
  get known(): { action: Action; impact: Impact; ruling: Ruling } {
    const { action, impact, ruling } = this.#facts;
    if (!action || !impact || !ruling)
      throw ApplicationFailure.nonRetryable('the action is not ruled on yet');
    return { action, impact, ruling };
  }

  /** Adds facts. Operators see the change in the Temporal UI. */
  add(facts: Partial<Omit<ActionState, 'workflowId' | 'runId' | 'proposal'>>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#show();
  }

  /** What it is now, by the ledger. */
  rule({ runId, action, impact, ruling, ruledAt }: Extract<Ruled, { kind: 'ruled' }>): void {
    // Not the run that it is in now: after a reset what was decided before it would be judged otherwise than it was.
    this.#facts = { ...this.#facts, runId };
    this.ruledAt = ruledAt;
    this.add({ action, impact, ruling });
  }

  /** How people decided, by the ledger. */
  settled({ settlement, votes, breakGlass }: Extract<Settled, { kind: 'settled' }>): void {
    this.add({ votes, settlement, breakGlass });
  }

  /** Nothing that was decided or told counts any more: the action is about to be ruled on again. */
  askAgain(why: Drifted | Revised): void {
    const { votes, settlement, deliveries, earlierRounds, edits } = this.state;
    const edit = why.kind === 'revised' ? editIn(why.jws) : undefined;
    const drift = why.kind === 'drifted' ? why.reasons : [];
    const round = { digest: this.known.ruling.digest, votes, settlement, deliveries, drift };
    const all = edit ? [...edits, edit] : edits;
    this.statements = [];
    this.revised = undefined;
    this.settling = false;
    this.add({
      status: 'assessing',
      votes: [],
      withdrawals: [],
      edits: all,
      revision: all.length + 1,
      deliveries: [],
      settlement: undefined,
      openedAt: undefined,
      deadline: undefined,
      breakGlass: undefined,
      acknowledgements: undefined,
      earlierRounds: [...earlierRounds, edit ? { ...round, edit } : round],
    });
  }

  /** Whether there is room left for what people say. */
  get room(): ReturnType<typeof roomIn> {
    const { historyLength, historySize } = workflowInfo();
    return roomIn({ events: historyLength, bytes: historySize });
  }

  /** Takes out the votes that were found not to count after all. */
  drop(found: readonly { readonly jws: string; readonly reason: string }[]): void {
    const reasons = new Map(found.map(({ jws, reason }) => [jws, reason]));
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

  /** What only this workflow saw. */
  get seen(): SeenByWorkflow {
    const { deliveries, questions, refusedDecisions } = this.state;
    return {
      undelivered: deliveries.filter(({ delivered }) => !delivered),
      answers: Object.fromEntries(questions.flatMap(({ id, answer }) => (answer ? [[id, answer]] : []))),
      refusedDecisions,
    };
  }

  /** Hands what could not be recorded to the step that closes the action. */
  completeLater(fact: Sealed<Fact> | undefined): void {
    if (fact) this.unrecorded = [...this.unrecorded, fact];
  }

  /** Makes the action findable by where it stands. Each call is an event in the history, so only what lasts is told. */
  index(status: IndexedStatus, ...pairs: SearchAttributeUpdatePair[]): void {
    upsertSearchAttributes([...pairs, { key: searchAttributes.status, value: status }]);
  }

  /** Work that nothing waits for, but that must end before the workflow does. It must not throw. */
  inBackground(work: Promise<void>): void {
    this.#background.push(work.catch(ignoreCancellation));
  }

  /** Has what a person signed recorded: nothing waits for it but the end. */
  record = (jws: string): void => {
    this.#recording.push(recordActivity(jws).catch(ignoreCancellation));
  };

  async recorded(): Promise<void> {
    await Promise.all(this.#recording);
  }

  async background(): Promise<void> {
    await Promise.all(this.#background);
  }

  /** The proposal cannot be governed: whoever waits for the ruling gets every fault. */
  refuse(failure: ApplicationFailure): void {
    this.#refusal = failure;
  }

  /** INVARIANT 14: what is known already is asked for by a query, which nobody can use up. */
  #refuseAgain(again: Proposal): void {
    refuseOther(again, this.#facts.proposal);
    if (this.#facts.ruling === undefined) return;
    const message = 'it is ruled on: ask for its state instead';
    throw ApplicationFailure.create({ type: 'AlreadyRuled', message, nonRetryable: true });
  }

  async #ruled(): Promise<Ruling> {
    await condition(() => this.#facts.ruling !== undefined || this.#refusal !== undefined);
    if (this.#refusal) throw this.#refusal;
    return this.known.ruling;
  }

  /** INVARIANT 12: what the agent answers is kept beside the action, and changes nothing of it. */
  #answer(answer: unknown): void {
    const { questionId, text } = this.#open(answer);
    const given = { text, at: Date.now() };
    this.add({
      questions: this.#facts.questions.map((each) =>
        each.id === questionId ? { ...each, answer: given } : each,
      ),
    });
  }

  #open(answer: unknown): Answer {
    const read = readAnswer(answer);
    const problem = read
      ? whyNotAnswered(this.#facts.questions, read.questionId)
      : `it is no answer: it needs a questionId and a text of at most ${MOST_ANSWERED} characters`;
    if (read && problem === undefined) return read;
    throw ApplicationFailure.create({ type: 'AnswerRefused', message: problem ?? '', nonRetryable: true });
  }

  /** What people are asked now; undefined while nothing is. */
  get asked(): Question | undefined {
    return this.revised === undefined ? questionNow(this.#facts, this.#facts, this.settling) : undefined;
  }

  #show(): void {
    setCurrentDetails(detailsOf(this.state));
  }
}

/** What a person signed to change it. */
function editIn(jws: string): Edit | undefined {
  const claimed = readDecision({ jws })?.claimed;
  return (
    claimed && {
      by: claimed.person,
      reason: claimed.reason ?? '',
      at: Date.now(),
      digestBefore: claimed.digest,
    }
  );
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** The same id with other content is another action: it is refused, never merged. */
function refuseOther(again: Proposal, proposal: Proposal): void {
  if (digestOf(again) === digestOf(proposal)) return;
  throw ApplicationFailure.create({
    type: 'IdempotencyConflict',
    message: 'this idempotency key already names an action with other content; choose a new key',
    nonRetryable: true,
  });
}
