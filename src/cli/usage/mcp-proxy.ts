import type { CliCommand } from '../cli-command.ts';
import type { ProxyOptions, SuggestOptions } from '../commands/mcp-proxy.ts';
import { agentOptions } from './mcp.ts';

/** `countersign mcp-proxy`: stands before any MCP server, and has what it does governed. */
export function mcpProxyUsage(program: CliCommand): void {
  const { env } = program.io;
  const proxy = program
    .command('mcp-proxy')
    .description('stand before an MCP server: calls of its tools become governed actions, by a file of mcp/')
    .option(
      '--installation <folder>',
      "the installation's folder (COUNTERSIGN_INSTALLATION)",
      env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--server <name>', 'the file of mcp/ without .yaml', '');
  agentOptions(proxy).action(async (options: ProxyOptions, command: CliCommand) => {
    const { mcpProxy } = await import('../commands/mcp-proxy.ts');
    await mcpProxy(command, options);
  });
  proxy
    .command('suggest')
    .description(
      'write the files for a server from its own list of tools, strictest first: every tool waits for people',
    )
    .argument('[program...]', 'the server as a program and its arguments, after --; or --from')
    .option('--from <url>', 'the address of the server (streamable HTTP)')
    .requiredOption('--name <name>', 'what to call the server: a file of mcp/')
    .requiredOption('--target <service>', 'the service of the catalog that its tools act on')
    .requiredOption('--environment <name>', 'the environment that its tools act in')
    .option('--into <folder>', "the installation's folder; existing files are not changed", '.')
    .action(async (program: string[], options: SuggestOptions, command: CliCommand) => {
      const { suggest } = await import('../commands/mcp-proxy.ts');
      await suggest(command, program, options);
    });
}
