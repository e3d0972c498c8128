import { inWords, utc, visible } from '../adapters/briefing/text.ts';
import { durationOf } from '../domain/escalation.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { Requirement } from '../domain/requirement.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { ActionState, ReviewState } from '../domain/state.ts';

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
      return `${tier}: waits for ${ruling.requirement.atLeast} of ${ruling.requirement.group} (${reasons})`;
    case 'recommend':
      return `${tier}: nothing is executed, the owners are told (${reasons})`;
  }
}

/** Where an action stands, for a terminal. Foreign text has its control characters written out. */
export function stateText(state: ActionState, explanation: Explanation): string {
  const { status, ruling, outcome, deadline } = state;
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  return visible(
    [
      explanation.title,
      outcome ? `${outcome.kind}: ${outcome.reason}` : waitingText(status, requirement, deadline),
      '',
      ...section('Who approved the authority?', explanation.whoApprovedTheAuthority),
      ...section('What limited it?', explanation.whatLimitedIt),
      ...section('How was the decision reached?', explanation.howTheDecisionWasReached),
      ...(ruling ? [`Digest ${ruling.digest}`] : []),
    ].join('\n'),
  );
}

/** Where a review stands, for a terminal. */
export function reviewText({ title, outcome, requirement, dueAt, result }: ReviewState): string {
  const stands = result
    ? `${result.kind}${'by' in result ? `: ${[result.by].flat().join(', ')}` : ''}`
    : waitingText('waiting', requirement, dueAt);
  return visible([`review of: ${title}`, `it ended: ${outcome.kind}, ${outcome.reason}`, stands].join('\n'));
}

function waitingText(
  status: string,
  requirement: Requirement | undefined,
  deadline: number | undefined,
): string {
  if (status !== 'waiting' || !requirement || deadline === undefined) return status;
  const who = requirement.approvers.map(({ person }) => person).join(', ');
  return `waiting for ${requirement.atLeast} of ${requirement.group} (${who}) until ${utc(deadline)}`;
}

const section = (title: string, lines: readonly string[]) => [
  title,
  ...(lines.length === 0 ? ['  -'] : lines.map((line) => `  - ${line}`)),
  '',
];
