import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { DatabaseUnreachable, DatabaseUnusable } from './unusable.ts';

const CONNECT_MS = 5_000;
const RETRY_MS = 200;

/**
 * Time limits of a connection, in milliseconds. A database that hangs is an error to its caller, and a hung caller's locks are
 * released.
 */
export const LIMITS = {
  connectionTimeoutMillis: CONNECT_MS,
  statement_timeout: 10_000,
  idle_in_transaction_session_timeout: 5_000,
  // Our own limit, for a server that does not answer at all. It is longer, because the server's own error says more.
  query_timeout: 12_000,
};
/** Limits for work that one connection does once. It may take longer, for example to wait for another process's migration. */
const LONGER_LIMITS = { ...LIMITS, statement_timeout: 60_000, query_timeout: 62_000 };

/** SQLSTATEs that pass: starting up, shutting down, too many connections. */
const PASSING_STATES = new Set(['57P03', '57P01', '53300']);

/**
 * Uses one connection to a database, and closes it.
 *
 * @param waitMs how long to wait for a database that is not up yet
 * @throws DatabaseUnreachable, or DatabaseUnusable for any error of `use`
 */
export async function withConnection<T>(
  url: string,
  use: (client: Client) => Promise<T>,
  waitMs = CONNECT_MS,
): Promise<T> {
  const client = await connect(url, waitMs);
  try {
    return await use(client);
  } catch (cause) {
    throw unusable(client, cause);
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
      if (!mayPass(cause) || performance.now() + RETRY_MS > until)
        throw new DatabaseUnreachable(`${nameOf(client)} cannot be reached: ${reasonOf(cause)}`, { cause });
    }
    await delay(RETRY_MS);
  }
}

function createClient(url: string, connectionTimeoutMillis: number): Client {
  // Without a scheme the parser takes the whole URL for a database name, and the message below would show it.
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new DatabaseUnusable('a database URL starts with postgresql://');
  try {
    const client = new Client({
      ...LONGER_LIMITS,
      connectionString: url,
      connectionTimeoutMillis,
      pipeline: true,
    });
    // A lost connection fails the query that waits for it. Without a handler, the event alone would end the process.
    client.on('error', () => undefined);
    return client;
  } catch {
    // The parser's message may quote the URL, and with it the password.
    throw new DatabaseUnusable(
      'the database URL is not of the form postgresql://user:password@host:port/database',
    );
  }
}

/** Whether waiting may help: there was no answer, or the server said that it is starting, stopping or full. */
const mayPass = (error: unknown) => !(error instanceof DatabaseError) || PASSING_STATES.has(error.code ?? '');

type Where = Pick<Client, 'database' | 'host' | 'port'>;

const nameOf = ({ database, host, port }: Where) => `database "${database}" on ${host}:${port}`;

export const unusable = (where: Where, cause: unknown) =>
  new DatabaseUnusable(`${nameOf(where)} cannot be used: ${reasonOf(cause)}`, { cause });

/** The message of an error. A host with several addresses fails with one error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
