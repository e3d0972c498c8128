import type { Acknowledgement } from '../escalation/route-progress.ts';
import { type Ballot, cast, whyNotCast, whyNotWithdrawn, withdraw } from './ballot.ts';
import type { DecisionStatement } from './decision-statement.ts';
import type { BrokenGlass } from './interventions.ts';
import { readDecision } from './parse-decision.ts';
import { refuse } from './refusal.ts';
import { type Question, type VerifiedDecision, verifyDecision } from './verify-decision.ts';

/** Judges one signed statement, with everything that is known only once it is read. @param now milliseconds since the epoch */
export function hear(question: Question, decision: unknown, now: number): VerifiedDecision {
  const read = readDecision(decision);
  return read
    ? verifyDecision(question, read.claimed, read.jws, now)
    : refuse('malformed', 'it is not a signed decision');
}

/** What people said while they were waited for. */
export interface Heard {
  readonly ballot: Ballot;
  /** The first that breaks it. */
  readonly glass?: BrokenGlass | undefined;
  /** Who said that they are looking at it, and when. */
  readonly acknowledged: readonly Acknowledgement[];
  /** What does not count, and why. */
  readonly refused: readonly { readonly jws: string; readonly reason: string }[];
}

/**
 * What signed statements come to, each once, in the order in which they were signed: so it does not matter by which way they
 * came in, nor who brought them.
 *
 * @param now milliseconds since the epoch
 */
export function hearAll(question: Question, statements: readonly string[], now: number): Heard {
  const judged = [...new Set(statements)].map((jws) => ({ jws, judged: hear(question, { jws }, now) }));
  const signedAt = (judgement: VerifiedDecision) => {
    if (judgement.kind === 'counts') return judgement.vote.decidedAt;
    return judgement.kind === 'said' ? judgement.statement.decidedAt : Number.POSITIVE_INFINITY;
  };
  return judged
    .toSorted((a, b) => signedAt(a.judged) - signedAt(b.judged))
    .reduce<Heard>((heard, { jws, judged: each }) => take(heard, question, jws, each), {
      ballot: { votes: [], withdrawals: [] },
      acknowledged: [],
      refused: [],
    });
}

function take(heard: Heard, question: Question, jws: string, judged: VerifiedDecision): Heard {
  const { ballot } = heard;
  const refusing = (reason: string): Heard => ({ ...heard, refused: [...heard.refused, { jws, reason }] });
  if (judged.kind === 'refused') return refusing(judged.reason);
  if (judged.kind === 'counts') {
    const against = whyNotCast(ballot, judged.vote);
    return against ? refusing(against.reason) : { ...heard, ballot: cast(ballot, judged.vote) };
  }
  const { statement } = judged;
  switch (statement.verdict) {
    case 'withdraw': {
      const against = whyNotWithdrawn(ballot, question.requirement, statement);
      return against ? refusing(against.reason) : { ...heard, ballot: withdraw(ballot, statement, jws) };
    }
    case 'breakGlass':
      return { ...heard, glass: heard.glass ?? brokenBy(statement, jws) };
    case 'acknowledge':
      return { ...heard, acknowledged: acknowledgedBy(heard, statement) };
    default:
      return heard;
  }
}

/** Whoever looks at it says so once. */
function acknowledgedBy({ acknowledged }: Heard, { person, decidedAt: at }: DecisionStatement) {
  return acknowledged.some((each) => each.person === person)
    ? acknowledged
    : [...acknowledged, { person, at }];
}

/** What a person signed who let it run before the others decided. */
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
