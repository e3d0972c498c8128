import { type Ballot, cast, whyNotCast, whyNotWithdrawn, withdraw } from '../approval/ballot.ts';
import { hear } from '../approval/count-statements.ts';
import type { DecisionStatement } from '../approval/decision-statement.ts';
import { whyNotSaid } from '../approval/interventions.ts';
import { type Refused, refuse } from '../approval/refusal.ts';
import type { Question, VerifiedDecision } from '../approval/verify-decision.ts';
import { tallyOf } from '../approval/vote-tally.ts';
import type { ActionState } from './action-state.ts';
import { saidOn } from './allowed-decisions.ts';
import { questionId } from './announcement.ts';

/** What remains to be done after a statement was added to the state. */
export type Next =
  | 'nothing'
  /** The vote, or the word to keep it, is recorded by itself. A vote that settles the question is recorded by the following step. */
  | 'recordVote'
  /** The question is recorded, and the requester is told about it. */
  | 'tellQuestion'
  /** An activity checks the edit. Until it is done, the action does not change. */
  | 'lookAtEdit'
  /** The extension counts once it is recorded: the checks that follow rest on it. */
  | 'recordFirst'
  /** The acknowledgement may delay the next step of the route. */
  | 'holdRoute'
  /** Waiting ends, and an effect that stands in production is taken back. */
  | 'stop';

/** A statement that counts: the changes to the state, and what is to be done next. */
export interface StatementHeard {
  readonly kind: 'heard';
  /** The signed statement itself. */
  readonly jws: string;
  /** The digest that the statement is about. */
  readonly digest: string;
  readonly changes: Partial<ActionState>;
  readonly next: Next;
}

/** A vote or a withdrawal that counts, with the ballot after it. */
export interface VoteHeard {
  readonly kind: 'heard';
  readonly jws: string;
  readonly ballot: Ballot;
}

/**
 * Judges a signed statement while an action is governed. INVARIANT 3: nothing unproven gets past this function. It changes nothing itself:
 * the workflow adds `changes` to the state, and does what `next` says.
 *
 * @param question what people are asked now; undefined when nothing is
 * @param editing whether an edit is being checked
 * @param now milliseconds since the epoch
 */
export function hearStatement(
  question: Question | undefined,
  state: ActionState,
  editing: boolean,
  decision: unknown,
  now: number,
): Refused | StatementHeard {
  if (!question) return refuse('notOpen', NOTHING_ASKED);
  const judgement = hear(question, decision, now);
  const vote = voteIn(question, state, judgement);
  if (vote) {
    if (vote.kind === 'refused') return vote;
    const isOpen = tallyOf(question.requirement, vote.ballot.votes).kind === 'open';
    return statementHeard(question, vote.jws, vote.ballot, isOpen ? 'recordVote' : 'nothing');
  }
  if (judgement.kind !== 'said') return refuse('malformed', 'it is no decision');
  const { statement, jws } = judgement;
  const saidBefore = saidOn(state, state.action?.params ?? {}, editing);
  const refusal = whyNotSaid(saidBefore, statement, questionId(jws));
  if (refusal) return refusal;
  const { changes, next } = wordHeard(state, statement, jws, now);
  return statementHeard(question, jws, changes, next);
}

/**
 * Judges a statement when people can only vote, as in a review.
 *
 * @param ballot the votes so far
 */
export function hearVote(
  question: Question | undefined,
  ballot: Ballot,
  decision: unknown,
  now: number,
): Refused | VoteHeard {
  if (!question) return refuse('notOpen', NOTHING_ASKED);
  return (
    voteIn(question, ballot, hear(question, decision, now)) ??
    refuse('malformed', 'people only approve, deny or withdraw here')
  );
}

const NOTHING_ASKED = 'nothing is waiting for a decision here';

const statementHeard = (
  { digest }: Question,
  jws: string,
  changes: Partial<ActionState>,
  next: Next,
): StatementHeard => ({ kind: 'heard', jws, digest, changes, next });

/** Returns the ballot after a vote or a withdrawal; undefined when the statement is neither. */
function voteIn(
  { requirement }: Question,
  { votes, withdrawals }: Ballot,
  judgement: VerifiedDecision,
): Refused | VoteHeard | undefined {
  const ballot = { votes, withdrawals };
  if (judgement.kind === 'refused') return judgement;
  if (judgement.kind === 'counts') {
    const { vote } = judgement;
    return whyNotCast(ballot, vote) ?? { kind: 'heard', jws: vote.jws, ballot: cast(ballot, vote) };
  }
  const { statement, jws } = judgement;
  if (statement.verdict !== 'withdraw') return undefined;
  const refusal = whyNotWithdrawn(ballot, requirement, statement);
  return refusal ?? { kind: 'heard', jws, ballot: withdraw(ballot, statement, jws) };
}

function wordHeard(
  { questions, acknowledgements = [], extensions = [] }: ActionState,
  { verdict, person, reason = '', incident = '', decidedAt }: DecisionStatement,
  jws: string,
  at: number,
): { readonly changes: Partial<ActionState>; readonly next: Next } {
  switch (verdict) {
    case 'ask': {
      const newQuestion = { id: questionId(jws), person, text: reason, at };
      return { changes: { questions: [...questions, newQuestion] }, next: 'tellQuestion' };
    }
    case 'breakGlass':
      return { changes: { breakGlass: { person, reason, incident, at, jws } }, next: 'nothing' };
    case 'revoke':
      return { changes: { revocation: { by: person, reason, at, jws } }, next: 'stop' };
    case 'keep':
      return { changes: { kept: { by: person, reason, at, jws } }, next: 'recordVote' };
    case 'extend': {
      const extension = { by: person, reason, at, jws };
      return { changes: { extensions: [...extensions, extension] }, next: 'recordFirst' };
    }
    case 'acknowledge': {
      // Never later than the server's time: a hold that begins later would last longer.
      const acknowledgement = { person, at: Math.min(decidedAt, at) };
      return { changes: { acknowledgements: [...acknowledgements, acknowledgement] }, next: 'holdRoute' };
    }
    case 'edit':
      return { changes: {}, next: 'lookAtEdit' };
    default:
      return { changes: {}, next: 'nothing' };
  }
}
