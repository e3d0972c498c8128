import type { Fact } from '../../src/activities/ports/ledger.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import type { PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import type { DatabaseUrls } from '../../src/dev/database.ts';
import type { AdmissionRequest } from '../../src/domain/admission/what-stops.ts';
import type { ReadEntry } from '../../src/domain/ledger/ledger.ts';
import { createDatabase, execute } from '../support/database.ts';

export const fact = (actionId: string, over: Partial<Fact> = {}): Fact => ({
  eventId: `${actionId}/run/ruled`,
  actionId,
  kind: 'ruled',
  at: 1_700_000_000_000,
  body: { tier: 2, reasons: ['a "quoted" reason', 'emoji 🚨'] },
  ...over,
});

/** What is asked of an action before its effect: a flush, by one agent. */
export const leased = (
  id: string,
  changes: Partial<AdmissionRequest['action']> = {},
): AdmissionRequest['action'] => ({
  id,
  type: 'cache.flush',
  target: 'checkout',
  environment: 'production',
  agent: { id: 'cache-agent', version: '1.4.0', owner: 'user:radia' },
  ...changes,
});

/** What is said while another action has the target. */
export const busy = (holder: string | undefined, target = 'checkout') => ({
  kind: 'busy',
  reason: `${holder} runs on production/${target}`,
});

export const facts = (count: number, prefix = 'action') =>
  Array.from({ length: count }, (_, i) => fact(`${prefix}-${i + 1}`));

export async function everything(ledger: PostgresLedger): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  for await (const entry of ledger.all()) entries.push(entry);
  return entries;
}

export { execute };

/** Changes the ledger as only a superuser can: with its triggers off. */
export const tamper = (url: string, statements: string) =>
  execute(url, `set session_replication_role = replica; ${statements}`);

export interface Store {
  /** Of the superuser. */
  readonly url: string;
  readonly urls: DatabaseUrls;
  /** Opens the database once more, as another worker does. */
  open(): Promise<Database>;
  /** Empties the tables, past what keeps everybody else from it. */
  clear(): Promise<void>;
  /** Closes all that were opened, and removes the database. */
  remove(): Promise<void>;
}

export async function createStore(): Promise<Store> {
  const { urls, drop } = await createDatabase();
  const url = urls.owner;
  const opened: Database[] = [];
  return {
    url,
    urls,
    open: async () => {
      const database = await openDatabase(urls.worker, 'worker');
      opened.push(database);
      return database;
    },
    clear: () =>
      tamper(
        url,
        `truncate countersign_ledger, countersign_leases, countersign_holds, countersign_actions,
           countersign_list, countersign_people, countersign_tiles, countersign_checkpoints, countersign_cosignatures,
           countersign_log_alarms, countersign_checkpoint_copies;
         update countersign_projection set seq = 0, listed_seq = 0`,
      ),
    remove: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await drop();
    },
  };
}
