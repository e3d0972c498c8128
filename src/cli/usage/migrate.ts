import type { CliCommand } from '../cli-command.ts';

/** `countersign migrate`: brings the database to this version. The only command that needs the login of the database's owner. */
export function migrateUsage(program: CliCommand): void {
  program
    .command('migrate')
    .description(
      'bring the database to this version, as its owner (COUNTERSIGN_DATABASE_URL), before workers and gateways start',
    )
    .action(async (_options: object, command: CliCommand) => {
      const { migrate } = await import('../commands/migrate.ts');
      await migrate(command);
    });
}
