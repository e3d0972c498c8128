import { once } from 'node:events';
import type { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { agentBuild } from '../../contract/proposal.ts';
import type { AgentBuild } from '../../domain/action/action.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import { AgentGateway, type Offered } from '../../mcp/agent-gateway.ts';
import { serveHttp } from '../../mcp/http.ts';
import { createAgentServer } from '../../mcp/server.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { type KeyFile, readKey } from '../signing.ts';

export interface McpOptions {
  readonly gateway: string;
  readonly key: string;
  readonly agent?: string;
  readonly agentVersion: string;
  readonly model?: string;
  readonly http?: string;
  readonly url?: string;
  readonly issuer: string;
}

/** Serves the tools of an agent over MCP, until the client or a signal ends it. */
export const mcp = (command: CliCommand, options: McpOptions): Promise<void> =>
  serveAgents(command, options, (gateway, offered, key) => createAgentServer(gateway, offered, key.jwk));

type Serve = (gateway: AgentGateway, offered: Offered, key: KeyFile) => Server;

/** Serves agents over standard input and output, or over HTTP, until the client or a signal ends it. */
export async function serveAgents(command: CliCommand, options: McpOptions, serve: Serve): Promise<void> {
  const key = await readKey(options.key);
  const { origin } = addressIn('--gateway', options.gateway);
  const serverFor = async (agent: string) => {
    const gateway = new AgentGateway({ origin, key: key.jwk, agent: buildOf(agent, options) });
    return serve(gateway, await offeredTo(gateway), key);
  };
  const warn = (error: Error) =>
    command.io.stderr.write(`countersign ${command.name()}: ${exactLine(error.message)}\n`);
  if (options.http === undefined) return overStdio(() => serverFor(options.agent ?? key.person), warn);
  if (options.agent !== undefined)
    throw new CommandError('leave out --agent: over HTTP the agent is the subject of the access token');
  const settings = {
    address: options.http,
    url: addressIn('--url', options.url ?? ''),
    issuer: addressIn('--issuer', options.issuer),
  };
  const { stop } = await serveHttp(settings, serverFor, warn);
  command.io.stderr.write(`countersign ${command.name()}: serves ${settings.url.href} at ${options.http}\n`);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await stop();
}

async function overStdio(serverNow: () => Promise<Server>, warn: (error: Error) => void): Promise<void> {
  // A wrong key or address is told now, and not at the first call of a tool.
  await serverNow();
  const served = serveStdio(serverNow, { onerror: warn });
  await Promise.race([once(process.stdin, 'end'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await served.close();
}

async function offeredTo(gateway: AgentGateway): Promise<Offered> {
  const answer = await gateway.offered();
  if (answer.kind === 'answer') return answer.value;
  throw new CommandError(answer.reason);
}

function buildOf(id: string, { agentVersion: version, model }: McpOptions): AgentBuild {
  const parsed = agentBuild.safeParse({ id, version, ...(model === undefined ? {} : { model }) });
  if (parsed.success) return parsed.data;
  throw new CommandError(
    parsed.error.issues.map(({ path, message }) => `agent ${path.join('.')}: ${message}`).join('; '),
  );
}

function addressIn(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.includes(url.hostname))))
    return url;
  throw new CommandError(
    `${option} must be an address that begins with https://, or with http:// on this machine`,
  );
}

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];
