/**
 * The OpenAI Agents SDK (`@openai/agents`).
 *
 * @example
 * const agent = new Agent({ tools: [governed(deploy, { countersign, actionType: 'version.deploy', target: 'checkout' })] });
 * const result = await run(agent, 'Fix checkout.');
 * // Where people have to decide, it stopped: `result.state.toString()` can be stored, and gone on with in another process.
 * if (await settle(result.state, agent.tools)) await run(agent, result.state);
 */

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

/** What is used of a function tool. */
export interface OpenAiTool {
  readonly type: 'function';
  readonly name: string;
  readonly parameters: object;
  readonly invoke: (context: never, input: string, details?: never) => Promise<unknown>;
  readonly needsApproval: (context: never, input: never, callId?: string) => Promise<boolean>;
}

interface Details {
  readonly toolCall?: { readonly callId: string };
}

/** A tool whose calls are governed actions. What it did itself is not called any more: Countersign runs the action type. */
export function governed<T extends OpenAiTool>(tool: T, governing: Governing): T & Governed {
  const ask: Ask = (call) => askAbout(governing, call);
  return {
    ...tool,
    ...markedWith(ask),
    parameters: argumentsFor(tool.parameters, governing),
    invoke: async (_context: unknown, input: string, details: Details = {}) => {
      const { callId } = details.toolCall ?? {};
      if (callId === undefined)
        throw new Error(`The call of ${tool.name} has no id, so it cannot be governed.`);
      return (await ask({ id: callId, input: parsed(input) })).words;
    },
    needsApproval: async (_context: unknown, input: unknown, id = '') =>
      governing.pauses !== false && (await ask({ id, input })).kind === 'pending',
  };
}

/** The arguments as the model wrote them. What is not JSON has none, and is refused for that. */
function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return undefined;
  }
}

interface Interruption {
  readonly name?: string | undefined;
  readonly arguments?: string | undefined;
  readonly rawItem: object;
}

/** What is used of a `RunState`. */
interface State<Item extends Interruption> {
  getInterruptions(): Item[];
  approve(item: Item): void;
  reject(item: Item, options: { message: string }): void;
}

/**
 * Answers the interruptions of a run that are about governed tools: by what Countersign says, never by what somebody told this process. Returns
 * whether the run can go on; while one of them is pending it cannot, so ask again later. Those about other tools are left to you.
 */
export async function settle<Item extends Interruption>(
  state: State<Item>,
  tools: readonly object[],
): Promise<boolean> {
  const answers = await Promise.all(
    state.getInterruptions().map(async (item) => {
      const ask = askOf(tools.find((tool) => Reflect.get(tool, 'name') === item.name));
      const id = Reflect.get(item.rawItem, 'callId');
      return { item, answer: ask && (await ask({ id, input: parsed(item.arguments ?? '') })) };
    }),
  );
  for (const { item, answer } of answers) {
    if (!answer || answer.kind === 'pending') continue;
    if (mayGoOn(answer)) state.approve(item);
    else state.reject(item, { message: answer.words });
  }
  return answers.every(({ answer }) => answer?.kind !== 'pending');
}
