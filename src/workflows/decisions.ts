import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { type DecisionAnswer, decideSignal, decideUpdate } from '../contract/messages.ts';
import { type Ballot, cast, whyNotCast, whyNotWithdrawn, withdraw } from '../domain/ballot.ts';
import { type Judgement, judge, type Question } from '../domain/decision.ts';
import { readDecision } from '../domain/read-decision.ts';
import { type Refused, refuse } from '../domain/refusal.ts';
import type { RefusedDecision } from '../domain/state.ts';
import type { DecisionStatement } from '../domain/statement.ts';
import { standingOf } from '../domain/votes.ts';

/** So many refused signals are kept for operators to see; more would only let a flood grow the state. */
const REFUSALS_KEPT = 50;

/** What people may say besides votes. */
export interface Words {
  /** Why it has no place now. */
  whyNot(statement: DecisionStatement): Refused | undefined;
  /** Does as they say. Undefined once it is done: it may still be refused when it is looked at closely. */
  hear(statement: DecisionStatement, jws: string): Promise<Refused | undefined>;
  /** A vote came in or was withdrawn. */
  voted(ballot: Ballot): void;
}

const NONE: Ballot = { votes: [], withdrawals: [] };

/** The votes on one question. Update and signal go through the same judgement; nothing unproven gets past it. */
export class Decisions {
  ballot = NONE;
  refused: readonly RefusedDecision[] = [];
  #question: () => Question | undefined;
  #words: Words | undefined;
  #changed: () => void = () => {};

  /**
   * @param question what is being asked now; undefined while nothing is
   * @param words what else is listened to; absent: votes alone
   */
  constructor(question: () => Question | undefined, changed: () => void, words?: Words) {
    this.#question = question;
    this.#words = words;
    setHandler(decideUpdate, (decision) => this.#count(decision), {
      // INVARIANT 3: refused here, a decision leaves no trace in the history. Synchronous: the SDK does not await it.
      validator: (decision) => {
        const judged = this.#judge(decision);
        if (judged.kind === 'refused') throw failureOf(judged);
      },
    });
    setHandler(decideSignal, async (decision) => {
      try {
        const refused = await this.#take(decision);
        if (refused) this.#remember(decision, refused.reason);
      } catch (error) {
        // Thrown on, it would end the workflow: nobody may stop an action by what they say of it.
        this.#remember(decision, error instanceof Error ? error.message : String(error));
      }
    });
    // Only now: a signal that came before its handler is handled inside setHandler, while our owner is not whole yet.
    this.#changed = changed;
  }

  /** What is asked from now on is another question. */
  forget(): void {
    this.ballot = NONE;
  }

  #judge(decision: unknown): Judgement {
    const question = this.#question();
    if (!question) return refuse('notOpen', 'nothing is waiting for a decision here');
    const read = readDecision(decision);
    if (!read) return refuse('malformed', 'it is not a signed decision');
    const judged = judge(question, read.claimed, read.jws, Date.now());
    switch (judged.kind) {
      case 'refused':
        return judged;
      case 'counts':
        return whyNotCast(this.ballot, judged.vote) ?? judged;
      case 'said': {
        const { statement } = judged;
        const against =
          statement.verdict === 'withdraw'
            ? whyNotWithdrawn(this.ballot, question.requirement, statement)
            : this.#words?.whyNot(statement);
        return against ?? judged;
      }
    }
  }

  /** Does as a decision says, or why not. */
  async #take(decision: unknown): Promise<Refused | undefined> {
    const judged = this.#judge(decision);
    if (judged.kind === 'refused') return judged;
    if (judged.kind === 'said' && judged.statement.verdict !== 'withdraw')
      return this.#words?.hear(judged.statement, judged.jws);
    this.ballot =
      judged.kind === 'counts' ? cast(this.ballot, judged.vote) : withdraw(this.ballot, judged.statement);
    this.#words?.voted(this.ballot);
    this.#changed();
    return undefined;
  }

  async #count(decision: unknown): Promise<DecisionAnswer> {
    const refused = await this.#take(decision);
    if (refused) throw failureOf(refused);
    const question = this.#question();
    const standing = question ? standingOf(question.requirement, this.ballot.votes) : undefined;
    return standing?.kind === 'open'
      ? { missing: standing.missing, needed: standing.needed }
      : { missing: 0 };
  }

  #remember(decision: unknown, reason: string): void {
    const person = readDecision(decision)?.claimed.person ?? 'someone unknown';
    if (this.refused.length < REFUSALS_KEPT)
      this.refused = [...this.refused, { person, reason, at: Date.now() }];
    this.#changed();
  }
}

const failureOf = ({ refusal, reason }: Refused) =>
  ApplicationFailure.create({
    type: 'DecisionRefused',
    message: reason,
    nonRetryable: true,
    details: [refusal],
  });
