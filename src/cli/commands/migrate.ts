import { migrateDatabase } from '../../adapters/postgres/migrate.ts';
import type { CliCommand } from '../cli-command.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

/** Brings the database to this version. */
export async function migrate(command: CliCommand): Promise<void> {
  const applied = await migrateDatabase(databaseUrl(command.io.env));
  print(command, { applied }, () =>
    applied.length === 0 ? 'The database is of this version already.' : `Applied ${applied.join(', ')}.`,
  );
}
