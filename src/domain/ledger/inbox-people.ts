import { groupsIn, peopleIn, quorumsIn, type Requirement } from '../approval/requirement.ts';
import { shortfallOf } from '../approval/vote-tally.ts';
import type { ListedVote } from './parse-votes.ts';
import type { Listed } from './project-inbox.ts';

/** One person's part in an action: asked to decide, asked to review, or decided. */
export interface ListedPart {
  readonly person: string;
  readonly part: 'asked' | 'reviews' | 'decided';
  /** Milliseconds since the epoch: when it is due, or was decided. */
  readonly at: number;
  readonly verdict?: string | undefined;
  readonly reason?: string | undefined;
}

/** Returns everybody's part in an action. A person who decided is not listed as asked. */
export function partsIn({
  status,
  requirement,
  deadline,
  votes,
  review,
  reviews,
}: Listed): readonly ListedPart[] {
  const undecided = (requirementAsked: Requirement, castVotes: readonly ListedVote[]) =>
    peopleIn(requirementAsked).filter((name) => !castVotes.some(({ person }) => person === name));
  const isAsked = status === 'waiting' && requirement && deadline !== undefined;
  return [
    ...(isAsked
      ? undecided(requirement, votes).map((person) => ({ person, part: 'asked' as const, at: deadline }))
      : []),
    ...(review && review.result === undefined
      ? undecided(review.requirement, reviews).map((person) => ({
          person,
          part: 'reviews' as const,
          at: review.dueAt,
        }))
      : []),
    ...[...votes, ...reviews].map((vote) => ({ ...vote, part: 'decided' as const })),
  ];
}

/** Returns the groups that must still approve, with numbers, for example "1 of security". */
export function neededFor({ requirement, votes }: Pick<Listed, 'requirement' | 'votes'>): string | undefined {
  if (!requirement) return undefined;
  const approverNames = votes.filter(({ verdict }) => verdict === 'approve').map(({ person }) => person);
  return shortfallOf(requirement, approverNames)?.needed ?? groupsIn(requirement);
}

export const groupsOf = ({ requirement }: Pick<Listed, 'requirement'>): string[] =>
  requirement ? [...new Set(quorumsIn(requirement).map(({ group }) => group))] : [];

/** When people settled it: the time of their last decision. */
export const settledAt = ({ settlement, votes }: Listed): number | undefined =>
  (settlement === 'approved' || settlement === 'denied') && votes.length > 0
    ? Math.max(...votes.map(({ at }) => at))
    : undefined;
