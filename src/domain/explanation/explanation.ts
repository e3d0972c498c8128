import type { Proposal } from '../action/action.ts';
import type { Watch } from '../analysis/metrics.ts';
import { excludedFrom, peopleIn, type Requirement, textOf } from '../approval/requirement.ts';
import { whatLowered, whoGave } from '../autonomy/effective-level.ts';
import { besideWords } from '../background/words.ts';
import { routeDurationOf } from '../escalation/route-duration.ts';
import { althoughLines } from '../findings/confirmation.ts';
import { nameIn } from '../installation/directory.ts';
import { closedModes, grantedBy, limitIn, limitsOf } from '../policy/ask-policy.ts';
import type { ActionState } from '../record/action-state.ts';
import { changeLines } from '../risk/change-words.ts';
import { counterfactualText } from '../ruling/counterfactual.ts';
import { holdText } from '../ruling/lift-hold.ts';
import type { Permitted, Ruling } from '../ruling/ruling.ts';
import { written } from '../shared/duration-text.ts';
import { iso, sentence } from '../shared/sentence.ts';
import { shownJson } from '../shared/shown-json.ts';
import { howReached } from './how-reached.ts';

/** The explanation of a decision on an action, in sentences. It is made from recorded state alone, so it is the same at any time. */
export interface Explanation {
  readonly title: string;
  /** What was asked for, and by which agent. */
  readonly whatWasAsked: readonly string[];
  /** The agent's reasons and alternatives, with a confidence of 0 to 1. The agent wrote all of it, and nobody checked it. */
  readonly inTheAgentsWords: Proposal['rationale'];
  /** The person who asks, and whose words these are: they want an action taken back. Absent: an agent asks. */
  readonly askedBy?: string | undefined;
  /** What the machine found beside these words: how well founded the confidence was before, and what the alternatives would be ruled. */
  readonly besideTheAgentsWords: readonly string[];
  readonly whoApprovedTheAuthority: readonly string[];
  readonly whatLimitedIt: readonly string[];
  readonly howTheDecisionWasReached: readonly string[];
}

export function explain(state: ActionState): Explanation {
  const { action, ruling, proposal, background = {} } = state;
  return {
    title:
      action && ruling
        ? `${action.title} in ${action.environment} (tier ${ruling.tier})`
        : 'not assessed yet',
    whatWasAsked: whatWasAsked(state),
    inTheAgentsWords: proposal.rationale,
    ...(action?.takesBack ? { askedBy: nameIn(action.agent.owner) } : {}),
    besideTheAgentsWords: besideWords(background).map(({ label, text }) => sentence(`${label}: ${text}`)),
    whoApprovedTheAuthority: whoApproved(state),
    whatLimitedIt: whatLimited(state),
    howTheDecisionWasReached: howReached(state),
  };
}

/** Says what was asked for, and keeps the agent's proposal apart from people's edits. */
function whatWasAsked({ action, proposal, edits, impact }: ActionState): string[] {
  if (!action) return [];
  const { agent, title, type, target, environment, params } = action;
  const agentText = action.takesBack
    ? nameIn(agent.owner)
    : `${agent.id} ${agent.version}, owned by ${agent.owner},`;
  const withParams = (possessive: string, values: ActionState['proposal']['params']) =>
    Object.keys(values).length > 0 ? [`${possessive} parameters: ${shownJson(values)}.`] : [];
  const changes = (impact ? changeLines(impact) : []).map(sentence);
  if (edits.length === 0)
    return [`${agentText} asked to ${title} in ${environment}.`, ...withParams('Its', params), ...changes];
  return [
    `${agentText} asked for ${type} on ${target} in ${environment}.`,
    ...withParams("The agent's", proposal.params),
    ...edits.map(({ by, at, reason }) => sentence(`${by} edited it at ${iso(at)}: ${reason}`)),
    `As edited it is to ${title} in ${environment}.`,
    ...withParams('Its', params),
    ...changes,
  ];
}

