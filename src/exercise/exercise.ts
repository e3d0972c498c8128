import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { inEveryPlace } from '../activities/shared/send.ts';
import { createSweep } from '../activities/sweep.ts';
import { type Database, openDatabase } from '../adapters/postgres/database.ts';
import { createLedger } from '../adapters/postgres/ledger.ts';
import { readSecret } from '../adapters/postgres/secret.ts';
import { createUnfinished } from '../adapters/postgres/unfinished.ts';
import { prepareNamespace } from '../adapters/temporal/namespace.ts';
import { createReviews } from '../adapters/temporal/reviews.ts';
import { createWorkflows } from '../adapters/temporal/workflows.ts';
import { Countersign } from '../client/index.ts';
import type { Loaded } from '../config/index.ts';
import { ProposalRefused } from '../contract/errors.ts';
import { actionIdOf, actionWorkflowId } from '../contract/ids.ts';
import type { Proposal } from '../domain/action/action.ts';
import type { Scenario, ScriptedProposal } from '../domain/exercise/scenario.ts';
import type { Sighting } from '../domain/exercise/sighting.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import { Agenda } from './agenda.ts';
import { castOf } from './cast.ts';
import { createChannels } from './channels.ts';
import { ScenarioClock } from './clock.ts';
import { createGoverned } from './governed.ts';
import { createMetrics } from './metrics.ts';
import { createParts } from './parts.ts';
import { createPeople } from './people.ts';
import { createTime } from './time.ts';

/** The servers of an exercise, which hold nothing else that matters. */
export interface Servers {
  /** host:port of a Temporal server that skips time. */
  readonly temporal: string;
  /** The URL of the worker's login in an empty, migrated database of the exercise's own. */
  readonly database: string;
  /** The code of the bundle that `bundleExercise` makes. */
  readonly workflowBundle: { readonly code: string } | { readonly codePath: string };
}

/** What happened in an exercise. */
export interface Played {
  /** By the name of the proposal in the scenario. */
  readonly actions: readonly {
    readonly proposal: ScriptedProposal;
    readonly actionId: string;
    readonly entries: readonly ReadEntry[];
  }[];
  readonly sightings: readonly Sighting[];
  /** When the scenario ended, in milliseconds since the epoch. */
  readonly ended: number;
}

/** How long a signed proposal is valid, in milliseconds. It is handed in at once. */
const VALID_MS = 3_600_000;

/** How often reviews are opened that are due soon, in milliseconds. A worker does it every minute. */
const REVIEWS_MS = 3_600_000;

/** How often to tell how far it has come, in milliseconds. */
const TELL_MS = 10_000;

/** Timers that are due within so many milliseconds of each other go off together. */
const TOGETHER_MS = 1_000;

/**
 * Plays a scenario on the real engine: the workflows, the activities, the ledger and the policies of a worker, with stand-ins around them, and
 * with time fast-forwarded.
 *
 * @param report is told how far it has come, in words
 */
export async function play(
  scenario: Scenario,
  loaded: Extract<Loaded, { kind: 'loaded' }>,
  servers: Servers,
  report: (line: string) => void = () => undefined,
): Promise<Played> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const connection = await Connection.connect({ address: servers.temporal });
    closing.unshift(() => connection.close());
    const native = await NativeConnection.connect({ address: servers.temporal });
    closing.unshift(() => native.close());
    await prepareNamespace(native, 'default');
    const database = await openDatabase(servers.database, 'worker');
    closing.unshift(() => database.close());
    return await playOn({ connection, native, database }, scenario, loaded, servers, report);
  } finally {
    for (const close of closing) await close();
  }
}

