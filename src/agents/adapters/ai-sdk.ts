/**
 * The Vercel AI SDK (`ai`), versions 6 and 7.
 *
 * @example
 * const tools = { deploy: governed(deploy, { countersign, actionType: 'version.deploy', target: 'checkout' }) };
 * const { response } = await generateText({ model, tools, toolApproval: toolApproval(tools), messages });
 * // Where people have to decide, it stopped. Append the decision, and call it again:
 * const decided = await approvals(tools, [...messages, ...response.messages]);
 */
import type { Answer } from '../answer.ts';
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

/** What is used of a tool. */
export interface AiTool {
  readonly inputSchema: unknown;
}

interface CallOptions {
  readonly toolCallId: string;
}

export type GovernedAiTool<T extends AiTool> = Pick<T, 'inputSchema'> &
  Governed & {
    execute(input: unknown, options: CallOptions): Promise<Answer>;
    toModelOutput(result: { readonly output: Answer }): { type: 'text'; value: string };
    /** For version 6. In version 7 `toolApproval` says more: it also denies. */
    needsApproval(input: unknown, options: CallOptions): Promise<boolean>;
  };

/**
 * A tool whose calls are governed actions. What it did itself is not called any more: Countersign runs the action type. The result is the
 * answer; the model gets its words.
 */
export function governed<T extends AiTool>(tool: T, governing: Governing): GovernedAiTool<T> {
  const ask: Ask = (call) => askAbout(governing, call);
  const isPending = async (call: Parameters<Ask>[0]) => (await ask(call)).kind === 'pending';
  return {
    ...tool,
    ...markedWith(ask),
    inputSchema: argumentsFor(tool.inputSchema, governing),
    execute: (input, { toolCallId: id }) => ask({ id, input }),
    toModelOutput: ({ output }) => ({ type: 'text', value: output.words }),
    needsApproval: async (input, { toolCallId: id }) =>
      governing.pauses !== false && isPending({ id, input }),
  };
}

type Tools = Readonly<Record<string, object>>;

type Approval = 'approved' | { readonly type: 'denied' | 'user-approval'; readonly reason: string };

/** `toolApproval` of version 7, for the governed tools among these: a call that people have to decide on stops the run. */
export const toolApproval = <T extends Tools>(tools: T) =>
  Object.fromEntries(
    Object.entries(tools).flatMap(([name, tool]) => {
      const ask = askOf(tool);
      if (!ask) return [];
      return [
        [
          name,
          async (input: unknown, { toolCallId: id }: CallOptions) => approvalOf(await ask({ id, input })),
        ],
      ];
    }),
  ) as { [Name in keyof T]?: (input: unknown, call: CallOptions) => Promise<Approval> };

const approvalOf = (answer: Answer): Approval => {
  if (answer.kind === 'pending') return { type: 'user-approval', reason: answer.words };
  return mayGoOn(answer) ? 'approved' : { type: 'denied', reason: answer.words };
};

interface Part {
  readonly type: string;
  readonly approvalId?: string;
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly input?: unknown;
}
interface Message {
  readonly content: string | readonly object[];
}

/**
 * The message that answers all open requests of these messages: what Countersign says, never what somebody told this process. Undefined while
 * one of them is pending: then ask again later. Requests about tools that are not governed are left to you.
 */
export async function approvals(tools: Tools, messages: readonly Message[]) {
  const parts = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : (content as Part[])));
  const answered = new Set(
    parts.filter(({ type }) => type === 'tool-approval-response').map(({ approvalId }) => approvalId),
  );
  const content = [];
  for (const { type, approvalId = '', toolCallId: id = '' } of parts) {
    if (type !== 'tool-approval-request' || answered.has(approvalId)) continue;
    const call = parts.find((part) => part.type === 'tool-call' && part.toolCallId === id);
    const ask = askOf(tools[call?.toolName ?? '']);
    if (!call || !ask) continue;
    const answer = await ask({ id, input: call.input });
    if (answer.kind === 'pending') return undefined;
    content.push({
      type: 'tool-approval-response' as const,
      approvalId,
      approved: mayGoOn(answer),
      reason: answer.words,
    });
  }
  return { role: 'tool' as const, content };
}
