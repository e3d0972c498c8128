import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type Tool,
} from '@modelcontextprotocol/server';
import { toolDigestOf, type Upstream } from '../adapters/mcp/upstream.ts';
import type { McpMapping, ToolTarget } from '../config/index.ts';
import type { Json } from '../domain/shared/json.ts';
import type { AgentGateway, Draft, Offered } from './agent-gateway.ts';
import { resultOf } from './results.ts';
import { agentTools, EXPLAINED, explainedProperties, proposer, stands } from './tools.ts';
import { version } from './version.ts';

/** The argument in which an agent says why it calls a tool. It is not sent to the server. */
const WHY = 'why';
/** How long a call waits for the end of what it became, in seconds: many clients give up after a minute. */
const WAIT_S = 45;

/** What an agent needs for calls that take long. The rest of our tools would only be in the way of the server's own. */
const FOLLOWING = ['get_action', 'cancel_action', 'explain_action', 'answer_question'];

const INSTRUCTIONS = `Some of these tools are governed by Countersign: they want to know why, and people may have to approve the call.
There is no tool to approve. If a call still waits, ask get_action for it; do not call it again.`;

/**
 * An MCP server that stands before another one. What only reads goes through, by the rule of operators. Every other call becomes a governed
 * action, and a worker makes that very call. A tool that is not as the rules pinned it is refused.
 *
 * @param open asks the server for its tools anew, so that a tool that changes under way is seen
 */
export function createProxyServer(
  gateway: AgentGateway,
  offered: Offered,
  mapping: McpMapping,
  open: () => Promise<Upstream>,
): Server {
  const own = new Map(
    agentTools(gateway, offered)
      .filter(({ definition }) => FOLLOWING.includes(definition.name))
      .map((tool) => [tool.definition.name, tool]),
  );
  const propose = proposer(gateway, offered);

  async function withUpstream<T>(use: (upstream: Upstream) => Promise<T>): Promise<T> {
    const upstream = await open();
    try {
      return await use(upstream);
    } finally {
      await upstream.close().catch(() => undefined);
    }
  }

  const server = new Server(
    { name: 'countersign-proxy', title: 'Countersign, before another server', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );

  server.setRequestHandler('tools/list', () =>
    withUpstream(async ({ tools }) => ({
      tools: [
        ...tools.flatMap((tool) => {
          const { kind } = ruleOn(mapping, tool);
          if (own.has(tool.name) || kind === 'changed' || kind === 'unmapped') return [];
          return kind === 'readOnly' ? [tool] : [governed(tool)];
        }),
        ...[...own.values()].map(({ definition }) => definition),
      ],
    })),
  );

  server.setRequestHandler('tools/call', async ({ params: { name, arguments: given = {} } }) => {
    const ours = own.get(name);
    if (ours) return resultOf(await ours.call(given));
    const call = await withUpstream(async ({ tools, client }): Promise<Called> => {
      const tool = tools.find((each) => each.name === name);
      if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool ${name}`);
      const rule = ruleOn(mapping, tool);
      switch (rule.kind) {
        case 'readOnly':
          return { kind: 'result', result: await client.callTool({ name, arguments: given }) };
        case 'changed':
          return failed(`The server changed the tool ${name} since operators looked at it.`);
        case 'unmapped':
          return failed(`Operators wrote no rule for the tool ${name}.`);
      }
      const { [WHY]: why, ...args } = given as Record<string, Json>;
      const base = { ...Object(why), actionType: rule.actionType, environment: mapping.environment };
      const draft: Draft =
        rule.kind === 'unknown'
          ? { ...base, target: rule.target, params: { tool: name, digest: rule.digest, arguments: args } }
          : { ...base, target: serviceIn(rule.target, args), params: args };
      return { kind: 'draft', draft };
    });
    if (call.kind === 'result') return call.result;
    const answer = await propose(call.draft);
    if (answer.kind !== 'action') return resultOf(answer);
    return resultOf(await stands(gateway, answer.told.actionId, WAIT_S));
  });
  return server;
}

/** A call is answered by the server itself, or is to be proposed. */
type Called =
  | { readonly kind: 'result'; readonly result: CallToolResult }
  | { readonly kind: 'draft'; readonly draft: Draft };

/** What may be done with a tool as the server has it now. */
function ruleOn({ tools, unknown }: McpMapping, tool: Tool) {
  const digest = toolDigestOf(tool);
  const rule = Object.hasOwn(tools, tool.name) ? tools[tool.name] : undefined;
  if (rule) return rule.digest === digest ? rule : ({ kind: 'changed' } as const);
  return unknown ? ({ kind: 'unknown', digest, ...unknown } as const) : ({ kind: 'unmapped' } as const);
}

const WHY_SCHEMA: { [name: string]: Json } = JSON.parse(
  JSON.stringify({
    properties: explainedProperties,
    required: EXPLAINED.required,
    additionalProperties: false,
  }),
);

const serviceIn = (target: ToolTarget, args: Readonly<Record<string, Json>>): string =>
  'service' in target ? target.service : String(args[target.argument] ?? '');

/** A tool as the agent sees it: with a place to say why. Its own result is told in words, as a part of how the action ended. */
function governed({ inputSchema, outputSchema: _, ...tool }: Tool): Tool {
  return {
    ...tool,
    description:
      `${tool.description ?? ''}\nThis call is governed: people may have to approve it first. Say why in "${WHY}".`.trim(),
    inputSchema: {
      ...inputSchema,
      properties: {
        ...inputSchema.properties,
        [WHY]: {
          type: 'object',
          description: 'For the people who approve. It is not sent to the server.',
          ...WHY_SCHEMA,
        },
      },
      required: [...(inputSchema.required ?? []), WHY],
    },
  };
}

const failed = (reason: string): Called => ({
  kind: 'result',
  result: {
    content: [{ type: 'text', text: `${reason} Nothing was called. Tell your user.` }],
    isError: true,
  },
});
