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
import { getActionQuery, getExplanationQuery, proposeUpdate } from '../contract/messages.ts';
import { type IndexedStatus, searchAttributes } from '../contract/search-attributes.ts';
import type { Action, Proposal } from '../domain/action.ts';
import type { Question } from '../domain/decision.ts';
import { digestOf } from '../domain/digest.ts';
import { explain } from '../domain/explanation.ts';
import type { Impact } from '../domain/impact.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { ActionState } from '../domain/state.ts';
import { Decisions } from './decisions.ts';
import { detailsOf } from './details.ts';

export type Permitted = Extract<Ruling, { kind: 'permit' }>;
/** A ruling under which the action may be executed. */
export type Runnable = Exclude<Permitted, { mode: 'recommend' }>;

const NEW = { earlierRounds: [], deliveries: [], measurements: [] } as const;

/** What is known of one action, and the messages that ask for it or add to it. The workflow's only state. */
export class ActionRecord {
  readonly workflowId: string;
  readonly runId: string;
  #facts: Omit<ActionState, 'votes' | 'refusedDecisions'>;
  #decisions: Decisions;
  #refusal: ApplicationFailure | undefined;
  #background: Promise<void>[] = [];

  constructor(proposal: Proposal) {
    const { workflowId, runId } = workflowInfo();
    this.workflowId = workflowId;
    this.runId = runId;
    this.#facts = { workflowId, runId, proposal, status: 'assessing', ...NEW };
    this.#decisions = new Decisions(
      () => this.#question(),
      () => this.#show(),
    );
    setHandler(getActionQuery, () => this.state);
    setHandler(getExplanationQuery, () => explain(this.state));
    setHandler(proposeUpdate, () => this.#ruled(), { validator: (again) => refuseOther(again, proposal) });
  }

  get state(): ActionState {
    return { ...this.#facts, votes: this.#decisions.votes, refusedDecisions: this.#decisions.refused };
  }

  /** What is known once the action is assessed and ruled on: every later step rests on it. */
  get known(): { action: Action; impact: Impact; ruling: Ruling } {
    const { action, impact, ruling } = this.#facts;
    if (!action || !impact || !ruling)
      throw ApplicationFailure.nonRetryable('the action is not ruled on yet');
    return { action, impact, ruling };
  }

  /** Adds facts. Operators see the change in the Temporal UI. */
  add(
    facts: Partial<Omit<ActionState, 'votes' | 'refusedDecisions' | 'workflowId' | 'runId' | 'proposal'>>,
  ): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#show();
  }

  /** Nothing that was decided or told counts any more: the action is about to be ruled on again. */
  askAgain(impact: Impact, drift: readonly string[]): void {
    const { votes, settlement, deliveries, earlierRounds } = this.state;
    const round = { digest: this.known.ruling.digest, votes, settlement, deliveries, drift };
    this.#decisions.forget();
    this.add({
      ...{ status: 'assessing', impact, settlement: undefined, openedAt: undefined, deadline: undefined },
      ...{ deliveries: [], earlierRounds: [...earlierRounds, round] },
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

  #question(): Question | undefined {
    const { status, ruling, deadline } = this.#facts;
    if (status !== 'waiting' || !ruling || !('requirement' in ruling)) return undefined;
    if (deadline === undefined) return undefined;
    const { workflowId, runId } = this;
    return { workflowId, runId, digest: ruling.digest, requirement: ruling.requirement, deadline };
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
