import { inWords, utc, visible } from '../adapters/briefing/text.ts';
import { durationOf } from '../domain/escalation.ts';
import type { Explanation } from '../domain/explanation.ts';
import { peopleIn, type Requirement, textOf, type Vote } from '../domain/requirement.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { ActionState, ReviewState } from '../domain/state.ts';
import { standingOf } from '../domain/votes.ts';

/** One line: what the agent may do. */
export function rulingLine(ruling: Ruling): string {
  const reasons = ruling.reasons.join('; ');
  if (ruling.kind === 'forbid') return `Forbidden: ${reasons}`;
  const tier = `Tier ${ruling.tier}`;
  switch (ruling.mode) {
    case 'execute':
      return `${tier}: runs at once, reviewed within ${inWords(ruling.review.withinMs)} (${reasons})`;
    case 'executeAfterWindow':
      return `${tier}: proceeds in ${inWords(durationOf(ruling.route))} unless someone objects (${reasons})`;
    case 'executeWithApproval':
      return `${tier}: waits for ${textOf(ruling.requirement)} (${reasons})`;
    case 'recommend':
      return `${tier}: nothing is executed, the owners are told (${reasons})`;
  }
}

/** Where an action stands, for a terminal. Foreign text has its control characters written out. */
export function stateText(state: ActionState, explanation: Explanation): string {
  const { status, ruling, outcome, deadline, votes } = state;
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  return visible(
    [
      explanation.title,
      outcome ? `${outcome.kind}: ${outcome.reason}` : waitingText(status, requirement, votes, deadline),
      '',
      ...section('Who approved the authority?', explanation.whoApprovedTheAuthority),
      ...section('What limited it?', explanation.whatLimitedIt),
      ...section('How was the decision reached?', explanation.howTheDecisionWasReached),
      ...(ruling ? [`Digest ${ruling.digest}`] : []),
    ].join('\n'),
  );
}

/** Where a review stands, for a terminal. */
export function reviewText({ title, outcome, requirement, votes, dueAt, result }: ReviewState): string {
  const stands = result
    ? `${result.kind}${'by' in result ? `: ${[result.by].flat().join(', ')}` : ''}`
    : waitingText('waiting', requirement, votes, dueAt);
  return visible([`review of: ${title}`, `it ended: ${outcome.kind}, ${outcome.reason}`, stands].join('\n'));
}

function waitingText(
  status: string,
  requirement: Requirement | undefined,
  votes: readonly Vote[],
  deadline: number | undefined,
): string {
  if (status !== 'waiting' || !requirement || deadline === undefined) return status;
  const who = peopleIn(requirement).join(', ');
  const standing = standingOf(requirement, votes);
  const sofar =
    standing.kind === 'open' && standing.by.length > 0
      ? `; ${standing.by.join(', ')} approved, still needed: ${standing.needed}`
      : '';
  return `waiting for ${textOf(requirement)} (${who}) until ${utc(deadline)}${sofar}`;
}

const section = (title: string, lines: readonly string[]) => [
  title,
  ...(lines.length === 0 ? ['  -'] : lines.map((line) => `  - ${line}`)),
  '',
];
