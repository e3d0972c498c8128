import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions, type WorkerTuner } from '@temporalio/worker';
import { z } from 'zod';
import { type Activities, createActivities } from './activities/index.ts';
import { createFollowRules } from './activities/installation/follow-rules.ts';
import { recordRules } from './activities/installation/record-rules.ts';
import { type Candidate, createShadow } from './activities/ruling/shadow.ts';
import { createSweep } from './activities/sweep.ts';
import { createNudge } from './activities/watch/nudge.ts';
import { cedar } from './adapters/cedar/index.ts';
import { createFactorNotices } from './adapters/factor-notices.ts';
import { serveHealth } from './adapters/health.ts';
import { createAdapters, queryFault } from './adapters/index.ts';
import { watchLedger } from './adapters/ledger-watch.ts';
import { createLog, temporalLogger } from './adapters/log.ts';
import { createFactorMail } from './adapters/mail/factor-mail.ts';
import { createAlerts } from './adapters/postgres/alerts.ts';
import { type Database, openDatabase } from './adapters/postgres/database.ts';
import { createDrillRecords } from './adapters/postgres/drills.ts';
import { createFactorChanges } from './adapters/postgres/factor-changes.ts';
import { createLedger } from './adapters/postgres/ledger.ts';
import { createRuleTexts } from './adapters/postgres/rule-texts.ts';
import { readSecret } from './adapters/postgres/secret.ts';
import { createRunning, createUnfinished } from './adapters/postgres/unfinished.ts';
import { createRepository } from './adapters/repository.ts';
import { connectionOptions } from './adapters/temporal/connection.ts';
import { scheduleDrills } from './adapters/temporal/drill-schedule.ts';
import { createHistories } from './adapters/temporal/histories.ts';
import { scheduleCheckpoints, scheduleReconciliation } from './adapters/temporal/ledger-schedules.ts';
import { notConnected, prepareNamespace, temporalFaults } from './adapters/temporal/namespace.ts';
import { scheduleReports } from './adapters/temporal/report-schedules.ts';
import { createReviews } from './adapters/temporal/reviews.ts';
import { createWorkflows, tellToLook } from './adapters/temporal/workflows.ts';
import { differencesBetween, faultLines, type Loaded, loadInstallation } from './config/index.ts';
import { commonSettings, hostAndPort } from './contract/settings.ts';
import { createDrillCases } from './practice/drill-cases.ts';
import { newRequestKey } from './practice/rule-case.ts';

const address = hostAndPort('127.0.0.1:7233');

/** The worker's settings. Everything about what is governed is in the installation's folder instead. */
const settingsSchema = z.object({
  ...commonSettings,
  COUNTERSIGN_HEALTH_ADDRESS: address.default('127.0.0.1:0'),
  /** The address that serves Prometheus metrics of the worker. Absent: none are served. */
  COUNTERSIGN_METRICS_ADDRESS: address.optional(),
  /** The folder of a candidate installation, which is told of each ruling. Its answer is only recorded. Absent: there is none. */
  COUNTERSIGN_SHADOW: z.string().min(1, 'must name a folder').optional(),
  /** A version of the code. With one, running actions stay with the version that they began on. */
  COUNTERSIGN_VERSION: z.string().optional(),
});

/** How often one of all workers looks for actions whose workflow is gone, in milliseconds. */
const SWEEP_MS = 60_000;

/** How often to look for watched actions that something from outside ended, in milliseconds. */
const NUDGE_MS = 10_000;

/** How often to look whether the installation's folder changed, in milliseconds. The second look that finds the same change uses it. */
const FOLLOW_MS = 15_000;

/** How long alerts are kept, in milliseconds: longer than any watch lasts. What ended a watch is in the ledger. */
const ALERTS_KEPT_MS = 90 * 24 * 3_600_000;

/** How often to look for changes of people's second factors, which are mailed to them, in milliseconds. */
const NOTICE_MS = 10_000;

