import type { Watch } from '../analysis/metrics.ts';
import { ableIn, type Requirement } from '../approval/requirement.ts';
import type { Review } from './mode.ts';
import type { Ruling } from './ruling.ts';

/** INVARIANT 4: the person who let the action run does not review it, as long as somebody else can. */
export function reviewedByOthers(review: Review, breaker: string): Review {
  const reason = `${breaker} let it run`;
  const withoutBreaker = (node: Requirement): Requirement => {
    if ('allOf' in node) return { allOf: node.allOf.map(withoutBreaker) };
    if ('anyOf' in node) return { anyOf: node.anyOf.map(withoutBreaker) };
    const approvers = node.approvers.filter(({ person: name }) => name !== breaker);
    const smallerQuorum = { ...node, approvers, excluded: [...node.excluded, { person: breaker, reason }] };
    return ableIn(smallerQuorum).length < node.atLeast ? node : smallerQuorum;
  };
  return { ...review, requirement: withoutBreaker(review.requirement) };
}

/** The tightest watch: one measurement that failed, was inconclusive or could not be read is one too many. What ends it from outside still does. */
export const tightest = ({ metrics, abortOn }: Watch): Watch => ({
  abortOn,
  metrics: metrics.map((metric) => ({
    ...metric,
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 0,
  })),
});

/** The least time that the effect is watched, in milliseconds: the longest that any policy asked about this action wants. */
export const longestWatch = ({ watchForMs = 0, modes }: Ruling): number =>
  Math.max(watchForMs, ...modes.flatMap(({ policies }) => policies.map((policy) => policy.watchForMs ?? 0)));
