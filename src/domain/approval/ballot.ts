import type { DecisionStatement } from './decision-statement.ts';
import { type Refused, refuse } from './refusal.ts';
import type { Requirement, Vote, Withdrawal } from './requirement.ts';
import { tallyOf } from './vote-tally.ts';

/** The votes on one question, and the votes that were withdrawn. */
export interface Ballot {
  readonly votes: readonly Vote[];
  readonly withdrawals: readonly Withdrawal[];
}

/** How often votes on one action may be withdrawn. The limit keeps one person from filling the record of the action. */
export const MOST_WITHDRAWALS = 20;

/**
 * Adds a vote. Each person has one vote: the same verdict again changes nothing, a denial replaces an approval, nothing replaces a denial.
 */
export function cast({ votes, withdrawals }: Ballot, vote: Vote): Ballot {
  const earlierVote = votes.find(({ person }) => person === vote.person);
  if (earlierVote && (earlierVote.verdict === 'deny' || vote.verdict === 'approve'))
    return { votes, withdrawals };
  return { votes: [...votes.filter((otherVote) => otherVote !== earlierVote), vote], withdrawals };
}

/**
 * Returns why a vote does not count, or undefined when it counts. A vote that was signed before its person withdrew is refused: such a copy
 * would bring the withdrawn vote back. INVARIANT 14: a vote that changes nothing is refused, too.
 */
export function whyNotCast(
  { votes, withdrawals }: Ballot,
  { person, decidedAt, verdict }: Pick<Vote, 'person' | 'decidedAt' | 'verdict'>,
): Refused | undefined {
  if (withdrawals.some((withdrawal) => withdrawal.person === person && decidedAt <= withdrawal.withdrawnAt))
    return refuse('replayed', `${person} signed it before they withdrew their vote: sign it anew`);
  const earlierVote = votes.find((vote) => vote.person === person);
  if (earlierVote?.verdict === verdict)
    return refuse('unchanged', `${person} has signed "${verdict}" already`);
  return earlierVote?.verdict === 'deny'
    ? refuse('unchanged', `${person} denied it, and nothing replaces a denial: withdraw it first`)
    : undefined;
}

/**
 * Returns why a vote cannot be withdrawn: there is none, the withdrawal was signed before it, people have decided, or the limit is reached.
 */
export function whyNotWithdrawn(
  { votes, withdrawals }: Ballot,
  requirement: Requirement,
  { person, decidedAt }: Pick<DecisionStatement, 'person' | 'decidedAt'>,
): Refused | undefined {
  const ownVote = votes.find((vote) => vote.person === person);
  if (!ownVote) return refuse('noVote', `${person} has no vote here to withdraw`);
  if (decidedAt < ownVote.decidedAt)
    return refuse('replayed', `${person} signed it before the vote that stands: sign it anew`);
  if (tallyOf(requirement, votes).kind !== 'open')
    return refuse('notOpen', 'people have decided: an approver can revoke it until it is closed');
  return withdrawals.length >= MOST_WITHDRAWALS
    ? refuse('tooMany', `votes were withdrawn ${MOST_WITHDRAWALS} times: approve it, deny it, or leave it`)
    : undefined;
}

/** Takes the person's vote out of the ballot and keeps it with the withdrawal. @param jws the signed statement that withdraws it */
export function withdraw(
  { votes, withdrawals }: Ballot,
  { person, decidedAt }: DecisionStatement,
  jws: string,
): Ballot {
  const ownVotes = votes.filter((vote) => vote.person === person);
  return {
    votes: votes.filter((vote) => vote.person !== person),
    withdrawals: [
      ...withdrawals,
      ...ownVotes.map((vote) => ({ ...vote, withdrawnAt: decidedAt, withdrawal: jws })),
    ],
  };
}