async function playOn(
  { connection, native, database }: { connection: Connection; native: NativeConnection; database: Database },
  scenario: Scenario,
  loaded: Extract<Loaded, { kind: 'loaded' }>,
  { workflowBundle }: Servers,
  report: (line: string) => void,
): Promise<Played> {
  // Several exercises can share a server: their workflows have other names.
  const tag = randomBytes(4).toString('hex');
  const taskQueue = `exercise-${tag}`;
  const clock = new ScenarioClock(scenario.begins);
  const { now } = clock;
  const client = new Client({ connection, interceptors: { workflow: [clock.client] } });
  const countersign = new Countersign(client, taskQueue);
  const time = createTime(client, clock);
  const agenda = new Agenda();
  const sightings: Sighting[] = [];
  const scripted = new Map<string, ScriptedProposal>();
  const proposalOf = (actionId: string) => scripted.get(actionId);
  const cast = await castOf(loaded.installation);
  const people = createPeople({ scenario, agenda, time, now, cast, countersign, proposalOf });
  const governed = createGoverned(scenario, proposalOf, now, (effect) => sightings.push(effect));
  const channels = createChannels(scenario, now, (message) => {
    sightings.push(message);
    people.hear(message);
  });
  const { slack, webhook, metricSources } = loaded.connections;
  const reviews = createReviews(client, taskQueue);
  const parts = createParts(cast.installation, loaded, database, {
    now,
    sealKey: await readSecret(database.pool, 'seal'),
    logKey: await readSecret(database.pool, 'log'),
    contextKey: await readSecret(database.pool, 'context'),
    reviews,
    executors: inEveryPlace(governed.executor),
    sources: createMetrics(cast.installation, Object.keys(metricSources), scenario, governed, now),
    channels,
    has: { slack: slack !== undefined, webhook: webhook !== undefined },
  });
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle,
    activities: createActivities(parts),
    interceptors: clock.worker,
    sinks: clock.sinks,
  });
  const running = worker.run();

  // As each worker does: reviews that nobody asked for are opened once half of their time has passed. No workflow of an exercise is lost.
  const openReviews = createSweep({
    ...parts,
    unfinished: { ...createUnfinished(database), claim: async () => true, actions: async () => [] },
    workflows: createWorkflows(client, taskQueue),
    reviews,
  });
  const openReviewsFrom = (at: number): void =>
    agenda.add(at, async () => {
      const before = new Set(clock.workflows());
      await openReviews(0);
      for (const workflowId of clock.workflows()) if (!before.has(workflowId)) await time.settle(workflowId);
      openReviewsFrom(at + REVIEWS_MS);
    });

  async function propose(proposal: ScriptedProposal): Promise<void> {
    const asked = proposalFrom(proposal, tag);
    const signed = proposal.unsigned
      ? ({ ...asked, authenticated: false } as const)
      : cast.signed(asked, now() + VALID_MS);
    const actionId = actionIdOf(signed);
    scripted.set(actionId, proposal);
    try {
      await countersign.propose(signed);
      await time.settle(actionWorkflowId(actionId));
    } catch (error) {
      if (!(error instanceof ProposalRefused)) throw error;
      sightings.push({ kind: 'refusal', at: now(), actionId, reason: error.message });
    }
  }

  try {
    for (const proposal of scenario.proposals)
      agenda.add(scenario.begins + proposal.at, () => propose(proposal));
    openReviewsFrom(scenario.begins);
    const ends = scenario.begins + scenario.lasts;
    await untilOver({ clock, agenda, time, ends, soonest: soonestAnswer(scenario), report });
    clock.advanceTo(ends);
    await stopAll(client, clock);
  } finally {
    worker.shutdown();
    await running;
  }
  const ledger = createLedger(database);
  const actions = [];
  for (const [actionId, proposal] of scripted)
    actions.push({ proposal, actionId, entries: await ledger.entriesOf(actionId) });
  return { actions, sightings, ended: scenario.begins + scenario.lasts };
}

interface Run {
  readonly clock: ScenarioClock;
  readonly agenda: Agenda;
  readonly time: ReturnType<typeof createTime>;
  readonly ends: number;
  /** How soon anybody reads a message, in milliseconds. */
  readonly soonest: number;
  readonly report: (line: string) => void;
}

/** Goes from one thing that happens to the next: what the script says, and timers of the workflows. */
async function untilOver({ clock, agenda, time, ends, soonest, report }: Run): Promise<void> {
  let toldAt = performance.now();
  for (;;) {
    const [timer] = clock.timers();
    const at = Math.min(agenda.next() ?? Number.POSITIVE_INFINITY, timer?.due ?? Number.POSITIVE_INFINITY);
    if (at >= ends) return;
    clock.advanceTo(at);
    if (performance.now() - toldAt > TELL_MS) {
      toldAt = performance.now();
      report(`it is ${new Date(at).toISOString()} in the exercise`);
    }
    for (const work of agenda.takeUntil(at)) await work();
    const due = new Map(
      clock
        .timers()
        .filter(({ due }) => due <= at + TOGETHER_MS)
        .map(({ workflowId, due }) => [workflowId, due] as const),
    );
    const [[alone, when] = ['', 0]] = due;
    if (due.size === 1) await time.bringTo(alone, Math.max(when, untilOthers(alone, at) - TOGETHER_MS));
    else await Promise.all([...due].map(([workflowId, when]) => time.bringTo(workflowId, when)));
  }

  /** Until when nothing happens that a workflow could notice, or that follows from what it does now. */
  function untilOthers(workflowId: string, at: number): number {
    const others = clock.timers().find((timer) => timer.workflowId !== workflowId);
    return Math.min(
      agenda.next() ?? Number.POSITIVE_INFINITY,
      others?.due ?? Number.POSITIVE_INFINITY,
      at + soonest,
      ends,
    );
  }
}

function soonestAnswer({ people, everybodyElse }: Scenario): number {
  const reading = [...Object.values(people), everybodyElse].filter(({ answers }) => answers !== 'never');
  return Math.min(Number.POSITIVE_INFINITY, ...reading.map(({ after }) => after));
}

/** Ends what still waits, so that nothing of the exercise goes on behind it. */
async function stopAll(client: Client, clock: ScenarioClock): Promise<void> {
  for (const workflowId of clock.workflows())
    await client.workflow
      .getHandle(workflowId)
      .terminate('the exercise is over')
      .catch(() => undefined);
}

function proposalFrom(
  { name, agent, version, actionType, target, environment, params, says, confidence }: ScriptedProposal,
  tag: string,
): Proposal {
  return {
    actionType,
    target,
    environment,
    params,
    agent: { id: agent, version },
    rationale: {
      summary: says,
      confidence,
      alternatives: [{ option: 'do nothing', confidence: 0.2, whyNot: 'it would stay as it is' }],
    },
    evidence: [{ title: 'exercise', detail: 'the scenario of an exercise' }],
    successCriteria: ['the metrics stay healthy'],
    idempotencyKey: `${name}-${tag}`,
  };
}
