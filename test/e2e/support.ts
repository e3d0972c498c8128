import { statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ActionHandle, type ActionState, type Countersign, connect } from 'countersign';
import { Client } from 'pg';
import { expect, inject, vi } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { effectsOf, type Storefront, startStorefront } from '../../examples/storefront/process.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { type KeyFile, signDecision } from '../../src/cli/signing.ts';
import type { DatabaseUrls } from '../../src/dev/database.ts';
import { type CaughtMail, type Outbox, startOutbox } from '../../src/dev/outbox.ts';
import type { ServerProcess } from '../../src/dev/server-process.ts';
import { startWorker } from '../../src/dev/worker-process.ts';
import { confirmationsOf } from '../../src/domain/findings/confirmation.ts';
import { checkChain, type EntryKind, type ReadEntry } from '../../src/domain/ledger/ledger.ts';
import { type FaultyNetwork, startProxy } from '../adapters/postgres-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER = join(ROOT, 'dist', 'worker.js');

/** For vi.waitFor: the server misses a killed worker after 10 s, and each step that was under way by its own time-out. */
export const PATIENCE = { timeout: 60_000, interval: 100 };

/** The options by which `decide` confirms all that was found about an action. */
export async function confirming(countersign: Countersign, actionId: string): Promise<string[]> {
  const { findings } = await countersign.action(actionId).state();
  const digests = confirmationsOf(findings).map(({ digest }) => digest);
  return digests.length === 0 ? [] : ['--although', ...digests];
}

/** @throws Error when the build is missing, or older than the sources that it was made from */
export async function requireBuild(): Promise<void> {
  const built = modified(WORKER);
  if (built === 0) throw new Error('dist/worker.js is missing: run "npm run build"');
  const sources = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const newer = sources
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .find((file) => modified(file) > built);
  if (newer !== undefined) throw new Error(`dist/worker.js is older than ${newer}: run "npm run build"`);
}

const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export interface SiteOptions {
  /** A server other than the one that all tests share. */
  readonly temporalAddress?: string;
  /** More settings of the worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** Changes files of the installation's copy, by path. */
  readonly files?: Readonly<Record<string, (text: string) => string>>;
}

/** For an action type: all parts share a machine with the tests, and being slow now and then is no regression here. */
export const calm = (text: string) =>
  text
    .replace('baseline * 2.0 + 0.05', 'baseline * 2.0 + 5.0')
    .replace('result <= 0.02', 'result <= 0.2')
    .replace('result > 0.05', 'result > 0.2')
    .replace('baseline + 0.02', 'baseline + 0.2')
    .replace('baseline + 0.05', 'baseline + 0.2')
    .replaceAll('timeout: 30s', 'timeout: 5s');

interface Parts {
  readonly folder: string;
  readonly keys: Record<string, KeyFile>;
  readonly storefront: Storefront;
  readonly outbox: Outbox;
  readonly countersign: Countersign;
  readonly testDatabase: TestDatabase;
  readonly database: Database;
  readonly links: { temporal: FaultyNetwork; readonly mail: FaultyNetwork };
  readonly temporalUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A storefront and everything that governs it, the storefront and the built worker as processes of their own. What the
 * worker says to the Temporal server and to the mail server goes over links that can fail.
 */
export class Site {
  readonly #parts: Parts;
  #worker: ServerProcess | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts everything but the worker. */
  static async start({ temporalAddress, env, files = {} }: SiteOptions = {}): Promise<Site> {
    await requireBuild();
    const folder = await mkdtemp(join(tmpdir(), 'site-'));
    const installation = join(folder, 'installation');
    const address = temporalAddress ?? inject('temporalAddress');
    const temporalUrl = `tcp://${address}`;
    const taskQueue = `site-${crypto.randomUUID()}`;
    const [{ keys }, testDatabase, storefront, outbox, countersign, temporal] = await Promise.all([
      keyedInstallation(installation),
      createDatabase(),
      startStorefront(join(folder, 'effects.jsonl'), 20),
      startOutbox(),
      connect({ address, taskQueue }),
      startProxy(temporalUrl),
    ]);
    await Promise.all(Object.entries(files).map(([file, edit]) => editFile(join(installation, file), edit)));
    const [database, mail] = await Promise.all([
      openDatabase(testDatabase.urls.worker, 'worker'),
      startProxy(outbox.smtpUrl),
    ]);
    return new Site({
      folder,
      keys,
      storefront,
      outbox,
      countersign,
      testDatabase,
      database,
      temporalUrl,
      links: { temporal, mail },
      env: {
        TEMPORAL_ADDRESS: new URL(temporal.url).host,
        COUNTERSIGN_TASK_QUEUE: taskQueue,
        COUNTERSIGN_INSTALLATION: installation,
        COUNTERSIGN_FOR: 'storefront',
        COUNTERSIGN_DATABASE_URL: testDatabase.urls.worker,
        STOREFRONT_URL: storefront.url,
        SMTP_URL: mail.url,
        PAGER_URL: outbox.pagerUrl,
        PAGER_ROUTING_KEY: 'e2e',
        TEMPORAL_UI_URL: 'https://temporal.example',
        ...env,
      },
    });
  }

  /** Settings of the worker, and of commands. */
  get env(): Readonly<Record<string, string>> {
    return this.#parts.env;
  }

  /** For whoever uses the database besides the worker. */
  get databaseUrls(): DatabaseUrls {
    return this.#parts.testDatabase.urls;
  }

  get folder(): string {
    return this.#parts.folder;
  }

  get countersign(): Countersign {
    return this.#parts.countersign;
  }

  get outbox(): Outbox {
    return this.#parts.outbox;
  }

  get links(): Readonly<Parts['links']> {
    return this.#parts.links;
  }

