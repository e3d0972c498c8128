import type { Command } from 'commander';

/** `countersign gateway`: serves pages and API in this process. Its settings are environment variables. */
export function gatewayCommand(program: Command): void {
  program
    .command('gateway')
    .description('serve the pages that people decide on, and the HTTP API (COUNTERSIGN_GATEWAY_KEY ...)')
    .option('--dev-sign-in', 'anybody may sign in as anybody: on a loopback address alone')
    .action(async () => {
      await import('../../gateway.ts');
    });
}
