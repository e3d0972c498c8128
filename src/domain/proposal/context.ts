import type { Json } from '../shared/json.ts';

/**
 * What an agent knew when it proposed, besides the evidence of its proposal. It is data (INVARIANT 12): nothing is ruled by it, and nobody is
 * shown it. It is kept so that another build of the agent can be asked the same.
 */
export interface AgentContext {
  /** What it was asked: a text, or the messages of a model in the model's own form. */
  readonly prompt: Json;
  /** What its tools answered, in the order in which it asked them. */
  readonly toolResults?: readonly ToolResult[] | undefined;
}

interface ToolResult {
  readonly tool: string;
  readonly input?: Json | undefined;
  readonly result: Json;
}
