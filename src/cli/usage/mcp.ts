import type { CliCommand } from '../cli-command.ts';
import type { McpOptions } from '../commands/mcp.ts';

/** `countersign mcp`: the tools of an agent, for clients of the Model Context Protocol. */
export function mcpUsage(program: CliCommand): void {
  const mcp = program
    .command('mcp')
    .description(
      'serve the tools with which an agent proposes, over MCP: on standard input and output, or over HTTP',
    );
  agentOptions(mcp).action(async (options: McpOptions, command: CliCommand) => {
    const { mcp: serve } = await import('../commands/mcp.ts');
    await serve(command, options);
  });
}

/** Adds the options of every command that serves agents over MCP. */
export function agentOptions(command: CliCommand): CliCommand {
  const { env } = command.io;
  return command
    .option(
      '--gateway <url>',
      "the gateway's address (COUNTERSIGN_GATEWAY_URL)",
      env.COUNTERSIGN_GATEWAY_URL ?? '',
    )
    .option(
      '--key <file>',
      'a key file that the catalog lists for the agent (COUNTERSIGN_KEY)',
      env.COUNTERSIGN_KEY ?? '',
    )
    .option('--agent <id>', 'the agent, as the catalog names it; default: the name in the key file')
    .option('--agent-version <version>', 'the version of the agent: another one has a level of its own', '1')
    .option('--model <name>', 'the language model that the agent uses')
    .option('--http <host:port>', 'serve over HTTP there; the agent is then the subject of the access token')
    .option(
      '--url <url>',
      'with --http: the address that clients use, for which tokens must be, such as https://mcp.example.com/mcp',
    )
    .option(
      '--issuer <url>',
      'with --http: the OpenID provider (COUNTERSIGN_OIDC_ISSUER)',
      env.COUNTERSIGN_OIDC_ISSUER ?? '',
    );
}
