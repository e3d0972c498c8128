/**
 * The Claude Agent SDK (`@anthropic-ai/claude-agent-sdk`).
 *
 * @example
 * const tools = [governed(deploy, { countersign, actionType: 'version.deploy', target: 'checkout' })];
 * const mcpServers = { ops: createSdkMcpServer({ name: 'ops', tools }) };
 * // Where people have to decide, the session ends with `deferred_tool_use`. Resume it later: the hook is asked again.
 * const hooks = { PreToolUse: [{ hooks: [preToolUse('ops', tools)] }] };
 * for await (const message of query({ prompt, options: { mcpServers, hooks } })) ...
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

/** What is used of a tool of an MCP server in this process. */
export interface ClaudeTool {
  readonly name: string;
  readonly inputSchema: object;
}

/** A tool whose calls are governed actions. What it did itself is not called any more: Countersign runs the action type. */
export function governed<T extends ClaudeTool>(tool: T, governing: Governing): T & Governed {
  const ask: Ask = (call) => askAbout(governing, call);
  return {
    ...tool,
    ...markedWith(ask),
    inputSchema: argumentsFor(tool.inputSchema, governing),
    handler: async (input: unknown, extra: unknown) => {
      const id: unknown = Object(Object(extra)._meta)['claudecode/toolUseId'];
      if (typeof id !== 'string')
        throw new Error(`The call of ${tool.name} has no id, so it cannot be governed.`);
      return { content: [{ type: 'text', text: (await ask({ id, input })).words }] };
    },
  };
}

const askBy = (server: string, tools: readonly ClaudeTool[], name: string) =>
  askOf(tools.find((tool) => name === `mcp__${server}__${tool.name}`));

type Permission =
  | { behavior: 'allow'; updatedInput: Record<string, unknown> }
  | { behavior: 'deny'; message: string };

/**
 * `canUseTool`, for the governed tools of the MCP server of this name. It waits; a call that is pending after that is denied with words. An edit
 * comes back as the arguments that run.
 *
 * @param otherwise decides about all other tools
 */
export const canUseTool =
  <Options extends { readonly toolUseID: string }, Result>(
    server: string,
    tools: readonly ClaudeTool[],
    otherwise: (toolName: string, input: Record<string, unknown>, options: Options) => Promise<Result>,
  ) =>
  async (
    toolName: string,
    input: Record<string, unknown>,
    options: Options,
  ): Promise<Permission | Result> => {
    const ask = askBy(server, tools, toolName);
    if (!ask) return otherwise(toolName, input, options);
    const answer = await ask({ id: options.toolUseID, input });
    const args = argsOf(answer);
    return args ? { behavior: 'allow', updatedInput: args } : { behavior: 'deny', message: answer.words };
  };

interface HookInput {
  readonly hook_event_name: string;
  readonly tool_name?: string;
  readonly tool_input?: unknown;
  readonly tool_use_id?: string;
}

/**
 * A `PreToolUse` hook, for the governed tools of the MCP server of this name: the durable way. A call that is pending is deferred: the session
 * ends, and the hook is asked again when it is resumed. It says nothing about other tools.
 */
export const preToolUse =
  (server: string, tools: readonly ClaudeTool[]) =>
  async ({ hook_event_name: event, tool_name: name = '', tool_input: input, tool_use_id: id }: HookInput) => {
    const ask = event === 'PreToolUse' ? askBy(server, tools, name) : undefined;
    if (!ask || id === undefined) return {};
    return {
      hookSpecificOutput: { hookEventName: 'PreToolUse' as const, ...decisionOf(await ask({ id, input })) },
    };
  };

function decisionOf(answer: Answer) {
  const args = argsOf(answer);
  if (args) return { permissionDecision: 'allow' as const, updatedInput: args };
  const permissionDecision = answer.kind === 'pending' ? ('defer' as const) : ('deny' as const);
  return { permissionDecision, permissionDecisionReason: answer.words };
}

/** The arguments with which the tool is called, where it is. */
const argsOf = (answer: Answer): Arguments | undefined =>
  mayGoOn(answer) && answer.kind === 'over' ? answer.args : undefined;
