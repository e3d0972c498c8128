import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, vi } from 'vitest';
import { effectsOf, type Storefront, startStorefront, stateOf } from '../../examples/storefront/process.ts';
import { type Activities, type ActivityDeps, createActivities } from '../../src/activities/index.ts';
import { createSweep } from '../../src/activities/sweep.ts';
import { createNudge } from '../../src/activities/watch/nudge.ts';
import { createAdapters } from '../../src/adapters/index.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createHandedIn } from '../../src/adapters/postgres/handed-in.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { readSecret } from '../../src/adapters/postgres/secret.ts';
import { createRunning, createUnfinished } from '../../src/adapters/postgres/unfinished.ts';
import { createHistories } from '../../src/adapters/temporal/histories.ts';
import { prepareNamespace } from '../../src/adapters/temporal/namespace.ts';
import { createReviews } from '../../src/adapters/temporal/reviews.ts';
import { createWorkflows, tellToLook } from '../../src/adapters/temporal/workflows.ts';
import { signDecision } from '../../src/cli/signing.ts';
import { type ActionHandle, Countersign } from '../../src/client/index.ts';
import { decideSignal } from '../../src/contract/messages.ts';
import { fastForward } from '../../src/dev/fast-forward.ts';
import { type Outbox, startOutbox } from '../../src/dev/outbox.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import type { DecisionKind, DecisionStatement } from '../../src/domain/approval/decision-statement.ts';
import { readDecision } from '../../src/domain/approval/parse-decision.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import type { Status } from '../../src/domain/record/action-state.ts';
import type { ReportSettings } from '../../src/domain/reports/settings.ts';
import { type ConnectionOptions, connectionsTo } from './connections.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { type SigningKey, testInstallation } from './installation.ts';
import { defaultAuthorize } from './policies.ts';
import { quiet } from './quiet.ts';

const { EventType } = proto.temporal.api.enums.v1;

/** For vi.waitFor: how long a busy machine may take until a condition holds. */
export const PATIENCE = { timeout: 60_000, interval: 50 };

/** Requests per second that the storefront serves. */
const TRAFFIC = 20;

export interface WorldOptions extends ConnectionOptions {
  /** Changes the installation: rules, people, action types. */
  readonly installation?: (adminUrl: string) => Partial<Omit<Installation, 'digests'>>;
  /** The reports that it sends. Absent: none. */
  readonly reports?: ReportSettings;
  /** Gives the address by which the database is reached, so that a network that can fail may stand before it. */
  readonly databaseUrl?: (url: string) => Promise<string>;
  /** Puts a fault in front of a real part. */
  readonly faults?: (deps: ActivityDeps) => Partial<ActivityDeps>;
}

/**
 * A storefront to govern and everything that governs it: the run's Temporal server, a database of its own, caught mail, a
 * worker in this process. Made once for a test file.
 */
export class World {
  /** Another process after `restartStorefront`, at the same address. */
  storefront: Storefront;
  readonly outbox: Outbox;
  readonly client: Client;
  readonly countersign: Countersign;
  readonly installation: Installation;
  readonly database: Database;
  readonly ledger: PostgresLedger;
  readonly taskQueue: string;
  readonly #keys: Readonly<Record<string, SigningKey>>;
  readonly #deps: ActivityDeps;
  readonly #native: NativeConnection;
  readonly testDatabase: TestDatabase;
  readonly #folder: string;
  #worker: { stop(): Promise<void> } | undefined;

  private constructor(parts: {
    storefront: Storefront;
    outbox: Outbox;
    connection: Connection;
    native: NativeConnection;
    database: Database;
    testDatabase: TestDatabase;
    folder: string;
    keysOfWorkers: Parameters<typeof createAdapters>[2];
    options: WorldOptions;
  }) {
    const { storefront, outbox, connection, native, database, testDatabase, folder, keysOfWorkers, options } =
      parts;
    const adminUrl = `${storefront.url}/admin`;
    const { installation, keys } = testInstallation({
      environments: { production: { adminUrl } },
      ...options.installation?.(adminUrl),
    });
    this.storefront = storefront;
    this.outbox = outbox;
    this.client = new Client({ connection });
    this.taskQueue = `world-${crypto.randomUUID()}`;
    this.countersign = new Countersign(this.client, this.taskQueue);
    this.installation = installation;
    this.database = database;
    this.ledger = createLedger(database);
    this.#keys = keys;
    this.#native = native;
    this.testDatabase = testDatabase;
    this.#folder = folder;
    const connections = connectionsTo(storefront.url, outbox, options);
    const deps = createAdapters(
      {
        installation,
        connections,
        checkParams: () => [],
        authorize: defaultAuthorize,
        reports: options.reports,
      },
      database,
      keysOfWorkers,
      folder,
    );
    this.#deps = { ...deps, ...options.faults?.(deps) };
  }