/** How many faults of a shadow are on record with each ruling. `countersign check` names all. */
const MOST_FAULTS = 3;

/** How long running work may take after SIGTERM: long enough for an executor's request to end by itself. */
const SHUTDOWN_GRACE = '30s';

/**
 * How long the process lasts at most after SIGTERM, in milliseconds: less than the minute that `temporal-docker` waits. Work that
 * waits for an unreachable database may not end by itself and is left behind. It was not reported as done, so another worker does
 * it again, or this one once it is back.
 */
const SHUTDOWN_MOST_MS = 40_000;

/**
 * How much runs at once. While the CPUs are full, only eight activities do, and the others wait at the server, what people said first. So a
 * flood of approved actions waits before its effects, and a decision is still answered at once: with 16 it takes seconds
 * (docs/performance.md). A mail server that hangs uses no CPU, so it holds up nobody else.
 */
const TUNER: WorkerTuner = {
  workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 40 },
  activityTaskSlotSupplier: {
    type: 'resource-based',
    tunerOptions: { targetCpuUsage: 0.9, targetMemoryUsage: 0.95 },
    minimumSlots: 8,
    maximumSlots: 100,
    rampThrottle: '10ms',
  },
  localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 100 },
  nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
};

/**
 * How many calls ask for workflow tasks: as many as the server says. Of a fixed number, one in five asks for tasks that waited too long for the
 * worker that has the workflow in memory, and these few can fall behind for good.
 */
const WORKFLOW_POLLERS = { type: 'autoscaling', minimum: 4, initial: 10, maximum: 40 } as const;

/**
 * How many workflows stay in memory. A waiting action holds 0.2 MB of the heap (docs/performance.md), and half of the heap is left for large
 * actions and everything else. One that is not in memory is replayed before it hears a decision, at several times the cost: the
 * SDK would keep one fifth of these.
 */
const CACHED_WORKFLOWS = Math.max(100, Math.floor(getHeapStatistics().heap_size_limit / 2 / 200_000));

