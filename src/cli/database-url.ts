import { CommandError } from './command-error.ts';

/** The URL of the database. @throws CommandError when it is not set */
export function databaseUrl(env: NodeJS.ProcessEnv): string {
  const url = env.COUNTERSIGN_DATABASE_URL;
  if (url) return url;
  throw new CommandError(
    'COUNTERSIGN_DATABASE_URL must be a PostgreSQL URL, such as postgresql://user@host/countersign',
  );
}
