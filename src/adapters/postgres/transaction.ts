import type { ClientBase, Pool } from 'pg';
import type { Hold } from '../../domain/admission/hold.ts';
import {
  chain,
  type ErasedEntry,
  type Head,
  type LedgerEntry,
  type NewEntry,
} from '../../domain/ledger/ledger.ts';
import { type Listed, list } from '../../domain/ledger/project-inbox.ts';
import { type Projected, project } from '../../domain/ledger/project-past-action.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import { readActionsById } from './action-rows.ts';
import { type Admitted, admittedAmong, type Counts, readCounted } from './counted-rows.ts';
import { readHolds, type StoredHold, saveHolds } from './hold-rows.ts';
import { type Lease, readLeases, saveLeases } from './lease-rows.ts';
import { readListed } from './list-rows.ts';
import * as projection from './projection.ts';
import { type RequestKeys, readRequests } from './request-rows.ts';
import * as rows from './rows.ts';
import { prepared } from './statement.ts';

/** The PostgreSQL channel that announces the id of each action with a new ledger entry. */
export const CHANNEL = 'countersign';

/** Begins a transaction whose statements see what was committed when each began: all that the last holder of the lock wrote. */
const BEGIN = 'begin isolation level read committed';

/** A fact to append, and what happens to leases and holds in the same transaction. */
export interface Write<Result> {
  readonly fact: NewEntry;
  /** 16 random bytes in hex, for the entry that the fact becomes. */
  readonly salt: string;
  /** The targets whose leases `decide` may ask for. */
  readonly targets?: readonly string[];
  /** Set where `decide` asks for the holds that stand. */
  readonly holds?: true;
  /** Set for an admission: what `decide` needs counted towards its limits. */
  readonly counts?: Counts;
  /** Set for a ruling: what `decide` checks against the other requests for people's attention. */
  readonly request?: RequestKeys;
  /** The eventId of the fact after which this one is never recorded. */
  readonly before?: string;
  /** Called with everything locked: what it finds stays true until its result is written. */
  readonly decide: (locked: Locked) => WriteDecision<Result>;
}

/** What a write finds, including the results of earlier writes in the same transaction. */
export interface Locked {
  /** Whether the fact is in the ledger already. */
  readonly recorded: boolean;
  leaseOf(target: string): Lease;
  /** The holds that stand, where `holds` asks for them. */
  readonly holds: readonly Hold[];
  /** What was admitted lately, at least all that `counts` asks for. */
  readonly recent: readonly Admitted[];
  /** The risk score of the action, as it was ruled; 0 where the ledger has no ruling. */
  readonly risk: number;
  /** Other actions that take people's attention, at least all that `request` asks for. */
  readonly requests: readonly Projected[];
}

export interface WriteDecision<Result> {
  readonly result: Result;
  /** Whether to append the fact, unless it is already recorded. */
  readonly append: boolean;
  /** A lease that changes. */
  readonly lease?: Lease;
  /** A hold that is placed or lifted. */
  readonly hold?: StoredHold;
}

/** The ledger does not take this fact and never will: repeating it is pointless. Nothing was written. */
export class FactRefused extends Error {
  override readonly name = 'FactRefused';
}

/**
 * Decides the writes one after the other and commits them in one transaction. A refused write does not affect the others. Throws
 * when nothing was committed, or when this cannot be known.
 */
export async function commitAll(
  pool: Pool,
  writes: readonly Write<unknown>[],
): Promise<PromiseSettledResult<unknown>[]> {
  const client = await pool.connect();
  try {
    const batch = await lockAndRead(client, writes);
    const results = writes.map((write) => settle(() => place(batch, write)));
    await Promise.all([
      saveLeases(client, [...batch.changedLeases.values()]),
      saveHolds(client, [...batch.changedHolds.values()]),
      rows.insertEntries(client, batch.entries),
      batch.entries.length > 0 && saveProjections(client, batch),
    ]);
    // The commit is not pipelined with the rest: it would commit a part when a statement failed on this side of the connection.
    await Promise.all([client.query('commit'), tell(client, batch.entries)]);
    client.release();
    return results;
  } catch (error) {
    // A closed connection is rolled back, in any state.
    client.release(true);
    throw error;
  }
}

/**
 * Notifies the listeners. This happens after the transaction: anybody who may connect can fill PostgreSQL's queue of notifications,
 * and must not keep a fact out of the ledger that way.
 */
async function tell(client: ClientBase, entries: readonly LedgerEntry[]): Promise<void> {
  const ids = [...new Set(entries.map(({ actionId }) => actionId))];
  await client
    .query(prepared(`select pg_notify('${CHANNEL}', id) from unnest($1::text[]) id`, [ids]))
    .catch(() => undefined);
}

/** Writes what follows from the new entries to the projections. */
const saveProjections = (client: ClientBase, { head, changedActions, changedLists, listsBefore }: Batch) =>
  projection.saveProjections(
    client,
    { actions: changedActions.values(), lists: changedLists.values(), listsBefore },
    { actions: head.seq, lists: head.seq },
  );

/** What the writes of one transaction find and leave. Each sees those before it. */
interface Batch {
  head: Head;
  /** Read when asked for, so that a damaged row fails only the write that meets it. */
  readonly recorded: Map<string, () => LedgerEntry | ErasedEntry>;
  readonly leases: Map<string, Lease>;
  readonly holds: Map<string, Hold>;
  readonly actions: Map<string, Projected>;
  readonly lists: Map<string, Listed>;
  /** What lists showed before these writes. */
  readonly listsBefore: ReadonlyMap<string, Listed>;
  /** The admitted actions that limits may count. */
  readonly recent: Map<string, Projected>;
  readonly requests: Map<string, Projected>;
  readonly entries: LedgerEntry[];
  readonly changedLeases: Map<string, Lease>;
  readonly changedHolds: Map<string, StoredHold>;
  readonly changedActions: Map<string, Projected>;
  readonly changedLists: Map<string, Listed>;
}

