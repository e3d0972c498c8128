import type { CliCommand } from '../cli-command.ts';

/** `countersign gateway`: serves pages and API in this process. Its settings are environment variables. */
export function gatewayUsage(program: CliCommand): void {
  program
    .command('gateway')
    .description('serve the inbox and the HTTP API (COUNTERSIGN_GATEWAY_KEY ...)')
    .option('--dev-sign-in', 'anybody may sign in as anybody; only on a loopback address')
    .action(async () => {
      await import('../../gateway.ts');
    });
}
