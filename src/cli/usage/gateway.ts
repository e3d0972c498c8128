import type { CliCommand } from '../cli-command.ts';

/** `countersign gateway`: serves pages and API in this process. Its settings are environment variables. */
export function gatewayUsage(program: CliCommand): void {
  program
    .command('gateway')
    .description('serve the pages that people decide on, and the HTTP API (COUNTERSIGN_GATEWAY_KEY ...)')
    .option('--dev-sign-in', 'anybody may sign in as anybody: on a loopback address alone')
    .action(async () => {
      await import('../../gateway.ts');
    });
}
