import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NO_CREDENTIALS } from '../../adapters/credentials.ts';
import { openUpstream, toolDigestOf } from '../../adapters/mcp/upstream.ts';
import { faultLines, type McpMapping, readMapping, suggestMapping } from '../../config/index.ts';
import { identifier } from '../../contract/json.ts';
import type { McpServer } from '../../domain/action/action.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import { createProxyServer } from '../../mcp/proxy.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { type McpOptions, serveAgents } from './mcp.ts';

export interface ProxyOptions extends McpOptions {
  readonly installation: string;
  readonly server: string;
}

export interface SuggestOptions {
  readonly from?: string;
  readonly name: string;
  readonly target: string;
  readonly environment: string;
  readonly into: string;
}

/** How long a server may take to say which tools it has, in milliseconds. */
const OPEN_MS = 20_000;

/** The proxy shows a server no credentials: what governs, and has them, is the worker. */
const opened = (server: McpServer) => openUpstream(server, NO_CREDENTIALS, OPEN_MS);

/** Stands before an MCP server, until the client or a signal ends it. */
export async function mcpProxy(command: CliCommand, options: ProxyOptions): Promise<void> {
  const mapping = await mappingOf(options);
  await serveAgents(command, options, (gateway, offered) =>
    createProxyServer(gateway, offered, mapping, () => opened(mapping.server)),
  );
}

async function mappingOf({ installation, server }: ProxyOptions): Promise<McpMapping> {
  if (!identifier.safeParse(server).success)
    throw new CommandError('name the server with --server: a file of mcp/ without .yaml');
  const file = `mcp/${server}.yaml`;
  const text = await readFile(join(installation, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      `${join(installation, file)} cannot be read (${error.code}): "countersign mcp-proxy suggest" writes it`,
    );
  });
  const { mapping, faults } = readMapping(file, text);
  if (mapping) return mapping;
  throw new CommandError(faultLines(faults).map(exactLine).join('\n'));
}

/** Writes the files with which a server's tools are governed. */
export async function suggest(
  command: CliCommand,
  program: readonly string[],
  { from, name, target, environment, into }: SuggestOptions,
): Promise<void> {
  for (const [option, text] of Object.entries({ name, target, environment }))
    if (!identifier.safeParse(text).success) throw new CommandError(`--${option} ${text} is not a name`);
  if ((from === undefined) === (program.length === 0))
    throw new CommandError('name the server: --from URL, or its program after --');
  const server = from === undefined ? { argv: program } : { url: from };
  const { tools, close } = await opened(server).catch((error: Error) => {
    throw new CommandError(`the MCP server cannot be used: ${error.message}`);
  });
  await close();
  const files = suggestMapping(
    { name, server, target, environment },
    tools.map((tool) => ({ name: tool.name, inputSchema: tool.inputSchema, digest: toolDigestOf(tool) })),
  );
  for (const [file, text] of Object.entries(files)) {
    const path = join(into, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw new CommandError(`${path} was not written (${error.code})`);
    });
  }
  const written = Object.keys(files);
  print(command, { written, tools: tools.length }, () =>
    [
      ...written.map((file) => `wrote ${file}`),
      `${tools.length} tools, and all that come later, wait for people. Read both files, and run "countersign check".`,
    ].join('\n'),
  );
}