function whoApproved({ action, ruling, votes, settlement, findings }: ActionState): string[] {
  if (ruling?.kind !== 'permit') return ['Nobody: no authority was given.'];
  const signatures = votes.flatMap((vote) => {
    const { person, verdict, decidedAt, reason } = vote;
    return [
      `${person} signed "${verdict}" at ${iso(decidedAt)}${reason ? `: ${reason}` : ''}.`,
      ...althoughLines(vote, findings).map(sentence),
    ];
  });
  const authority = [...signatures, ...letRunBy(ruling, settlement)];
  return [
    ...(authority.length > 0 ? authority : ['Nobody: nobody was asked, or nobody decided.']),
    ...grantedBy(ruling.modes).map(sentence),
    ...(ruling.authority && !action?.takesBack ? [sentence(whoGave(ruling.authority))] : []),
  ];
}

/** What let an action run that nobody signed an approval for, in a sentence. Empty: nothing did. */
export function letRunBy(ruling: Permitted, settlement: ActionState['settlement']): string[] {
  if (ruling.mode === 'execute')
    return [
      `The rules ${short(ruling.pins.policy)} let this run at once; ${names(ruling.review.requirement)} review it.`,
    ];
  switch (settlement?.kind) {
    case 'proceed':
      return [
        `The rules ${short(ruling.pins.policy)} let a tier-2 action proceed when nobody objects, on-call is paged and the watched metrics are healthy.`,
      ];
    case 'brokenGlass':
      return [brokenGlassText(settlement)];
    default:
      return [];
  }
}

/** Who broke the glass and why, in a sentence. */
export const brokenGlassText = ({
  by,
  incident,
  reason,
}: Extract<ActionState['settlement'], { kind: 'brokenGlass' }>): string =>
  `${by} broke the glass for ${incident}: ${reason}.`;

function whatLimited({ ruling, refusedDecisions, outcome, action }: ActionState): string[] {
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  return [
    ...(ruling ? [ruledText(ruling)] : []),
    ...(ruling?.authority ? whatLowered(ruling.authority).map(sentence) : []),
    ...(ruling ? policiesOn(ruling) : []),
    ...(ruling?.holds ?? []).map((hold) => sentence(holdText(hold))),
    ...(requirement
      ? [
          ...whoWasAsked(ruling, requirement),
          ...excludedFrom(requirement).map(({ person, reason }) => `${person} could not: ${reason}.`),
        ]
      : []),
    ...refusedDecisions.map(
      ({ person, reason }) => `A decision in the name of ${person} did not count: ${reason}.`,
    ),
    ...(action?.watch ? [watchText(action.watch)] : []),
    ...(action && !action.rollback ? ['It has no rollback.'] : []),
    ...(outcome && ['deniedByPolicy', 'held', 'undeliverable'].includes(outcome.kind)
      ? [sentence(outcome.reason)]
      : []),
  ];
}

/** How strictly it was ruled, and by which rules, in a sentence. */
export const ruledText = ({ tier, pins }: Ruling): string =>
  `It was ruled tier ${tier} by the rules ${short(pins.policy)}.`;

/** What watched an effect, in a sentence. */
export const watchText = ({ metrics }: Watch): string =>
  `Its effect was watched by ${metrics.map(({ name }) => name).join(', ')}.`;

/** Who could decide, in sentences. */
export function whoWasAsked(ruling: Ruling | undefined, requirement: Requirement): string[] {
  if (ruling?.kind !== 'permit' || ruling.mode !== 'executeAfterWindow')
    return [`${textOf(requirement)} had to approve: ${names(requirement)}.`];
  const durationText = written(routeDurationOf(ruling.route));
  return [
    `${textOf(requirement)} could approve it or deny it within ${durationText}: ${names(requirement)}.`,
    'Silence lets it proceed, once on-call is paged and while the watched metrics are healthy.',
  ];
}

/**
 * Says how much the agent may do by itself, which modes were closed to it and why, which policies limited it, and what would have changed
 * the ruling.
 */
function policiesOn({ modes, floor, context, nearest = [] }: Ruling): string[] {
  return [
    ...(context.level === undefined ? [] : [`The agent's level was ${context.level}.`]),
    ...closedModes(modes, floor).map(sentence),
    ...limitsOf(modes, floor).map((policy) => sentence(`policy ${limitIn(policy)}`)),
    ...nearest.map((counterfactual) => sentence(`Otherwise: ${counterfactualText(counterfactual)}`)),
  ];
}

const names = (requirement: Requirement) => peopleIn(requirement).join(', ');
const short = (digest: string) => digest.slice(0, 12);
