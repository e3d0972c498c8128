import { Client } from 'pg';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { createLedger } from '../src/adapters/postgres/ledger.ts';
import type { DatabaseUrls } from '../src/dev/database.ts';
import type { ReadEntry } from '../src/domain/ledger/ledger.ts';
import type { Json } from '../src/domain/shared/json.ts';
import { partOf } from '../src/domain/shared/json-reader.ts';
import { serviceName } from './installation.ts';

/**
 * Records so many actions that wait, as the ledger has it of one that does: a list is read from what is recorded, so none
 * of them needs a workflow. Each is on another service, and due a millisecond after the one before it.
 */
export async function recordWaiting(urls: DatabaseUrls, like: string, count: number): Promise<void> {
  const database = await openDatabase(urls.worker, 'worker');
  try {
    const ledger = createLedger(database);
    const ruled = (await ledger.entriesOf(like)).find(({ kind }) => kind === 'ruled');
    if (!ruled) throw new Error(`the ledger has no ruling on ${like}`);
    await Promise.all(Array.from({ length: count }, (_, n) => ledger.append(oneMore(ruled, n))));
  } finally {
    await database.close();
  }
  await analyze(urls.owner);
}

function oneMore({ at, body }: ReadEntry, n: number) {
  const actionId = `pending-${n}`;
  const target = serviceName(n);
  const action = { ...members(partOf(body, 'action')), target, title: `set ${target} to 1.${n}` };
  return {
    eventId: `${actionId}/run/ruled`,
    actionId,
    kind: 'ruled' as const,
    at: at + n,
    body: { ...members(body), action },
  };
}

const members = (json: Json | undefined) =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};

/** What PostgreSQL does by itself within a minute. */
async function analyze(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
