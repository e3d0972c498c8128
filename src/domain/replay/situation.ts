import type { Proposal } from '../action/action.ts';
import type { AgentContext } from '../proposal/context.ts';
import { digestOf } from '../shared/digest.ts';
import { iso } from '../shared/sentence.ts';
import type { RecordedRuling } from '../simulation/recorded-ruling.ts';

/**
 * What an agent knew when it proposed, without what it proposed: the document that another build of it is asked with. What it names as its
 * action, its target, its parameters and its reasons is not in it.
 */
export interface Situation extends AgentContext {
  /** The form of this document. */
  readonly situation: 1;
  /** Names the situation, and says nothing of the answer. */
  readonly id: string;
  /** When it was, by ISO 8601 in UTC. */
  readonly at: string;
  /** The agent's name in the catalog. */
  readonly agent: string;
  readonly environment: string;
  readonly evidence: Proposal['evidence'];
}

export type SituationMade =
  | { readonly kind: 'situation'; readonly situation: Situation }
  /** It cannot be asked again. */
  | { readonly kind: 'none'; readonly why: string };

/** Returns the situation of a recorded proposal. Where what the agent handed in has its own answer in it, there is none. */
export function situationOf(
  { actionId, runId, at, proposal }: Pick<RecordedRuling, 'actionId' | 'runId' | 'at' | 'proposal'>,
  context: AgentContext,
): SituationMade {
  const situation: Situation = {
    situation: 1,
    id: digestOf({ actionId, runId }).slice(0, 32),
    at: iso(at),
    agent: proposal.agent.id,
    environment: proposal.environment,
    prompt: context.prompt,
    toolResults: context.toolResults ?? [],
    evidence: proposal.evidence,
  };
  return holdsText(situation, proposal.rationale.summary)
    ? { kind: 'none', why: 'what it handed in holds its answer: the summary of its reasons' }
    : { kind: 'situation', situation };
}

/** Whether some text of a value holds this one, also as JSON within a text. */
const holdsText = (value: unknown, text: string): boolean => {
  const wanted = [text, JSON.stringify(text).slice(1, -1)];
  const holds = (part: unknown): boolean =>
    typeof part === 'string'
      ? wanted.some((each) => part.includes(each))
      : typeof part === 'object' && part !== null && Object.values(part).some(holds);
  return holds(value);
};
