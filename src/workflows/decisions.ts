import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { type DecisionAnswer, decideSignal, decideUpdate } from '../contract/messages.ts';
import { type Ballot, cast, whyNotCast, whyNotWithdrawn, withdraw } from '../domain/approval/ballot.ts';
import { hear } from '../domain/approval/count-statements.ts';
import type { DecisionStatement } from '../domain/approval/decision-statement.ts';
import { readDecision } from '../domain/approval/parse-decision.ts';
import { type Refused, refuse } from '../domain/approval/refusal.ts';
import type { Question, VerifiedDecision } from '../domain/approval/verify-decision.ts';
import { tallyOf } from '../domain/approval/vote-tally.ts';
import type { RefusedDecision } from '../domain/record/action-state.ts';

/** So many refused signals are kept for operators to see; more would only let a flood grow the state. */
const REFUSALS_KEPT = 50;

/** What people may say besides votes. */
export interface Words {
  /** Why it has no place now. */
  whyNot(statement: DecisionStatement, jws: string): Refused | undefined;
  /** Does as they say. Undefined once it is done: it may still be refused when it is looked at closely. */
  hear(statement: DecisionStatement, jws: string): Promise<Refused | undefined>;
  /** A vote came in or was withdrawn, by this statement. */
  voted(ballot: Ballot, jws: string): void;
}

const NONE: Ballot = { votes: [], withdrawals: [] };

/** The votes on one question. Update and signal go through the same judgement; nothing unproven gets past it. */
export class Decisions {
  ballot = NONE;
  /** All that people signed on what is asked now (compact JWS). */
  statements: readonly string[] = [];
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
    setHandler(decideSignal, (decision) => this.hear(decision));
    // Only now: a signal that came before its handler is handled inside setHandler, while our owner is not whole yet.
    this.#changed = changed;
  }

  /** Hears what comes in without an answer. What does not count is kept for operators to see. */
  async hear(decision: unknown): Promise<void> {
    try {
      const refused = await this.#take(decision);
      if (refused) this.#remember(decision, refused.reason);
    } catch (error) {
      // Thrown on, it would end the workflow: nobody may stop an action by what they say of it.
      this.#remember(decision, error instanceof Error ? error.message : String(error));
    }
  }

  /** What is asked from now on is another question. */
  forget(): void {
    this.ballot = NONE;
    this.statements = [];
  }

  /** Takes out what was found not to count after all. */
  drop(found: readonly { readonly jws: string; readonly reason: string }[]): void {
    const gone = new Map(found.map(({ jws, reason }) => [jws, reason]));
    const dropped = this.ballot.votes.filter(({ jws }) => gone.has(jws));
    for (const { jws } of dropped) this.#remember({ jws }, gone.get(jws) ?? '');
    this.ballot = { ...this.ballot, votes: this.ballot.votes.filter(({ jws }) => !gone.has(jws)) };
    this.statements = this.statements.filter((jws) => !gone.has(jws));
    this.#changed();
  }

  #judge(decision: unknown): VerifiedDecision {
    const question = this.#question();
    if (!question) return refuse('notOpen', 'nothing is waiting for a decision here');
    const judged = hear(question, decision, Date.now());
    switch (judged.kind) {
      case 'refused':
        return judged;
      case 'counts':
        return whyNotCast(this.ballot, judged.vote) ?? judged;
      case 'said': {
        const { statement, jws } = judged;
        const against =
          statement.verdict === 'withdraw'
            ? whyNotWithdrawn(this.ballot, question.requirement, statement)
            : this.#words?.whyNot(statement, jws);
        return against ?? judged;
      }
    }
  }

  /** Does as a decision says, or why not. */
  async #take(decision: unknown): Promise<Refused | undefined> {
    const judged = this.#judge(decision);
    if (judged.kind === 'refused') return judged;
    const jws = judged.kind === 'counts' ? judged.vote.jws : judged.jws;
    if (judged.kind === 'said' && judged.statement.verdict !== 'withdraw') {
      const refused = await this.#words?.hear(judged.statement, jws);
      if (!refused) this.statements = [...this.statements, jws];
      return refused;
    }
    this.statements = [...this.statements, jws];
    this.ballot =
      judged.kind === 'counts'
        ? cast(this.ballot, judged.vote)
        : withdraw(this.ballot, judged.statement, jws);
    this.#words?.voted(this.ballot, jws);
    this.#changed();
    return undefined;
  }

  async #count(decision: unknown): Promise<DecisionAnswer> {
    const refused = await this.#take(decision);
    if (refused) throw failureOf(refused);
    const question = this.#question();
    const standing = question ? tallyOf(question.requirement, this.ballot.votes) : undefined;
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
