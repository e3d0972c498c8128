import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientBase, DatabaseError, Pool } from 'pg';
import { migrate } from './migrate.ts';
import { fillProjection } from './transaction.ts';
import { createWriter, type Writer } from './writer.ts';

const CONNECT_MS = 5_000;
const RETRY_MS = 200;

/** Milliseconds. A database that hangs is an error to its caller, and a hung caller gives back the ledger's lock. */
const LIMITS = {
  connectionTimeoutMillis: CONNECT_MS,
  statement_timeout: 10_000,
  idle_in_transaction_session_timeout: 5_000,
  // Ours, for when the server does not answer at all; longer, since the server's own says more.
  query_timeout: 12_000,
};
/** Another worker's migration may have to be waited for. */
const MIGRATION_LIMITS = { statement_timeout: 60_000, query_timeout: 62_000 };

/** SQLSTATE: starting up, shutting down, too many connections. */
const PASSING_STATES = new Set(['57P03', '57P01', '53300']);

export interface Database {
  /** Its connections work as `countersign_app`, which can add to the ledger and cannot change it. */
  readonly pool: Pool;
  readonly write: Writer;
  /** What is wrong with the database now; nothing when it answers. */
  check(): Promise<string[]>;
  /** Resolves once what is being written is written. */
  close(): Promise<void>;
}

/**
 * Connects to a PostgreSQL database, waiting up to `waitMs` for one that is not up yet (30 s), applies the migrations it
 * lacks, and projects what its ledger holds already. `max` is how many connections this process may have (4).
 *
 * @throws Error naming host and database, never the password
 */
export async function openDatabase(
  url: string,
  { max = 4, waitMs = 30_000 }: { max?: number; waitMs?: number } = {},
): Promise<Database> {
  const owner = await connect(url, waitMs);
  const pool = new Pool({ ...LIMITS, connectionString: url, max, pipeline: true, onConnect: takeAppRole });
  // The pool has dropped the connection already; whoever needs one gets a new one, or the error.
  pool.on('error', () => undefined);
  try {
    await migrate(owner, new URL('./migrations/', import.meta.url));
    await fillProjection(owner);
    await pool.query('select 1');
  } catch (cause) {
    await pool.end();
    throw failure(owner, 'be used', cause);
  } finally {
    await owner.end();
  }
  return {
    pool,
    write: createWriter(pool),
    check: () =>
      pool.query('select 1').then(
        () => [],
        (error) => [failure(owner, 'be used', error).message],
      ),
    close: () => pool.end(),
  };
}

/** Reads with a connection of its own. Nothing is migrated for it, so it may be another version's database. */
export async function reading<T>(url: string, read: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url, CONNECT_MS);
  try {
    return await read(client);
  } catch (cause) {
    throw failure(client, 'be read', cause);
  } finally {
    await client.end();
  }
}

async function connect(url: string, waitMs: number): Promise<Client> {
  const until = performance.now() + waitMs;
  for (;;) {
    const client = createClient(url, Math.max(1, Math.min(CONNECT_MS, until - performance.now())));
    try {
      await client.connect();
      return client;
    } catch (cause) {
      await client.end();
      if (!mayPass(cause) || performance.now() + RETRY_MS > until) throw failure(client, 'be reached', cause);
    }
    await delay(RETRY_MS);
  }
}

function createClient(url: string, connectionTimeoutMillis: number): Client {
  // Without a scheme the parser takes the whole URL for a database's name, and the message below would show it.
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('a database URL starts with postgresql://');
  try {
    const client = new Client({
      ...LIMITS,
      ...MIGRATION_LIMITS,
      connectionString: url,
      connectionTimeoutMillis,
    });
    // A lost connection fails the query that is waiting for it; the event alone would end the process.
    client.on('error', () => undefined);
    return client;
  } catch {
    // Its message may quote the URL, and with it the password.
    throw new Error('the database URL is not of the form postgresql://user:password@host:port/database');
  }
}

async function takeAppRole(client: ClientBase): Promise<void> {
  client.on('error', () => undefined);
  await client.query('set role countersign_app');
}

/** Whether waiting may help: nobody answered, or the server said so. */
const mayPass = (error: unknown) => !(error instanceof DatabaseError) || PASSING_STATES.has(error.code ?? '');

function failure({ database, host, port }: Client, what: string, cause: unknown): Error {
  return new Error(`database "${database}" on ${host}:${port} cannot ${what}: ${reasonOf(cause)}`, { cause });
}

/** A host of several addresses fails with one error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
