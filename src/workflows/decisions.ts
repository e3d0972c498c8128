import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { type DecisionAnswer, decideSignal, decideUpdate } from '../contract/messages.ts';
import { type Judgement, judge, type Question } from '../domain/decision.ts';
import { readDecision } from '../domain/read-decision.ts';
import type { Vote } from '../domain/requirement.ts';
import type { RefusedDecision } from '../domain/state.ts';
import { standingOf } from '../domain/votes.ts';

/** So many refused signals are kept for operators to see; more would only let a flood grow the state. */
const REFUSALS_KEPT = 50;

/** The votes on one question. Update and signal go through the same judgement; nothing unproven gets past it. */
export class Decisions {
  votes: readonly Vote[] = [];
  refused: readonly RefusedDecision[] = [];
  #question: () => Question | undefined;
  #changed: () => void = () => {};

  /** @param question what is being asked now; undefined while nothing is */
  constructor(question: () => Question | undefined, changed: () => void) {
    this.#question = question;
    setHandler(decideUpdate, (decision) => this.#count(decision), {
      // INVARIANT 3: refused here, a decision leaves no trace in the history. Synchronous: the SDK does not await it.
      validator: (decision) => {
        const judged = this.#judge(decision);
        if (judged.kind === 'refused') throw refusal(judged);
      },
    });
    setHandler(decideSignal, (decision) => {
      const judged = this.#judge(decision);
      if (judged.kind === 'refused') this.#remember(decision, judged.reason);
      else this.#add(judged.vote);
    });
    // Only now: a signal that came before its handler is handled inside setHandler, while our owner is not whole yet.
    this.#changed = changed;
  }

  /** What is asked from now on is another question. */
  forget(): void {
    this.votes = [];
  }

  #judge(decision: unknown): Judgement {
    const question = this.#question();
    if (!question)
      return { kind: 'refused', refusal: 'notOpen', reason: 'nothing is waiting for a decision here' };
    const read = readDecision(decision);
    return read
      ? judge(question, read.claimed, read.jws, Date.now())
      : { kind: 'refused', refusal: 'malformed', reason: 'it is not a signed decision' };
  }

  async #count(decision: unknown): Promise<DecisionAnswer> {
    const judged = this.#judge(decision);
    if (judged.kind === 'refused') throw refusal(judged);
    this.#add(judged.vote);
    const question = this.#question();
    const standing = question ? standingOf(question.requirement, this.votes) : undefined;
    return standing?.kind === 'open'
      ? { missing: standing.missing, needed: standing.needed }
      : { missing: 0 };
  }

  /** One vote a person: the same again changes nothing, a denial replaces an approval, nothing replaces a denial. */
  #add(vote: Vote): void {
    const earlier = this.votes.find(({ person }) => person === vote.person);
    if (earlier && (earlier.verdict === 'deny' || vote.verdict === 'approve')) return;
    this.votes = [...this.votes.filter((other) => other !== earlier), vote];
    this.#changed();
  }

  #remember(decision: unknown, reason: string): void {
    const person = readDecision(decision)?.claimed.person ?? 'someone unknown';
    if (this.refused.length < REFUSALS_KEPT)
      this.refused = [...this.refused, { person, reason, at: Date.now() }];
    this.#changed();
  }
}

const refusal = (judged: Extract<Judgement, { kind: 'refused' }>) =>
  ApplicationFailure.create({
    type: 'DecisionRefused',
    message: judged.reason,
    nonRetryable: true,
    details: [judged.refusal],
  });
