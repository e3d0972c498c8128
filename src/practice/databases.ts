import { withConnection } from '../adapters/postgres/connection.ts';
import { type Database, openDatabase } from '../adapters/postgres/database.ts';
import { type DatabaseUrls, prepareDatabase } from '../dev/database.ts';
import { startPostgres } from '../dev/postgres.ts';

/** Empty, migrated databases on a PostgreSQL of practice's own, which keeps nothing. No setting of the environment counts. */
export interface Databases {
  /** Uses a database that nobody used before. */
  fresh<Result>(use: (database: Database) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

export async function startDatabases(): Promise<Databases> {
  const server = await startPostgres();
  try {
    return { ...copiesOf(await prepareDatabase(server.url), server.url), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * Copies of a migrated database, each for one use.
 *
 * @param worker the URL of the worker's login there
 * @param owner the URL of its superuser
 */
export function copiesOf({ worker }: Pick<DatabaseUrls, 'worker'>, owner: string): Pick<Databases, 'fresh'> {
  let copies = 0;
  const server = Object.assign(new URL(owner), { pathname: 'template1' }).href;
  const template = new URL(owner).pathname.slice(1);
  return {
    fresh: async (use) => {
      copies += 1;
      const name = `${template}_practice_${copies}`;
      const execute = (statement: string) => withConnection(server, (client) => client.query(statement));
      await execute(`create database ${name} template ${template}`);
      const database = await openDatabase(Object.assign(new URL(worker), { pathname: name }).href, 'worker');
      try {
        return await use(database);
      } finally {
        await database.close();
        // A server with many databases takes long to stop.
        await execute(`drop database ${name} with (force)`);
      }
    },
  };
}
