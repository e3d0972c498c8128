import { type ClientBase, Pool } from 'pg';
import { accessFaults, type Part } from './access.ts';
import { LIMITS, unusable, withConnection } from './connection.ts';
import { createWriter, type Writer } from './writer.ts';

export interface Database {
  /** Its connections may not change what is in the ledger; only those of a worker may add to it. */
  readonly pool: Pool;
  readonly write: Writer;
  /** What is wrong with the database now; nothing when it answers. */
  check(): Promise<string[]>;
  /** Resolves once what is being written is written. */
  close(): Promise<void>;
}

/**
 * Connects to a PostgreSQL database that `countersign migrate` made ready, waiting up to `waitMs` for one that is not up yet
 * (30 s). `max` is how many connections this process may have (4).
 *
 * @param part which role its login has to be in
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
  // The pool has dropped the connection already; whoever needs one gets a new one, or the error.
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

/** A lost connection fails what waits for it; the event alone would end the process. */
function outliveItsLoss(client: ClientBase): void {
  client.on('error', () => undefined);
}
