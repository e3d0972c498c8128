import type { Acknowledgement } from '../escalation/route-progress.ts';
import { type Ballot, cast, whyNotCast, whyNotWithdrawn, withdraw } from './ballot.ts';
import type { DecisionStatement } from './decision-statement.ts';
import type { BrokenGlass } from './interventions.ts';
import { readDecision } from './parse-decision.ts';
import { refuse } from './refusal.ts';
import { type Question, type VerifiedDecision, verifyDecision } from './verify-decision.ts';

/** Judges one signed statement: reads it, then verifies it against the question. @param now milliseconds since the epoch */
export function hear(question: Question, decision: unknown, now: number): VerifiedDecision {
  const decisionRead = readDecision(decision);
  return decisionRead
    ? verifyDecision(question, decisionRead.claimed, decisionRead.jws, now)
    : refuse('malformed', 'it is not a signed decision');
}

/** The valid statements of people while the action waited for a decision. */
export interface Heard {
  readonly ballot: Ballot;
  /** The first statement that breaks the glass. */
  readonly glass?: BrokenGlass | undefined;
  /** The people who said that they are looking at the action, and when. */
  readonly acknowledged: readonly Acknowledgement[];
  /** The statements that do not count, and why. */
  readonly refused: readonly { readonly jws: string; readonly reason: string }[];
}

/**
 * Judges signed statements, each once, in the order in which they were signed. The result does not depend on how or by whom they were
 * delivered.
 *
 * @param now milliseconds since the epoch
 */
export function hearAll(question: Question, statements: readonly string[], now: number): Heard {
  const judgedStatements = [...new Set(statements)].map((jws) => ({
    jws,
    judged: hear(question, { jws }, now),
  }));
  const signedAt = (judgement: VerifiedDecision) => {
    if (judgement.kind === 'counts') return judgement.vote.decidedAt;
    return judgement.kind === 'said' ? judgement.statement.decidedAt : Number.POSITIVE_INFINITY;
  };
  return judgedStatements
    .toSorted((a, b) => signedAt(a.judged) - signedAt(b.judged))
    .reduce<Heard>((heard, { jws, judged: judgement }) => take(heard, question, jws, judgement), {
      ballot: { votes: [], withdrawals: [] },
      acknowledged: [],
      refused: [],
    });
}

function take(heard: Heard, question: Question, jws: string, judgement: VerifiedDecision): Heard {
  const { ballot } = heard;
  const withRefusal = (reason: string): Heard => ({ ...heard, refused: [...heard.refused, { jws, reason }] });
  if (judgement.kind === 'refused') return withRefusal(judgement.reason);
  if (judgement.kind === 'counts') {
    const refusal = whyNotCast(ballot, judgement.vote);
    return refusal ? withRefusal(refusal.reason) : { ...heard, ballot: cast(ballot, judgement.vote) };
  }
  const { statement } = judgement;
  switch (statement.verdict) {
    case 'withdraw': {
      const refusal = whyNotWithdrawn(ballot, question.requirement, statement);
      return refusal ? withRefusal(refusal.reason) : { ...heard, ballot: withdraw(ballot, statement, jws) };
    }
    case 'breakGlass':
      return { ...heard, glass: heard.glass ?? brokenBy(statement, jws) };
    case 'acknowledge':
      return { ...heard, acknowledged: acknowledgedBy(heard, statement) };
    default:
      return heard;
  }
}

/** An acknowledgement counts once for each person; a repetition changes nothing. */
function acknowledgedBy({ acknowledged }: Heard, { person, decidedAt: at }: DecisionStatement) {
  return acknowledged.some((acknowledgement) => acknowledgement.person === person)
    ? acknowledged
    : [...acknowledged, { person, at }];
}

/** A break-glass statement as it is recorded: a person let the action run before the approvers decided. */
export const brokenBy = (
  { person, reason = '', incident = '', decidedAt }: DecisionStatement,
  jws: string,
): BrokenGlass => ({
  person,
  reason,
  incident,
  at: decidedAt,
  jws,
});
