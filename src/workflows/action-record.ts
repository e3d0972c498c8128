import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  ApplicationFailure,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { answerUpdate, getActionQuery, getExplanationQuery, proposeUpdate } from '../contract/messages.ts';
import { type IndexedStatus, searchAttributes } from '../contract/search-attributes.ts';
import type { Action, Proposal } from '../domain/action.ts';
import { type Question, VOTING } from '../domain/decision.ts';
import { digestOf } from '../domain/digest.ts';
import { explain } from '../domain/explanation.ts';
import type { Impact } from '../domain/impact.ts';
import { type Answer, readAnswer } from '../domain/read-answer.ts';
import type { Ruling } from '../domain/ruling.ts';
import { type Edit, MOST_ANSWERED, whyNotAnswered } from '../domain/said.ts';
import { type ActionState, NOTHING_YET } from '../domain/state.ts';
import type { Verdict } from '../domain/statement.ts';
import { Decisions, type Words } from './decisions.ts';
import { detailsOf } from './details.ts';

export type Permitted = Extract<Ruling, { kind: 'permit' }>;
/** A ruling under which the action may be executed. */
export type Runnable = Exclude<Permitted, { mode: 'recommend' }>;

type Told = 'votes' | 'withdrawals' | 'refusedDecisions';

/** Why an action is ruled on again, and what it is then. */
export interface Again {
  readonly action: Action;
  readonly impact: Impact;
  readonly drift: readonly string[];
  readonly edit?: Edit | undefined;
  /** The edit as it was signed. */
  readonly jws?: string | undefined;
}

/** What is known of one action, and the messages that ask for it or add to it. The workflow's only state. */
export class ActionRecord {
  readonly workflowId: string;
  readonly runId: string;
  #facts: Omit<ActionState, Told>;
  #decisions: Decisions;
  #refusal: ApplicationFailure | undefined;
  #background: Promise<void>[] = [];
  /** What a person made of it. As long as it is there, nothing else is decided. */
  revised: Again | undefined;
  /** Stops what is under way. There is nothing to stop before it is ruled on. */
  stop: () => void = () => {};
  /** How many messages are still on their way that say how it was settled. */
  telling = 0;
  /** What an acknowledgement does to the route that is being followed. */
  whenAcknowledged: () => void = () => {};

  /** @param wordsOn what people may say of it besides votes */
  constructor(proposal: Proposal, wordsOn: (record: ActionRecord) => Words) {
    const { workflowId, runId } = workflowInfo();
    this.workflowId = workflowId;
    this.runId = runId;
    this.#facts = { workflowId, runId, proposal, status: 'assessing', ...NOTHING_YET };
    this.#decisions = new Decisions(
      () => this.asked,
      () => this.#show(),
      wordsOn(this),
    );
    setHandler(getActionQuery, () => this.state);
    setHandler(getExplanationQuery, () => explain(this.state));
    setHandler(answerUpdate, (answer) => this.#answer(answer), { validator: (answer) => this.#open(answer) });
    setHandler(proposeUpdate, () => this.#ruled(), { validator: (again) => refuseOther(again, proposal) });
  }

  get state(): ActionState {
    return { ...this.#facts, ...this.#decisions.ballot, refusedDecisions: this.#decisions.refused };
  }

  /** What is known once the action is assessed and ruled on: every later step rests on it. */
  get known(): { action: Action; impact: Impact; ruling: Ruling } {
    const { action, impact, ruling } = this.#facts;
    if (!action || !impact || !ruling)
      throw ApplicationFailure.nonRetryable('the action is not ruled on yet');
    return { action, impact, ruling };
  }

  /** Adds facts. Operators see the change in the Temporal UI. */
  add(facts: Partial<Omit<ActionState, Told | 'workflowId' | 'runId' | 'proposal'>>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#show();
  }

  /** Nothing that was decided or told counts any more: the action is about to be ruled on again. */
  askAgain({ action, impact, drift, edit }: Again): void {
    const { votes, settlement, deliveries, earlierRounds, edits } = this.state;
    const round = { digest: this.known.ruling.digest, votes, settlement, deliveries, drift };
    const all = edit ? [...edits, edit] : edits;
    this.#decisions.forget();
    this.revised = undefined;
    this.add({
      ...{ status: 'assessing', action, impact, edits: all, revision: all.length + 1, deliveries: [] },
      ...{ settlement: undefined, openedAt: undefined, deadline: undefined, breakGlass: undefined },
      ...{
        acknowledgements: undefined,
        earlierRounds: [...earlierRounds, edit ? { ...round, edit } : round],
      },
    });
  }

  /** Makes the action findable by where it stands. Each call is an event in the history, so only what lasts is told. */
  index(status: IndexedStatus, ...pairs: SearchAttributeUpdatePair[]): void {
    upsertSearchAttributes([...pairs, { key: searchAttributes.status, value: status }]);
  }

  /** Work that nothing waits for, but that must end before the workflow does. It must not throw. */
  inBackground(work: Promise<void>): void {
    this.#background.push(work.catch(ignoreCancellation));
  }

  async background(): Promise<void> {
    await Promise.all(this.#background);
  }

  /** The proposal cannot be governed: whoever waits for the ruling gets every fault. */
  refuse(failure: ApplicationFailure): void {
    this.#refusal = failure;
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
    const { workflowId, runId, revised } = this;
    const { status, ruling, deadline } = this.#facts;
    if (!ruling || revised || ruling.kind === 'forbid' || ruling.mode === 'recommend') return undefined;
    const requirement = 'requirement' in ruling ? ruling.requirement : ruling.review.requirement;
    const { digest, gateway, breakGlass } = ruling;
    const about = { workflowId, runId, digest, requirement, gateway };
    if (status === 'waiting' && deadline !== undefined) {
      const holds: readonly Verdict[] =
        'route' in ruling && ruling.route.holdMs !== undefined ? ['acknowledge'] : [];
      const takes: readonly Verdict[] = [...VOTING, 'edit', 'ask', 'breakGlass', ...holds];
      return { ...about, breakGlass, deadline, takes };
    }
    const underWay = status === 'admitting' || status === 'executing' || status === 'watching';
    return underWay ? { ...about, deadline: Number.POSITIVE_INFINITY, takes: ['revoke'] } : undefined;
  }

  #show(): void {
    setCurrentDetails(detailsOf(this.state));
  }
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
