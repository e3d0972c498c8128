/**
 * LangChain JS (`langchain`, `@langchain/core`).
 *
 * @example
 * const tools = [governed(deploy, { countersign, actionType: 'version.deploy', target: 'checkout' })];
 * const middleware = [humanInTheLoopMiddleware({ interruptOn: interruptOn(tools) })];
 * const agent = createAgent({ model, tools, middleware, checkpointer });
 * const result = await agent.invoke(input, config);
 * // Where people have to decide, it was interrupted. The checkpoint can be gone on with in another process:
 * const resume = await decisions(result, tools);
 * if (resume) await agent.invoke(new Command({ resume }), config);
 */
import type { Answer, Arguments } from '../answer.ts';
import {
  type Ask,
  askAbout,
  askOf,
  type Governed,
  type Governing,
  markedWith,
  mayGoOn,
} from '../governed.ts';
import { argumentsFor } from '../with-explanation.ts';

/** What is used of a structured tool. */
export interface LangChainTool {
  readonly name: string;
  readonly schema: unknown;
}

interface Config {
  readonly toolCall?: { readonly id?: string };
}

/**
 * A tool whose calls are governed actions. What it did itself is not called any more: Countersign runs the action type. Without the middleware, a
 * call that is pending is told to the model.
 */
export function governed<T extends LangChainTool>(tool: T, governing: Governing): T & Governed {
  const ask: Ask = (call) => askAbout(governing, call);
  return Object.assign(Object.create(Object.getPrototypeOf(tool)), tool, markedWith(ask), {
    schema: argumentsFor(tool.schema, governing),
    func: async (input: unknown, _manager: unknown, { toolCall }: Config = {}) => {
      if (toolCall?.id === undefined)
        throw new Error(
          `The call of ${tool.name} has no id, so it cannot be governed: call it by a tool call.`,
        );
      return (await ask({ id: toolCall.id, input })).words;
    },
  });
}

/**
 * `interruptOn` of the human-in-the-loop middleware, for the governed tools among these. Each call of one interrupts; `decisions` answers at once
 * where nobody has to decide. When a run goes on, LangChain asks again which calls interrupt, so the answer must not change meanwhile.
 */
export const interruptOn = (tools: readonly LangChainTool[]) =>
  Object.fromEntries(
    tools.filter(askOf).map(({ name }) => [
      name,
      {
        allowedDecisions: ['approve', 'edit', 'reject'] as ('approve' | 'edit' | 'reject')[],
        description: 'Countersign decides about this call.',
      },
    ]),
  );

interface ToolCall {
  readonly id?: string;
  readonly name: string;
  readonly args: object;
}
interface ActionRequest {
  readonly name: string;
  readonly args: object;
}
interface Interrupted {
  readonly messages: readonly object[];
  readonly __interrupt__?: readonly { readonly value?: unknown }[];
}

type Decision =
  | { readonly type: 'approve' }
  | { readonly type: 'edit'; readonly editedAction: { readonly name: string; readonly args: Arguments } }
  | { readonly type: 'reject'; readonly message: string };

/**
 * What to go on with after an interrupt about governed tools: what Countersign says, never what somebody told this process. Undefined while one of
 * them is pending: then ask again later. An edit comes back as the arguments that ran.
 *
 * @throws TypeError when the interrupt is not about governed tools alone: then decide yourself
 */
export async function decisions(
  { messages, __interrupt__: interrupts = [] }: Interrupted,
  tools: readonly LangChainTool[],
): Promise<{ decisions: Decision[] } | undefined> {
  const calls: readonly ToolCall[] = Reflect.get(messages.at(-1) ?? {}, 'tool_calls') ?? [];
  const requests = interrupts.flatMap(
    ({ value }): readonly ActionRequest[] => Reflect.get(Object(value), 'actionRequests') ?? [],
  );
  // The requests are in the order of the calls, and some calls make none.
  const interrupting = calls.filter(({ name }) => requests.some((request) => request.name === name));
  const asked = interrupting.map(({ name, id, args }) => {
    const ask = askOf(tools.find((tool) => tool.name === name));
    if (!ask || id === undefined || interrupting.length !== requests.length)
      throw new TypeError(
        `The interrupt is about ${name} too, which is not governed, or its calls have no ids.`,
      );
    return ask({ id, input: args }).then((answer) => ({ name, answer }));
  });
  const answers = await Promise.all(asked);
  if (answers.some(({ answer }) => answer.kind === 'pending')) return undefined;
  // LangChain calls no tool of a turn in which one call is rejected, and the model would not be told what ran. So where something ran, all tools
  // are called, and each says how its own action ended.
  const callsTools = answers.some(({ answer }) => mayGoOn(answer));
  return { decisions: answers.map(({ name, answer }) => decisionOf(name, answer, callsTools)) };
}

function decisionOf(name: string, answer: Answer, callsTools: boolean): Decision {
  if (!callsTools) return { type: 'reject', message: answer.words };
  return answer.kind === 'over' && answer.wasEdited
    ? { type: 'edit', editedAction: { name, args: answer.args } }
    : { type: 'approve' };
}