async function lockAndRead(client: ClientBase, writes: readonly Write<unknown>[]): Promise<Batch> {
  // The client pipelines these, so they cost one round trip.
  const [, places, batch] = await Promise.all([
    client.query(BEGIN),
    projection.lockPlaces(client),
    readBatch(client, writes),
  ]);
  const { seq } = batch.head;
  if (!projection.isBehind(places, seq)) return batch;
  for (let at = places; projection.isBehind(at, seq); ) at = await projection.projectPage(client, at);
  return readBatch(client, writes);
}

async function readBatch(client: ClientBase, writes: readonly Write<unknown>[]): Promise<Batch> {
  const eventIds = writes.flatMap(({ fact, before }) => [
    fact.eventId,
    ...(before === undefined ? [] : [before]),
  ]);
  const targets = writes.flatMap((write) => write.targets ?? []);
  const actionIds = writes.map(({ fact }) => fact.actionId);
  const [head, recorded, leases, holds, actions, lists, recent, requests] = await Promise.all([
    rows.readHead(client),
    rows.readEntries(client, 'where event_id = any($1)', [eventIds]),
    readLeases(client, targets),
    writes.some(({ holds }) => holds) ? readHolds(client) : [],
    readActionsById(client, actionIds),
    readListed(client, actionIds),
    readCounted(
      client,
      writes.flatMap(({ counts }) => counts ?? []),
    ),
    readRequests(
      client,
      writes.flatMap(({ request }) => request ?? []),
    ),
  ]);
  return {
    head,
    recorded: new Map(recorded.map((row) => [row.event_id, () => rows.entryOf(row)])),
    leases,
    holds: new Map(holds.map((hold) => [hold.id, hold])),
    actions,
    lists,
    listsBefore: new Map(lists),
    recent: new Map(recent.map((action) => [action.actionId, action])),
    requests: new Map(requests.map((action) => [action.actionId, action])),
    entries: [],
    changedLeases: new Map(),
    changedHolds: new Map(),
    changedActions: new Map(),
    changedLists: new Map(),
  };
}

/** Brings the projections up to the end of the ledger. Each page is one transaction, so that no writer waits for long. */
export async function fillProjection(client: ClientBase): Promise<void> {
  for (let behind = true; behind; ) {
    await client.query(BEGIN);
    const places = await projection.lockPlaces(client);
    const { seq } = await rows.readHead(client);
    behind =
      projection.isBehind(places, seq) &&
      projection.isBehind(await projection.projectPage(client, places), seq);
    await client.query('commit');
  }
}

function place(batch: Batch, { fact, salt, before, decide }: Write<unknown>): unknown {
  if (before !== undefined && batch.recorded.has(before)) {
    throw new FactRefused(`${fact.eventId} comes too late: ${before} is in the ledger`);
  }
  const recordedFact = batch.recorded.get(fact.eventId)?.();
  if (recordedFact && !isSame(recordedFact, fact)) {
    throw new FactRefused(
      `${fact.eventId} is in the ledger as entry ${recordedFact.seq} with other content; another fact needs another eventId`,
    );
  }
  const { result, append, lease, hold } = decide({
    recorded: recordedFact !== undefined,
    leaseOf: (target) => batch.leases.get(target) ?? { target, holder: null, fencingToken: 0, acquiredAt: 0 },
    holds: [...batch.holds.values()],
    recent: admittedAmong(batch.recent.values()),
    risk: batch.actions.get(fact.actionId)?.risk ?? 0,
    requests: [...batch.requests.values()],
  });
  if (append && !recordedFact) {
    const entry = chain(batch.head, fact, salt);
    batch.head = entry;
    batch.recorded.set(fact.eventId, () => entry);
    batch.entries.push(entry);
    const action = project(batch.actions.get(fact.actionId), fact);
    if (action) {
      batch.actions.set(action.actionId, action);
      batch.changedActions.set(action.actionId, action);
      batch.requests.set(action.actionId, action);
      if (fact.kind === 'admitted') batch.recent.set(action.actionId, action);
    }
    const item = list(batch.lists.get(fact.actionId), fact);
    if (item) {
      batch.lists.set(item.actionId, item);
      batch.changedLists.set(item.actionId, item);
    }
  }
  if (lease) {
    batch.leases.set(lease.target, lease);
    batch.changedLeases.set(lease.target, lease);
  }
  if (hold) {
    if (hold.lifted) batch.holds.delete(hold.id);
    else batch.holds.set(hold.id, hold);
    batch.changedHolds.set(hold.id, hold);
  }
  return result;
}

/**
 * Whether a fact is the one that is recorded already. The time is left out, because a repeated step may carry a later one. What an erased
 * entry said is not known, so its subject and kind are enough.
 */
function isSame(recorded: LedgerEntry | ErasedEntry, { actionId, kind, body }: NewEntry): boolean {
  if (recorded.kind === 'erased') return recorded.actionId === actionId && recorded.was === kind;
  const { actionId: subject, kind: ofKind, body: said } = recorded;
  return canonicalJson([subject, ofKind, said]) === canonicalJson([actionId, kind, body]);
}

function settle<Result>(decide: () => Result): PromiseSettledResult<Result> {
  try {
    return { status: 'fulfilled', value: decide() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}
