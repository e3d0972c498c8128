import type { Command } from 'commander';

/** `countersign gateway`: serves pages and API in this process. Its settings are environment variables. */
export function gatewayCommand(program: Command): void {
  program
    .command('gateway')
    .description('serve the inbox and the HTTP API (COUNTERSIGN_GATEWAY_KEY ...)')
    .option('--dev-sign-in', 'anybody may sign in as anybody; only on a loopback address')
    .action(async () => {
      await import('../../gateway.ts');
    });
}