  static async start({ databaseUrl = async (url) => url, ...options }: WorldOptions = {}): Promise<World> {
    quiet();
    const address = inject('temporalAddress');
    const folder = await mkdtemp(join(tmpdir(), 'world-'));
    const testDatabase = await createDatabase();
    const [storefront, outbox, connection, native, database] = await Promise.all([
      startStorefront(join(folder, 'effects.jsonl'), TRAFFIC),
      startOutbox(),
      Connection.connect({ address }),
      NativeConnection.connect({ address }),
      openDatabase(await databaseUrl(testDatabase.urls.worker), 'worker'),
    ]);
    await prepareNamespace(native, 'default');
    const world = new World({
      storefront,
      outbox,
      connection,
      native,
      database,
      testDatabase,
      folder,
      options,
      keysOfWorkers: {
        sealKey: await readSecret(database.pool, 'seal'),
        logKey: await readSecret(database.pool, 'log'),
        contextKey: await readSecret(database.pool, 'context'),
      },
    });
    await world.startWorker();
    return world;
  }

  /**
   * @param changes parts that the worker has instead, such as another installation
   * @param bend changes what its activities do
   * @param atOnce how many workflow tasks it does at once; the SDK's usual number where absent
   */
  async startWorker(
    changes: Partial<ActivityDeps> = {},
    bend: (activities: Activities) => Partial<Activities> = () => ({}),
    atOnce?: number,
  ): Promise<void> {
    const activities = this.activities(changes);
    const worker = await Worker.create({
      connection: this.#native,
      taskQueue: this.taskQueue,
      workflowBundle: { codePath: inject('workflowBundle') },
      activities: { ...activities, ...bend(activities) },
      ...(atOnce === undefined ? {} : { maxConcurrentWorkflowTaskExecutions: atOnce }),
    });
    const running = worker.run();
    this.#worker = {
      stop: async () => {
        worker.shutdown();
        await running;
      },
    };
  }

  /** What stands behind the activities of its workers. */
  get parts(): ActivityDeps {
    return this.#deps;
  }

  /** What a worker with these parts does. */
  activities(changes: Partial<ActivityDeps> = {}): Activities {
    return createActivities({ ...this.#deps, ...changes });
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = undefined;
  }

  /** Does something while no worker is running. */
  async withoutWorker<T>(work: () => Promise<T>): Promise<T> {
    await this.stopWorker();
    try {
      return await work();
    } finally {
      await this.startWorker();
    }
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await Promise.all([this.storefront.stop(), this.outbox.stop(), this.database.close()]);
    await Promise.all([this.client.connection.close(), this.#native.close()]);
    await this.testDatabase.drop();
    await rm(this.#folder, { recursive: true });
  }

  /** Ends the storefront as a power cut would. */
  async crashStorefront(): Promise<void> {
    process.kill(this.storefront.pid, 'SIGKILL');
    await this.storefront.stop();
  }

  /** Starts the storefront again at its address, with the effects that it had. */
  async restartStorefront(): Promise<void> {
    const port = Number(new URL(this.storefront.url).port);
    this.storefront = await startStorefront(join(this.#folder, 'effects.jsonl'), TRAFFIC, port);
  }

  /** Proposes an action and waits until people have been asked: nothing more happens until somebody decides. */
  async asked(proposal: Proposal): Promise<ActionHandle> {
    const action = await this.countersign.propose(proposal);
    await vi.waitFor(async () => {
      const { status, deliveries } = await action.state();
      expect({ status, told: deliveries.length }).toEqual({ status: 'waiting', told: 1 });
    }, PATIENCE);
    return action;
  }

  /** Waits until the action has come so far. */
  async until(action: ActionHandle, status: Status): Promise<void> {
    await vi.waitFor(async () => expect((await action.state()).status).toBe(status), PATIENCE);
  }

  /** Waits until people are asked about it for another time. */
  async untilAskedAgain(action: ActionHandle, round = 2): Promise<void> {
    const rounds = async () => (await action.state()).earlierRounds.length;
    await vi.waitFor(async () => expect(await rounds()).toBe(round - 1), PATIENCE);
    await this.until(action, 'waiting');
  }

  /** A person's signed decision on what the action is now; `changes` bends the statement before it is signed. */
  async sign(
    person: string,
    verdict: DecisionKind,
    action: ActionHandle,
    changes: Partial<DecisionStatement> = {},
    signer: string | SigningKey = person,
  ): Promise<string> {
    const { workflowId, runId, ruling } = await action.state();
    const statement: DecisionStatement = {
      installation: this.installation.name,
      workflowId,
      runId,
      digest: ruling?.digest ?? '',
      person,
      verdict,
      decidedAt: Date.now(),
      authentication: 'signing-key',
      reason: `${verdict} by ${person}`,
      ...changes,
    };
    const { privateJwk } = typeof signer === 'string' ? this.keyOf(signer) : signer;
    return signDecision(statement, { person, jwk: privateJwk });
  }

  /** Signs and hands in a decision, once it is asked for. */
  async decide(person: string, verdict: DecisionKind, action: ActionHandle): Promise<void> {
    await this.until(action, 'waiting');
    await this.say(person, verdict, action);
  }

  /** Signs and hands in what a person says, whether it is asked for or not. */
  async say(...said: Parameters<World['sign']>): Promise<void> {
    await this.countersign.decide(said[2].workflowId, await this.sign(...said));
  }

  /** Hands in what somebody signed beside the workflow, as the gateway does. */
  async handIn(workflowId: string, jws: string): Promise<void> {
    const person = readDecision({ jws })?.claimed.person ?? '';
    await createHandedIn(this.database).keep({ workflowId, person, jws }, Date.now());
  }

  /**
   * Looks for actions whose workflow is gone and for reviews that are due soon, as of all workers one does now and then.
   *
   * @param aheadMs how much later it is by the clock of that worker, in milliseconds
   */
  sweep(aheadMs = 24 * 3_600_000): Promise<number> {
    const { client, taskQueue, database } = this;
    const sweep = createSweep({
      ...this.#deps,
      // As if they had been ruled on long enough ago to be listed.
      now: () => Date.now() + aheadMs,
      unfinished: { ...createUnfinished(database), claim: async () => true },
      workflows: createWorkflows(client, taskQueue),
      histories: createHistories(client, taskQueue),
      reviews: createReviews(client, taskQueue),
    });
    return sweep(0);
  }

  /** Tells watched actions that something from outside ended their watch, as each worker does now and then. */
  nudge(): Promise<number> {
    const { client, database } = this;
    return createNudge({ ...this.#deps, running: createRunning(database), tell: tellToLook(client) })();
  }

  /** Sends what is said to be a decision as a signal: the way in that nothing is checked before. */
  signal({ workflowId }: ActionHandle, ...args: unknown[]): Promise<void> {
    return this.client.workflow.getHandle(workflowId).signal<unknown[]>(decideSignal.name, ...args);
  }

  keyOf(person: string): SigningKey {
    const key = this.#keys[person];
    if (!key) throw new Error(`${person} has no key in this world`);
    return key;
  }

  /** Lets the time of an action pass on the real server. */
  skip(action: { workflowId: string }, milliseconds: number): Promise<void> {
    return fastForward(this.client, action.workflowId, milliseconds);
  }

  /** What really happened to the storefront because of an action: operations in order. */
  async effectsOf(action: ActionHandle): Promise<string[]> {
    const all = await effectsOf(this.storefront.url);
    const own = all.filter(({ idempotencyKey }) => idempotencyKey.split('/')[0] === action.actionId);
    return own.map(({ operation }) => operation);
  }

  state = () => stateOf(this.storefront.url);

  /** Switches the named faults of the storefront on and all others off. */
  async storefrontFaults(faults: object): Promise<void> {
    await fetch(`${this.storefront.url}/faults`, { method: 'PUT', body: JSON.stringify(faults) });
  }

  /** The pages about an action: `trigger` and `resolve`, in order. */
  pagesOf = (action: ActionHandle): string[] =>
    this.outbox
      .pages()
      .flatMap(({ dedupKey, event }) => (dedupKey === action.actionId ? [event.event_action] : []));

  mailsOf = (action: ActionHandle) =>
    this.outbox.mails().filter(({ headers }) => headers['x-countersign-action'] === action.actionId);

  /** The events in the action's history, in order, such as `WORKFLOW_TASK_FAILED`. */
  async historyOf({ workflowId }: ActionHandle): Promise<string[]> {
    const { events } = await this.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).map(({ eventType }) =>
      (EventType[eventType ?? 0] ?? '').replace('EVENT_TYPE_', ''),
    );
  }

  /** Kinds of the ledger's entries about an action, in order: its steps, without what people were told and each check. */
  async ledgerOf(action: ActionHandle): Promise<string[]> {
    const kinds = (await this.ledger.entriesOf(action.actionId)).map(({ kind }) => kind);
    return kinds.filter((kind) => !['told', 'measured', 'measuredBack'].includes(kind));
  }
}

/** A world for all tests of a file. */
export function useWorld(options: WorldOptions = {}): () => World {
  let world: World;
  beforeAll(async () => {
    world = await World.start(options);
  });
  afterAll(() => world.stop());
  return () => world;
}
