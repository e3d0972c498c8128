import {
  Client,
  StreamableHTTPClientTransport,
  type Tool,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { McpServer } from '../../domain/action/action.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import type { Json } from '../../domain/shared/json.ts';
import type { Prove } from '../credentials.ts';
import { hide as hideIn } from '../hide.ts';
import { NO_VARIABLES, type Variables, variablesFor } from '../program.ts';

/** An MCP server that stands behind us, and the tools that it says it has. */
export interface Upstream {
  readonly client: Client;
  readonly tools: readonly Tool[];
  /** Removes the secrets that were sent from a text of the other side. */
  readonly hide: (text: string) => string;
  close(): Promise<void>;
}

/**
 * Connects to an MCP server, by whichever revision of the protocol it speaks, and asks it for its tools.
 *
 * @param prove what proves to an address who asks
 * @param minted what a program finds besides what the server names
 * @throws Error when it cannot be reached in time
 */
export async function openUpstream(
  server: McpServer,
  prove: Prove,
  timeoutMs: number,
  minted: Variables = NO_VARIABLES,
): Promise<Upstream> {
  const client = new Client(
    { name: 'countersign', version: '1' },
    { versionNegotiation: { mode: 'auto', probe: { timeoutMs } } },
  );
  const { transport, hide } = await transportTo(server, prove, timeoutMs, minted);
  try {
    await client.connect(transport, { timeout: timeoutMs });
    const tools: Tool[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: timeoutMs });
      tools.push(...page.tools);
      cursor = page.nextCursor;
      if (cursor === undefined || tools.length > MOST_TOOLS) break;
    }
    return { client, tools, hide, close: () => client.close() };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw new Error(hide(error instanceof Error ? error.message : String(error)));
  }
}

/** How a server is reached, and what must not come back from there. */
interface Way extends Pick<Upstream, 'hide'> {
  readonly transport: Transport;
}

/** More tools than any server has: one that never ends its list is not read for ever. */
const MOST_TOOLS = 10_000;

async function transportTo(
  server: McpServer,
  prove: Prove,
  timeoutMs: number,
  minted: Variables,
): Promise<Way> {
  if ('argv' in server) {
    const [command = '', ...args] = server.argv;
    const variables = variablesFor(server.environment ?? {});
    if (variables.kind === 'missing') throw new Error(variables.why);
    const env = { PATH: process.env.PATH ?? '', ...variables.values, ...minted.values };
    return {
      transport: new StdioClientTransport({ command, args, env, stderr: 'ignore' }),
      hide: (text) => hideIn(text, [...variables.secrets, ...minted.secrets]),
    };
  }
  const proof = await prove(timeoutMs);
  if (proof.kind === 'none') throw new Error(proof.reason);
  const transport = new StreamableHTTPClientTransport(new URL(server.url), {
    // Credentials go to this address alone: a redirect is not followed.
    requestInit: { headers: proof.headers, redirect: 'manual' },
  });
  return { transport, hide: proof.hide };
}

/** The digest of all that a server says of a tool: what the model reads, and what it takes and gives. */
export function toolDigestOf({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  annotations,
}: Tool): string {
  const said = { name, title, description, inputSchema, outputSchema, annotations };
  return digestOf(JSON.parse(JSON.stringify(said)) as Json);
}
