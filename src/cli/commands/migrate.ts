import type { Command } from 'commander';
import { migrateDatabase } from '../../adapters/postgres/migrate.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

/** `countersign migrate`: makes a database of this version. The only command that needs the login of its owner. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database to this version, as its owner (COUNTERSIGN_DATABASE_URL), before workers and gateways start',
    )
    .action(async (_options: object, command: Command) => {
      const applied = await migrateDatabase(databaseUrl());
      print(command, { applied }, () =>
        applied.length === 0 ? 'The database is of this version already.' : `Applied ${applied.join(', ')}.`,
      );
    });
}
