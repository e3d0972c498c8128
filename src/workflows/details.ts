import { CATEGORIES } from '../domain/action/action.ts';
import { peopleIn, type Requirement, textOf, type Vote } from '../domain/approval/requirement.ts';
import { tallyOf } from '../domain/approval/vote-tally.ts';
import type { ActionState, ReviewState } from '../domain/record/action-state.ts';
import type { Impact } from '../domain/risk/impact.ts';
import { exactLine } from '../domain/shared/visible.ts';

/** The card at the top of the Temporal UI, in Markdown: where the action stands. It shows machine facts only, no agent text. */
export function detailsOf(state: ActionState): string {
  const {
    action,
    impact,
    ruling,
    status,
    settlement,
    verdict,
    outcome,
    deadline,
    votes,
    deliveries,
    refusedDecisions,
    withdrawals,
    questions,
    edits,
    revision,
    breakGlass,
    revocation,
    kept,
    extensions = [],
  } = state;
  if (!action) return '**Assessing** the proposal.';
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  const lines = [
    `**${code(action.title)}** in ${action.environment}, asked for by ${action.agent.id} ${action.agent.version}`,
    outcome
      ? `**${outcome.kind}**: ${code(outcome.reason)}`
      : `**${status}**${ruling ? `, tier ${ruling.tier}` : ''}`,
    ...(edits.length > 0
      ? [`Revision **${revision}**, edited by ${edits.map(({ by }) => by).join(', ')}`]
      : []),
    ...(impact ? [impactLine(impact)] : []),
    ...(requirement && status === 'waiting'
      ? [
          `Waiting for **${textOf(requirement)}** (${peopleIn(requirement).join(', ')})` +
            (deadline === undefined ? '' : ` until **${iso(deadline)}**`) +
            `; silence ${ruling && 'route' in ruling && ruling.route.onSilence === 'proceed' ? 'proceeds and pages on-call, while the watched metrics are healthy' : 'expires, nothing runs'}`,
          ...stillNeeded(requirement, votes),
        ]
      : []),
    ...votes.map(
      ({ person, verdict: voteVerdict, decidedAt }) =>
        `- ${person} signed **${voteVerdict}** at ${iso(decidedAt)}`,
    ),
    ...withdrawals.map(({ person, verdict: voteVerdict }) => `- ${person} withdrew **${voteVerdict}**`),
    ...questions.map(({ id, person, answer }) => `- ${person} asked ${id}: ${answer ? 'answered' : 'open'}`),
    ...(breakGlass
      ? [
          `**${breakGlass.person} broke the glass** for ${code(breakGlass.incident)}: ${code(breakGlass.reason)}`,
        ]
      : []),
    ...(status === 'undecided' && deadline !== undefined
      ? [
          `Its watch could not tell. Keep it, extend its watch or revoke it until **${iso(deadline)}**; silence takes it back`,
        ]
      : []),
    ...extensions.map(({ by, reason }) => `**${by} has it watched for longer**: ${code(reason)}`),
    ...(kept ? [`**${kept.by} keeps it**: ${code(kept.reason)}`] : []),
    ...(revocation ? [`**${revocation.by} revoked it**: ${code(revocation.reason)}`] : []),
    ...refusedDecisions.map(
      ({ person, reason }) => `- refused: a decision in the name of ${code(person)}: ${code(reason)}`,
    ),
    ...deliveries.map(
      (delivery) =>
        `- ${delivery.by} to ${delivery.whom}: ${delivery.delivered ? 'delivered' : `**not delivered**, ${code(delivery.detail)}`}`,
    ),
    ...(settlement ? [`Gate: ${settlement.kind}`] : []),
    ...(verdict ? [`Verdict: **${verdict.kind}**, ${code(verdict.reason)}`] : []),
    ...(ruling ? [`Digest ${code(ruling.digest)}`] : []),
  ];
  return lines.join('\n\n');
}

function impactLine({ riskScore, severity, blastRadius, rollbackDifficulty }: Impact): string {
  const severities = CATEGORIES.filter((category) => severity[category] > 0);
  const needingCount = blastRadius.direct.count + blastRadius.transitive.count;
  return [
    `Risk **${riskScore} of 100**: ${severities.map((category) => `${category} ${severity[category]}`).join(', ') || 'no severity'} (of 4)`,
    `needed by ${needingCount} ${needingCount === 1 ? 'service' : 'services'}`,
    `taking it back ${rollbackDifficulty} of 4`,
  ].join('; ');
}

export function reviewDetailsOf({ title, dueAt, outcome, requirement, votes, result }: ReviewState): string {
  return [
    `Review of **${code(title)}**, which ended **${outcome.kind}**`,
    result
      ? `**${result.kind}**`
      : `Due **${iso(dueAt)}** from ${textOf(requirement)} (${peopleIn(requirement).join(', ')})`,
    ...(result ? [] : stillNeeded(requirement, votes)),
    ...votes.map(
      ({ person, verdict, decidedAt }) => `- ${person} signed **${verdict}** at ${iso(decidedAt)}`,
    ),
  ].join('\n\n');
}

/** The line that says what is still needed, once somebody approved and more approvals are required; otherwise none. */
function stillNeeded(requirement: Requirement, votes: readonly Vote[]): string[] {
  const standing = tallyOf(requirement, votes);
  return standing.kind === 'open' && standing.by.length > 0 ? [`Still needed: **${standing.needed}**`] : [];
}

const iso = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 19).concat(' UTC');

/** Text as a Markdown code span. Parameters and refusals carry foreign text, and Markdown leaves text in a code span alone. */
const code = (text: string) => `\`${exactLine(text).replaceAll('`', ' ')}\``;