async function main(): Promise<void> {
  const settings = settingsSchema.parse(process.env, { error: () => undefined });
  const log = createLog(settings.COUNTERSIGN_LOG_LEVEL);
  const folder = settings.COUNTERSIGN_INSTALLATION;
  const loaded = await load(folder);
  if (loaded.kind === 'faulty') throw new Error(loaded.reason);

  const bindAddress = settings.COUNTERSIGN_METRICS_ADDRESS;
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      // If logs are not forwarded, the native half of the SDK writes to standard output, in colours.
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(bindAddress === undefined ? {} : { metrics: { prometheus: { bindAddress } } }),
    },
  });
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = settings;
  const connection = await NativeConnection.connect(await connectionOptions(settings)).catch(
    (error: Error) => {
      throw notConnected(error, settings);
    },
  );
  await prepareNamespace(connection, namespace);
  const database = await openDatabase(settings.COUNTERSIGN_DATABASE_URL, 'worker');
  const record = (rules: Rules) =>
    recordRules(
      {
        ledger: createLedger(database),
        ruleTexts: createRuleTexts(database),
        repository: createRepository(folder),
        differences: differencesBetween,
        now: Date.now,
      },
      rules,
    );
  // Before anything is ruled by them.
  await record(loaded);
  const client = new Client({ connection, namespace });
  const keys = {
    sealKey: await readSecret(database.pool, 'seal'),
    logKey: await readSecret(database.pool, 'log'),
    contextKey: await readSecret(database.pool, 'context'),
  };
  const candidate = await candidateIn(settings.COUNTERSIGN_SHADOW, log);
  const taskQueue = settings.COUNTERSIGN_TASK_QUEUE;
  const dutiesBy = (rules: Rules) =>
    createDuties(rules, { database, client, keys, taskQueue, candidate, folder, log });
  let duties = dutiesBy(loaded);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: following(() => duties.activities),
    shutdownGraceTime: SHUTDOWN_GRACE,
    tuner: TUNER,
    maxCachedWorkflows: CACHED_WORKFLOWS,
    workflowTaskPollerBehavior: WORKFLOW_POLLERS,
    ...workflowCode(),
    ...versioning(settings.COUNTERSIGN_VERSION),
  });
  const ledger = watchLedger(database, log, Runtime.instance().metricMeter);
  const health = await serveHealth(settings.COUNTERSIGN_HEALTH_ADDRESS, async () => [
    ...(worker.getState() === 'RUNNING' ? [] : [`the worker is ${worker.getState()}`]),
    ...(await database.check()),
    ...(await temporalFaults(connection, namespace)),
    ...ledger.faults(),
  ]);
  await scheduleCheckpoints(client, taskQueue);
  await scheduleReports(client, taskQueue, loaded.reports);
  await scheduleDrills(client, taskQueue, loaded.installation.rules.drills !== undefined);
  await scheduleReconciliation(client, taskQueue);
  const sweeping = setInterval(() => {
    duties.sweep(SWEEP_MS).then(
      (lost) => lost > 0 && log.warn({ lost }, 'actions were lost: their workflows were ended from outside'),
      (error) => log.error({ error }, 'looking for lost actions failed'),
    );
  }, SWEEP_MS);
  const nudging = setInterval(() => {
    duties.nudge().catch((error) => log.error({ error }, 'looking for what ends watches failed'));
  }, NUDGE_MS);
  const { forget } = createAlerts(database);
  const forgetting = setInterval(() => {
    forget(Date.now() - ALERTS_KEPT_MS).catch((error) =>
      log.error({ error }, 'forgetting old alerts failed'),
    );
  }, SWEEP_MS);
  const noticing = setInterval(() => {
    duties.notices(Date.now()).then(
      (failed) => failed.length > 0 && log.warn({ failed }, 'people could not be told of changed factors'),
      (error) => log.error({ error }, 'telling people of changed factors failed'),
    );
  }, NOTICE_MS);
  const follow = createFollowRules(
    {
      load: () => load(folder),
      record,
      use: (rules) => {
        duties = dutiesBy(rules);
        Promise.all([
          scheduleReports(client, taskQueue, rules.reports),
          scheduleDrills(client, taskQueue, rules.installation.rules.drills !== undefined),
        ]).catch((error) => log.error({ error }, 'the schedules of reports and drills could not be changed'));
      },
    },
    loaded,
  );
  let faultyBecause: string | undefined;
  const looking = setInterval(() => {
    follow().then(
      (followed) => {
        if (followed.kind === 'used') log.info({ digest: followed.digest }, 'the rules changed');
        const reason = followed.kind === 'faulty' ? followed.reason : undefined;
        if (reason !== undefined && reason !== faultyBecause)
          log.error({ reason }, 'the installation became faulty, and the one before it is used');
        faultyBecause = reason;
      },
      (error) => log.error({ error }, 'looking whether the rules changed failed'),
    );
  }, FOLLOW_MS);
  log.info({ address, namespace, health: health.url, metrics: bindAddress }, 'worker started');
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => endWithin(SHUTDOWN_MOST_MS, log));
  // The signals stop the polling, let running work end, and make run() return.
  await worker.run();
  clearInterval(sweeping);
  for (const timer of [nudging, forgetting, noticing, looking]) clearInterval(timer);
  await Promise.all([health.close(), ledger.stop(), duties.shadowed?.()]);
  await database.close();
  await connection.close();
  log.info('worker stopped');
}

type Rules = Extract<Loaded, { kind: 'loaded' }>;

/** Loads the installation's folder. */
async function load(folder: string): Promise<Rules | { readonly kind: 'faulty'; readonly reason: string }> {
  const loaded = await loadInstallation(folder, process.env, cedar, queryFault);
  if (loaded.kind === 'loaded') return loaded;
  return { kind: 'faulty', reason: `The installation is faulty:\n${faultLines(loaded.faults).join('\n')}` };
}

