import { reasonsOf } from './impact.ts';
import { grantOf, limitIn, limitsOf } from './permission.ts';
import { excludedFrom, peopleIn, type Requirement, textOf } from './requirement.ts';
import type { Ruling } from './ruling.ts';
import type { ActionState } from './state.ts';

/** The three questions that every action must be able to answer, from recorded facts alone. */
export interface Explanation {
  readonly title: string;
  readonly whoApprovedTheAuthority: readonly string[];
  readonly whatLimitedIt: readonly string[];
  readonly howTheDecisionWasReached: readonly string[];
}

export function explain(state: ActionState): Explanation {
  const { action, ruling } = state;
  return {
    title:
      action && ruling
        ? `${action.title} in ${action.environment} (tier ${ruling.tier})`
        : 'not assessed yet',
    whoApprovedTheAuthority: whoApproved(state),
    whatLimitedIt: whatLimited(state),
    howTheDecisionWasReached: howReached(state),
  };
}

function whoApproved({ ruling, votes, settlement }: ActionState): string[] {
  if (ruling?.kind !== 'permit') return ['Nobody: no authority was given.'];
  const signed = votes.map(
    ({ person, verdict, decidedAt, reason }) =>
      `${person} signed "${verdict}" at ${iso(decidedAt)}${reason ? `: ${reason}` : ''}.`,
  );
  const byRule =
    ruling.mode === 'execute'
      ? [
          `The rules ${short(ruling.pins.policy)} let this run at once; ${names(ruling.review.requirement)} review it.`,
        ]
      : settlement?.kind === 'proceed'
        ? [
            `The rules ${short(ruling.pins.policy)} let a tier-2 action proceed when nobody objects and on-call is paged.`,
          ]
        : [];
  const authority = [...signed, ...byRule];
  return authority.length > 0 ? authority : ['Nobody: nobody was asked, or nobody decided.'];
}

function whatLimited({ ruling, refusedDecisions, outcome, action }: ActionState): string[] {
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  return [
    ...(ruling ? [`It was ruled tier ${ruling.tier} by the rules ${short(ruling.pins.policy)}.`] : []),
    ...(ruling ? policiesOn(ruling) : []),
    ...(requirement
      ? [
          `${textOf(requirement)} had to approve: ${names(requirement)}.`,
          ...excludedFrom(requirement).map(({ person, reason }) => `${person} could not: ${reason}.`),
        ]
      : []),
    ...refusedDecisions.map(
      ({ person, reason }) => `A decision in the name of ${person} did not count: ${reason}.`,
    ),
    ...(action?.watch
      ? [`Its effect was watched by ${action.watch.metrics.map(({ name }) => name).join(', ')}.`]
      : []),
    ...(action && !action.rollback ? ['It has no rollback.'] : []),
    ...(outcome && ['deniedByPolicy', 'held', 'undeliverable'].includes(outcome.kind)
      ? [sentence(outcome.reason)]
      : []),
  ];
}

/** How much the agent may do by itself, and every policy that limited it: whose it is and why it is there. */
function policiesOn({ modes = [], floor = 1, context = {} }: Ruling): string[] {
  // An action that was ruled on before there were policies has none of these.
  return [
    ...(context.level === undefined ? [] : [`The agent's level was ${context.level}.`]),
    ...limitsOf(modes, floor).map((policy) => sentence(`policy ${limitIn(policy)}`)),
  ];
}

function howReached(state: ActionState): string[] {
  const { impact, ruling, settlement, deliveries, receipt, measurements, verdict, rollback, outcome } = state;
  return [
    ...(impact ? reasonsOf(impact) : []).map(sentence),
    ...(impact?.similar.last ?? []).map(({ actionId, target, environment, outcome: ended, at }) =>
      sentence(`${iso(at)} it ended ${ended} on ${target} in ${environment}: ${actionId}`),
    ),
    ...(ruling?.reasons ?? []).map(sentence),
    ...[grantOf(ruling?.modes ?? []) ?? []].flat().map(sentence),
    ...deliveries.map(({ by, whom, delivered, detail }) =>
      sentence(`${by} to ${whom} ${delivered ? 'was delivered' : 'could not be delivered'}: ${detail}`),
    ),
    ...(settlement
      ? [
          sentence(
            `The gate ended: ${settlement.kind}${'reason' in settlement ? `, ${settlement.reason}` : ''}`,
          ),
        ]
      : []),
    ...(receipt ? [sentence(`It ran: ${receipt.summary}`)] : []),
    ...(verdict ? [sentence(`${measurements.length} measurements: ${verdict.kind}, ${verdict.reason}`)] : []),
    ...(rollback ? [sentence(`It was taken back: ${rollback.summary}`)] : []),
    ...(outcome ? [sentence(`Outcome ${outcome.kind}: ${outcome.reason}`)] : []),
  ];
}

const names = (requirement: Requirement) => peopleIn(requirement).join(', ');
const short = (digest: string) => digest.slice(0, 12);
const iso = (ms: number) => new Date(ms).toISOString();
/** Not capitalised: many begin with a name. */
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
