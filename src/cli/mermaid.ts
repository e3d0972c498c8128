import { textOf } from '../domain/approval/requirement.ts';
import { MODE_WORDS } from '../domain/policy/ask-policy.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import { exactLine } from '../domain/shared/visible.ts';

/**
 * The path of a decision as a Mermaid flowchart (mermaid.js.org), from the request to its end. Texts are written with Mermaid's
 * entity codes, so that none can be read as a part of the chart.
 */
export function mermaidOf(state: ActionState): string {
  const steps = stepsOf(state);
  return [
    'flowchart TD',
    ...steps.map((text, i) => `  step${i}["${encoded(text)}"]`),
    ...steps.slice(1).map((_, i) => `  step${i} --> step${i + 1}`),
  ].join('\n');
}

function stepsOf(state: ActionState): string[] {
  const { action, impact, ruling, votes, edits, settlement, receipt, verdict, rollback, outcome } = state;
  if (!action) return ['not assessed yet'];
  const requirement = ruling && 'requirement' in ruling ? ruling.requirement : undefined;
  return [
    ...(edits.length === 0
      ? [`${action.agent.id} asks: ${action.title} in ${action.environment}`]
      : [
          `${action.agent.id} asks: ${action.type} on ${action.target} in ${action.environment}`,
          `edited by ${[...new Set(edits.map(({ by }) => by))].join(', ')}: ${action.title}`,
        ]),
    ...(impact ? [`risk ${impact.riskScore} of 100`] : []),
    ...(ruling ? [`the operators' tables: tier ${ruling.floor ?? ruling.tier} at least`] : []),
    ...(ruling?.modes ?? []).map(
      ({ mode, permitted, policies }) =>
        `policy on ${MODE_WORDS[mode]}: ${permitted ? 'permitted' : 'not permitted'}${policies.length > 0 ? ` by ${policies.map(({ id }) => id).join(', ')}` : ''}`,
    ),
    ...(ruling ? [ruling.kind === 'forbid' ? 'forbidden' : `tier ${ruling.tier}: ${ruling.mode}`] : []),
    ...(requirement ? [`${textOf(requirement)} may decide`] : []),
    ...votes.map(({ person, verdict: vote }) => `${person} signed ${vote}`),
    ...(settlement ? [`the gate ended: ${settlement.kind}`] : []),
    ...(receipt ? [`it ran: ${receipt.summary}`] : []),
    ...(verdict ? [`${verdict.kind}: ${verdict.reason}`] : []),
    ...(rollback ? [`it was taken back: ${rollback.summary}`] : []),
    ...(outcome ? [`outcome ${outcome.kind}`] : []),
  ];
}

/** A text in which special characters are written by number, for example `#35;`, as Mermaid does. */
const encoded = (text: string) =>
  exactLine(text).replace(/[^A-Za-z0-9 .,:()/%+_-]/gu, (character) => `#${character.codePointAt(0)};`);
