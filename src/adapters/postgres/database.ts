import { type ClientBase, Pool } from 'pg';
import { accessFaults, type Part } from './access.ts';
import { LIMITS, unusable, withConnection } from './connection.ts';
import { createWriter, type Writer } from './writer.ts';

export interface Database {
  /** The connections. None may change what is in the ledger; only a worker's may add to it. */
  readonly pool: Pool;
  readonly write: Writer;
  /** What is wrong with the database now; empty when it answers. */
  check(): Promise<string[]>;
  /** Resolves once pending writes are done. */
  close(): Promise<void>;
}

/**
 * Connects to a PostgreSQL database that `countersign migrate` prepared. Waits up to `waitMs` (30 s) for one that is not up yet.
 * `max` is the number of connections that this process may have (4).
 *
 * @param part the part whose role the login must be in
 * @throws DatabaseUnusable, also for a database of another version and for a login that may do more than its part
 */
export async function openDatabase(
  url: string,
  part: Part,
  { max = 4, waitMs = 30_000 }: { max?: number; waitMs?: number } = {},
): Promise<Database> {
  const where = await withConnection(
    url,
    async (client) => {
      const faults = await accessFaults(client, part);
      if (faults.length > 0) throw new Error(faults.join('; '));
      return client;
    },
    waitMs,
  );
  const pool = new Pool({ ...LIMITS, connectionString: url, max, pipeline: true, onConnect: outliveItsLoss });
  // The pool has already dropped the connection. The next caller gets a new one, or the error.
  pool.on('error', () => undefined);
  return {
    pool,
    write: createWriter(pool),
    check: () =>
      pool.query('select 1').then(
        () => [],
        (error) => [unusable(where, error).message],
      ),
    close: () => pool.end(),
  };
}

/** Keeps the process alive: a lost connection fails what waits for it, but the event alone would end the process. */
function outliveItsLoss(client: ClientBase): void {
  client.on('error', () => undefined);
}
