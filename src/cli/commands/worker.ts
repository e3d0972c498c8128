import type { Command } from 'commander';

/** `countersign worker`: runs the worker in this process. Its settings are environment variables. */
export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('run a worker (TEMPORAL_ADDRESS, COUNTERSIGN_INSTALLATION, COUNTERSIGN_DATABASE_URL ...)')
    .action(async () => {
      await import('../../worker.ts');
    });
}
