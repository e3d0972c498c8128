import type { Proposal } from '../domain/action/action.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { shownJson } from '../domain/shared/shown-json.ts';
import { exactLine, visible } from '../domain/shared/visible.ts';
import { actionIdOf, actionWorkflowId } from './ids.ts';
import { fairnessKeyOf } from './priority.ts';
import { searchAttributes } from './search-attributes.ts';

/** Returns how the workflow of a proposal is started, wherever it is started from. */
export const startOf = (proposal: Proposal) => ({
  workflowId: actionWorkflowId(actionIdOf(proposal)),
  priority: { fairnessKey: fairnessKeyOf(proposal.agent.id) },
  memo: { proposalDigest: digestOf(proposal) },
  staticSummary: exactLine(
    `${proposal.takesBack ? 'take back: ' : ''}${proposal.actionType} on ${proposal.target} in ${proposal.environment}`,
  ).slice(0, 200),
  staticDetails: `Parameters, as ${proposal.agent.id} ${proposal.agent.version} gave them:\n\n${codeBlock(proposal.params)}`,
  typedSearchAttributes: [
    { key: searchAttributes.agent, value: proposal.agent.id },
    { key: searchAttributes.actionType, value: proposal.actionType },
    { key: searchAttributes.target, value: proposal.target },
    { key: searchAttributes.environment, value: proposal.environment },
    { key: searchAttributes.status, value: 'running' },
  ],
});

/** Markdown that shows JSON exactly. A back-tick, which could end the block, is written as a JSON escape. */
const codeBlock = (value: unknown) =>
  ['```json', visible(shownJson(value, 2)).replaceAll('`', '\\u0060').slice(0, 10_000), '```'].join('\n');
