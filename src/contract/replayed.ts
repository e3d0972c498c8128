import { z } from 'zod';
import type { AgentAnswer } from '../domain/replay/compare.ts';
import { exactJsonIn } from '../domain/shared/exact-json.ts';
import { faultsText } from '../domain/shared/json.ts';
import { text } from './json.ts';
import { parseProposal } from './proposal.ts';

const answerSchema = z.union([
  z.strictObject({ proposal: z.unknown() }),
  z.strictObject({ nothing: text(1_000) }),
]);

const FORM = 'must be {"proposal": {...}}, or {"nothing": "why it would not act"}';

/** Reads what a build of an agent answered when it was asked again. @param agent the name that it answers for */
export function readAnswer(output: string, agent: string): AgentAnswer {
  const json = exactJsonIn(output);
  if (json.kind === 'none') return { kind: 'wrong', why: `its answer is no JSON: it ${FORM}` };
  if (json.kind === 'altered') return { kind: 'wrong', why: `its answer: ${faultsText(json.faults)}` };
  const { data } = answerSchema.safeParse(json.value);
  if (!data) return { kind: 'wrong', why: `its answer ${FORM}` };
  if ('nothing' in data) return { kind: 'nothing', why: data.nothing };
  const parsed = parseProposal(data.proposal);
  if (parsed.kind === 'refused')
    return { kind: 'wrong', why: `its proposal is refused: ${faultsText(parsed.faults)}` };
  const { proposal } = parsed;
  if (proposal.takesBack)
    return { kind: 'wrong', why: 'its proposal takes an action back: people alone do that' };
  return proposal.agent.id === agent
    ? { kind: 'proposal', proposal }
    : { kind: 'wrong', why: `its proposal is in the name of ${proposal.agent.id}, it was asked as ${agent}` };
}