type Log = ReturnType<typeof createLog>;

/** The candidate that is in the shadow. A faulty one is no reason for a worker not to start: that it is faulty is recorded. */
async function candidateIn(folder: string | undefined, log: Log): Promise<Candidate | undefined> {
  if (folder === undefined) return undefined;
  const candidate: Candidate = await loadInstallation(folder, process.env, cedar, queryFault).then(
    (loaded) =>
      loaded.kind === 'loaded'
        ? loaded
        : { kind: 'faulty', why: faultLines(loaded.faults).slice(0, MOST_FAULTS).join('; ') },
    (error: Error) => ({ kind: 'faulty', why: error.message }),
  );
  if (candidate.kind === 'faulty') log.warn({ folder, why: candidate.why }, 'the shadow is faulty');
  return candidate;
}

interface Duties {
  readonly activities: Activities;
  readonly sweep: ReturnType<typeof createSweep>;
  readonly nudge: ReturnType<typeof createNudge>;
  readonly notices: ReturnType<typeof createFactorNotices>;
  /** Resolves once the shadow has answered all that it was told. Absent: there is none. */
  readonly shadowed?: (() => Promise<void>) | undefined;
}

/** Everything that a worker does by the rules of its installation. */
function createDuties(
  rules: Rules,
  parts: {
    readonly database: Database;
    readonly client: Client;
    readonly keys: Parameters<typeof createAdapters>[2];
    readonly taskQueue: string;
    readonly candidate: Candidate | undefined;
    /** The installation's folder. */
    readonly folder: string;
    readonly log: Log;
  },
): Duties {
  const { database, client, keys, taskQueue, candidate, folder, log } = parts;
  const adapters = createAdapters(rules, database, keys, folder);
  const warn = (problem: string) => log.warn(problem);
  const shadowing = candidate && createShadow({ ...adapters, warn }, candidate);
  const { people, rules: written } = rules.installation;
  const drills = written.drills && {
    cases: createDrillCases(rules, folder, written.drills),
    records: createDrillRecords(database),
    chance: Math.random,
    newKey: newRequestKey,
  };
  const deps = { ...adapters, shadow: shadowing?.shadow, drills };
  return {
    activities: createActivities(deps),
    sweep: createSweep({
      ...deps,
      unfinished: createUnfinished(database),
      workflows: createWorkflows(client, taskQueue),
      histories: createHistories(client, taskQueue),
      reviews: createReviews(client, taskQueue),
    }),
    nudge: createNudge({ ...deps, running: createRunning(database), tell: tellToLook(client) }),
    shadowed: shadowing?.done,
    notices: createFactorNotices(
      createFactorChanges(database),
      createFactorMail({ ...rules.connections.mail, people, gatewayUrl: written.gateway?.url }),
    ),
  };
}

/** Activities that each time do what the present ones do. One that is under way ends as it began. */
const following = (present: () => Activities): Activities => {
  const names = Object.keys(present()) as (keyof Activities)[];
  const call =
    (name: keyof Activities) =>
    (...args: unknown[]) =>
      Reflect.apply(present()[name], undefined, args);
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as Activities;
};

/** Ends the process after this time, even if something in it still waits for an answer. */
function endWithin(ms: number, log: Log): void {
  const timer = setTimeout(() => {
    log.warn({ afterMs: ms }, 'worker stopped with work under way: it is done again by another one');
    process.exit(0);
  }, ms);
  timer.unref();
}

/** The workflow bundle that the build made, or, in a source tree, the sources themselves. */
function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  return existsSync(codePath)
    ? { workflowBundle: { codePath } }
    : { workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)) };
}

/** The versioning of the worker. An action may wait for people for days, and ends on the code that it began on. */
function versioning(buildId: string | undefined): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: 'countersign', buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

main().catch((error) => {
  const reason =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
  process.stderr.write(`countersign worker: ${reason}\n`);
  // Open connections would keep the process alive: it would look like a worker and work on nothing.
  process.exit(1);
});
