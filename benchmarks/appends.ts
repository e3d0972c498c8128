import { type Database, openDatabase } from '../src/adapters/postgres/database.ts';
import { createLedger, type PostgresLedger } from '../src/adapters/postgres/ledger.ts';
import type { Report as Progress } from '../src/dev/progress.ts';
import { isReadable, type LedgerEntry, type NewEntry } from '../src/domain/ledger/ledger.ts';
import { cpuMs, foreignBetween, foreignCpu, readCpu } from './cpu.ts';
import { governedSide } from './governed.ts';
import { percentile, runOne } from './load.ts';
import { type Servers, startServers } from './servers.ts';

/** How the writers are spread. Those of one process share its transactions; those of several take turns with the head of the chain. */
export const SPREADS = [
  { processes: 1, writers: 1 },
  { processes: 1, writers: 50 },
  { processes: 2, writers: 50 },
  { processes: 10, writers: 50 },
  { processes: 50, writers: 50 },
] as const;

export interface Appends {
  /** Each with connections and transactions of its own, as a worker has them. */
  readonly processes: number;
  /** All of them, who append at the same time, each one fact after the other. */
  readonly writers: number;
  readonly perSecond: number;
  /** Of one append in milliseconds, until it is durable. */
  readonly p50: number;
  readonly p99: number;
  /** CPU milliseconds for each append. */
  readonly cpu: { readonly postgres: number; readonly writers: number };
  readonly foreignCpu: { readonly seconds: number; readonly share: number };
}

export interface AppendsReport {
  /** Appends in each row. */
  readonly count: number;
  /** Facts that one action of tier 1 has, which are what is appended here again and again. */
  readonly factsPerAction: number;
  readonly rows: readonly Appends[];
}

/** How fast facts get into the ledger, whose hash chain lets one transaction in at a time. */
export async function runAppends(count: number, progress: Progress): Promise<AppendsReport> {
  const servers = await startServers('development', progress);
  try {
    const facts = await factsOfOne(servers);
    const rows: Appends[] = [];
    for (const spread of SPREADS) {
      progress(`${count} appends by ${spread.writers} writers in ${spread.processes} processes`);
      rows.push(await measured(servers, facts, count, spread));
    }
    return { count, factsPerAction: facts.length, rows };
  } finally {
    await servers.stop();
  }
}

/** What the ledger has of one action of tier 1 that ran. */
async function factsOfOne(servers: Servers): Promise<LedgerEntry[]> {
  const { countersign, approver, target, database } = servers;
  const workers = await servers.startGovernedWorkers();
  await runOne(governedSide(countersign, approver), 1, target);
  await workers.stop();
  return withDatabases(database.worker, 1, async ([only]) => {
    const all: LedgerEntry[] = [];
    if (only) for await (const entry of createLedger(only).all()) if (isReadable(entry)) all.push(entry);
    return all;
  });
}

/** Writes until so many appends are made. */
function measured(
  { database, postgres }: Servers,
  facts: readonly LedgerEntry[],
  count: number,
  { processes, writers }: Pick<Appends, 'processes' | 'writers'>,
): Promise<Appends> {
  return withDatabases(database.worker, processes, async (databases) => {
    const ledgers = databases.map(createLedger);
    // Each makes its connection now.
    await Promise.all(ledgers.map((ledger) => ledger.head()));
    const times: number[] = [];
    const before = await readCpu();
    const ownBefore = process.cpuUsage();
    const begun = performance.now();
    let left = count;
    const writer = async (ledger: PostgresLedger) => {
      for (const fact of endlessly(facts)) {
        if (left === 0) return;
        left -= 1;
        const sentAt = performance.now();
        await ledger.append(fact);
        times.push(performance.now() - sentAt);
      }
    };
    const spread = ledgers.flatMap((ledger) => Array<PostgresLedger>(writers / processes).fill(ledger));
    await Promise.all(spread.map(writer));
    const perSecond = (count / (performance.now() - begun)) * 1_000;
    const { user, system } = process.cpuUsage(ownBefore);
    const after = await readCpu();
    return {
      processes,
      writers,
      perSecond,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      cpu: {
        postgres: (cpuMs(after, postgres.pids) - cpuMs(before, postgres.pids)) / count,
        writers: (user + system) / 1_000 / count,
      },
      foreignCpu: foreignCpu([foreignBetween(before, after)]),
    };
  });
}

/** Of all writers: no two of them may write about the same action. */
let actions = 0;

/** The facts of one action after another, each action with an id of its own. */
function* endlessly(facts: readonly LedgerEntry[]): Generator<NewEntry, never> {
  for (;;) {
    actions += 1;
    const actionId = `appended-${actions}`;
    for (const { eventId, kind, at, body } of facts)
      yield { eventId: eventId.replace(/^[^/]+/, actionId), actionId, kind, at, body };
  }
}

async function withDatabases<T>(
  url: string,
  count: number,
  use: (databases: readonly Database[]) => Promise<T>,
): Promise<T> {
  const databases = await Promise.all(Array.from({ length: count }, () => openDatabase(url, 'worker')));
  try {
    return await use(databases);
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}
