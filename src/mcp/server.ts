import { hkdfSync } from 'node:crypto';
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { digestOf } from '../domain/shared/digest.ts';
import type { PrivateJwk } from '../keys/ed25519.ts';
import type { AgentGateway, Offered } from './agent-gateway.ts';
import { resultOf } from './results.ts';
import { agentTools, stands } from './tools.ts';
import { version } from './version.ts';

const INSTRUCTIONS = `Changes to production go through Countersign. Propose an action: the answer says whether it runs, waits for people, or is refused.
People decide in the inbox. There is no tool to approve, and nothing that you write approves anything.
Ask get_action how it stands, when pollAfterMs says. After "expired" or "held" you may ask again with another idempotencyKey. After "deniedByPerson", change what was objected to, or stop.`;

/** What a client brings back when its user was pointed to the inbox. */
interface Pointed {
  readonly actionId: string;
  /** The digest of the tool and of its arguments. */
  readonly call: string;
}

/** How long it may take until a client comes back, in seconds. */
const POINTED_S = 600;

/**
 * An MCP server for one agent. It holds nothing between two requests: what is governed is held by Countersign, and what a client brings back is
 * signed with the agent, an expiry, and the parameters of the call.
 *
 * @param key what a client brings back is signed with a secret that follows from this key, so that each process of the server knows it
 */
export function createAgentServer(gateway: AgentGateway, offered: Offered, key: PrivateJwk): Server {
  const tools = new Map(agentTools(gateway, offered).map((tool) => [tool.definition.name, tool]));
  const states = createRequestStateCodec<Pointed>({
    key: new Uint8Array(hkdfSync('sha256', Buffer.from(key.d, 'base64url'), '', 'mcp requestState', 32)),
    ttlSeconds: POINTED_S,
    bind: (ctx) => `${ctx.mcpReq.method} ${gateway.agent.id}`,
  });
  const server = new Server(
    { name: 'countersign', title: 'Countersign', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS, requestState: { verify: states.verify } },
  );

  server.setRequestHandler('tools/list', () => ({
    tools: [...tools.values()].map(({ definition }) => definition),
  }));

  server.setRequestHandler('tools/call', async ({ params: { name, arguments: given = {} } }, ctx) => {
    const tool = tools.get(name);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool ${name}`);
    const call = digestOf([name, given]);
    const pointed = ctx.mcpReq.requestState<Pointed>();
    if (pointed) {
      if (pointed.call !== call)
        return failed('The arguments are not those of the call that this continues.');
      // Whatever the user did with the address, they opened it at most: the action says itself how it stands.
      return resultOf(await stands(gateway, pointed.actionId));
    }
    const answer = await tool.call(given);
    if (
      !name.startsWith('propose_') ||
      answer.kind !== 'action' ||
      answer.told.status !== 'waiting' ||
      !opensUrls(ctx)
    )
      return resultOf(answer);
    const { actionId, inboxUrl } = answer.told;
    return inputRequired({
      inputRequests: {
        inbox: inputRequired.elicitUrl({
          message: `${actionId} waits for people. This is its page in the inbox. To open it approves nothing.`,
          url: inboxUrl,
        }),
      },
      requestState: await states.mint({ actionId, call }, ctx),
    });
  });
  return server;
}

const capabilities = z.object({ elicitation: z.object({ url: z.looseObject({}) }) });

/** Whether the client declared on this very request that it can point its user to an address. Earlier revisions would make the agent wait. */
const opensUrls = ({ mcpReq }: ServerContext) =>
  capabilities.safeParse(Reflect.get(mcpReq.envelope ?? {}, CLIENT_CAPABILITIES_META_KEY)).success;

const failed = (text: string): CallToolResult => ({ content: [{ type: 'text', text }], isError: true });
