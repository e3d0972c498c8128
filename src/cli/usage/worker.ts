import type { CliCommand } from '../cli-command.ts';

/** `countersign worker`: runs the worker in this process. Its settings are environment variables. */
export function workerUsage(program: CliCommand): void {
  program
    .command('worker')
    .description('run a worker (TEMPORAL_ADDRESS, COUNTERSIGN_INSTALLATION, COUNTERSIGN_DATABASE_URL ...)')
    .action(async () => {
      await import('../../worker.ts');
    });
}
