import { written } from '../shared/duration-text.ts';
import type { Advice, Bad, Suggestion } from './advice.ts';

const NAMED = 5;

/** An advice in sentences for people: what happened, what would change it, and what that would have let through. */
export function adviceText(advice: Advice): string[] {
  const { actionType, environment, target } = advice;
  const subject = `${actionType} on ${target} in ${environment}`;
  if (advice.kind === 'askMore')
    return [
      `${subject} ran ${advice.ran} times without a person's approval, and ${counted(advice.regretted.length)} regretted: ${namesOf(advice.regretted)}.`,
      'Give it tier 3 here, or lower the level of its agents.',
    ];
  const { asked, medianMs, suggestion, unseen, wouldHaveRun } = advice;
  return [
    `People were asked ${asked} times about ${subject}. Everybody approved, ${unseen} times without reading the page; half of the decisions came within ${written(Math.max(1_000, medianMs))}.`,
    suggestionText(suggestion, subject),
    wouldHaveRun.length === 0
      ? 'It would have let none of the bad ones through that are on record.'
      : `It would have let these through: ${namesOf(wouldHaveRun)}.`,
  ];
}

const counted = (count: number) => (count === 1 ? '1 was' : `${count} were`);

function suggestionText(suggestion: Suggestion, subject: string): string {
  switch (suggestion.kind) {
    case 'level':
      return `A higher level of ${suggestion.agents.join(', ')} for it would spare these questions.`;
    case 'limit':
      return `A policy that permits changes of up to ${Math.round(suggestion.upTo * 100)} % without people would spare these questions.`;
    case 'runbook':
      return `A runbook for ${subject} would spare these questions.`;
  }
}

function namesOf(badOnes: readonly Bad[]): string {
  const names = badOnes.slice(0, NAMED).map(({ actionId, why }) => `${actionId} (${why})`);
  const more = badOnes.length - NAMED;
  return names.join(', ').concat(more > 0 ? ` and ${more} more` : '');
}