  async startWorker(): Promise<void> {
    this.#worker = await startWorker(this.env);
  }

  /** SIGKILL: the worker ends between two instructions. What it had said but the network still held is lost too. */
  async killWorker(): Promise<void> {
    const worker = this.#worker;
    if (!worker) throw new Error('no worker runs');
    process.kill(worker.pid, 'SIGKILL');
    await worker.stop();
    this.#worker = undefined;
    const { links, temporalUrl } = this.#parts;
    await links.temporal.close();
    links.temporal = await startProxy(temporalUrl, Number(new URL(links.temporal.url).port));
  }

  async stop(): Promise<void> {
    const { storefront, outbox, countersign, database, testDatabase, links, folder } = this.#parts;
    await this.#worker?.stop();
    await Promise.all([links.temporal.close(), links.mail.close(), countersign.close(), database.close()]);
    await Promise.all([storefront.stop(), outbox.stop()]);
    await testDatabase.drop();
    await rm(folder, { recursive: true });
  }

  keyOf(person: string): KeyFile {
    const key = this.#parts.keys[person];
    if (!key) throw new Error(`${person} is not in the catalog`);
    return key;
  }

  /** A person's signed decision on what the action waits for. */
  async sign(
    person: string,
    verdict: 'approve' | 'deny',
    action: ActionHandle,
    decidedAt = Date.now(),
  ): Promise<string> {
    const { workflowId, runId, ruling } = await this.until(action, ({ status }) => status === 'waiting');
    const statement = {
      installation: ruling?.installation ?? '',
      workflowId,
      runId,
      digest: ruling?.digest ?? '',
      person,
      verdict,
      decidedAt,
      authentication: 'signing-key' as const,
      reason: `${verdict} by ${person}`,
    };
    return signDecision(statement, this.keyOf(person));
  }

  async decide(person: string, verdict: 'approve' | 'deny', action: ActionHandle): Promise<void> {
    await this.countersign.decide(action.workflowId, await this.sign(person, verdict, action));
  }

  /** Waits until this holds of the action. */
  until(action: ActionHandle, holds: (state: ActionState) => boolean): Promise<ActionState> {
    return vi.waitFor(async () => {
      const state = await action.state();
      expect(holds(state), `the action is ${state.status}`).toBe(true);
      return state;
    }, PATIENCE);
  }

  /** What really happened to the storefront because of an action: operations in order. */
  async effectsOf({ actionId }: ActionHandle): Promise<string[]> {
    const effects = await effectsOf(this.#parts.storefront.url);
    return effects
      .filter(({ idempotencyKey }) => idempotencyKey.split('/')[0] === actionId)
      .map(({ operation }) => operation);
  }

  mailsOf = ({ actionId }: ActionHandle): CaughtMail[] =>
    this.outbox.mails().filter(({ headers }) => headers['x-countersign-action'] === actionId);

  /** The pages about an action: `trigger` and `resolve`, in order. */
  pagesOf = ({ actionId }: ActionHandle): string[] =>
    this.outbox
      .pages()
      .filter(({ dedupKey }) => dedupKey === actionId)
      .map(({ event }) => event.event_action);

  /** Switches the named faults of the storefront on and all others off. */
  async storefrontFaults(faults: object): Promise<void> {
    await fetch(`${this.#parts.storefront.url}/faults`, { method: 'PUT', body: JSON.stringify(faults) });
  }

  /** Kinds of the ledger's entries about an action in order, once the whole chain is found intact. */
  async ledgerOf({ actionId }: ActionHandle): Promise<ReadEntry['kind'][]> {
    const entries: ReadEntry[] = [];
    for await (const entry of createLedger(this.#parts.database).all()) entries.push(entry);
    expect(checkChain(entries)).toMatchObject({ kind: 'intact' });
    return entries.filter((entry) => entry.actionId === actionId).map(({ kind }) => kind);
  }

  /** The steps of an action by the ledger: neither what was told meanwhile, nor each check of the watch. */
  async stepsOf(action: ActionHandle): Promise<ReadEntry['kind'][]> {
    const often: readonly string[] = ['told', 'measured', 'measuredBack'];
    return (await this.ledgerOf(action)).filter((kind) => !often.includes(kind));
  }

  /** Lets nobody write an entry of this kind to the ledger until it is released. */
  async holdEntry(kind: EntryKind): Promise<LedgerHold> {
    const client = new Client({ connectionString: this.#parts.testDatabase.urls.owner });
    // A test that fails leaves it open, and the database is dropped.
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`select pg_advisory_lock(${HELD})`);
    await client.query(`
      create or replace function test_hold() returns trigger language plpgsql security definer as
        $$ begin perform pg_advisory_xact_lock_shared(${HELD}); return new; end $$;
      create trigger test_hold before insert on countersign_ledger for each row
        when (new.kind = '${kind}') execute function test_hold()`);
    return {
      untilSomebodyWaits: () =>
        vi.waitFor(async () => {
          const { rows } = await client.query(
            `select from pg_locks where locktype = 'advisory' and objid = ${HELD} and not granted
               and database = (select oid from pg_database where datname = current_database())`,
          );
          expect(rows).not.toEqual([]);
        }, PATIENCE),
      release: async () => {
        await client.query(`select pg_advisory_unlock(${HELD})`);
        await client.query('drop trigger test_hold on countersign_ledger');
        await client.end();
      },
    };
  }
}

/** The lock that stands before entries that are held. */
const HELD = 4_711;

export interface LedgerHold {
  /** Resolves once a transaction stands before the ledger. */
  untilSomebodyWaits(): Promise<void>;
  release(): Promise<void>;
}

export async function editFile(path: string, edit: (text: string) => string): Promise<void> {
  await writeFile(path, edit(await readFile(path, 'utf8')));
}
