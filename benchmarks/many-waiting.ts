import { setTimeout as delay } from 'node:timers/promises';
import type { KeyFile } from '../src/cli/signing.ts';
import type { ActionHandle, Countersign } from '../src/client/index.ts';
import { type Report as Progress, reasonOf } from '../src/dev/progress.ts';
import { besideOthers, foreignCpu } from './cpu.ts';
import { decisionsIn, type Fate, outcomesIn, problemsIn, seenBy } from './fates.ts';
import { type Decidable, governedSide, nextProposal, signedApproval } from './governed.ts';
import { atRate, inFlight, mixedTier, runOne } from './load.ts';
import { memoryBytes } from './processes.ts';
import { startServers } from './servers.ts';
import { notStuck, whenWaiting } from './side.ts';
import { type ServerKind, WORKERS } from './temporal.ts';

/** Decisions are sent at this pace, whether or not earlier ones are answered. */
export const DECISIONS_PER_SECOND = 20;
/** Longer than it takes to start and to decide on all of them, on any machine: nobody is paged, and nothing expires. */
const FIRST_WAIT = '12h';
/** What is left to do once all are decided may be much. One that has not ended by then is lost. */
const ENDS_WITHIN_MS = 60 * 60_000;
const STARTED_AT_ONCE = 16;
const WARM_UP = 20;
const SETTLE_MS = 3_000;

/** An action that waits, with what a person's decision on it names. */
interface Waiting extends Decidable {
  readonly action: ActionHandle;
  readonly deadline: number;
}

export type ManyWaitingReport = Awaited<ReturnType<typeof runManyWaiting>>;

/**
 * Starts so many tier-3 actions that all of them wait at once, decides on them in the order of their start, and asks the target what it
 * saw. Times in milliseconds, sizes in bytes.
 */
export async function runManyWaiting(count: number, server: ServerKind, progress: Progress) {
  const servers = await startServers(server, progress, { firstWait: FIRST_WAIT });
  try {
    const workers = await servers.startGovernedWorkers();
    const { countersign, approver, target } = servers;
    const memory = async () => {
      await delay(SETTLE_MS);
      return memoryOf({
        workers: workers.pids,
        ...servers.temporal.parts,
        'PostgreSQL, ledger': servers.postgres.pids,
      });
    };
    progress('warming up');
    const side = governedSide(countersign, approver);
    await inFlight(WARM_UP, WARM_UP, async (n) => void (await runOne(side, mixedTier(n), target)));
    const idle = await memory();
    const start = await timed(() => startAll(countersign, count, progress));
    const allWaiting = await memory();
    const { waiting } = start.result;
    const drain = await timed(() => decideAll(countersign, approver, waiting, progress));
    const drained = await memory();
    const fates = [...start.result.fates, ...drain.result];
    const seen = seenBy(
      target,
      waiting.map(({ action }) => action.actionId),
    );
    return {
      server,
      workers: WORKERS[server],
      count,
      start: { ms: start.ms, foreignCpu: start.foreignCpu },
      decisions: { perSecond: DECISIONS_PER_SECOND, ...decisionsIn(fates) },
      drain: { ms: drain.ms, foreignCpu: drain.foreignCpu },
      outcomes: outcomesIn(fates),
      seen,
      memory: { idle, allWaiting, drained },
      problems: problemsIn(fates, seen),
    };
  } finally {
    await servers.stop();
  }
}

async function timed<T>(work: () => Promise<T>) {
  const begun = performance.now();
  const { result, others } = await besideOthers(work);
  return { result, ms: performance.now() - begun, foreignCpu: foreignCpu([others]) };
}

interface Started {
  readonly waiting: readonly Waiting[];
  /** Of those that do not wait. The others go on. */
  readonly fates: readonly Fate[];
}

/** Resolves when all of them wait for a person. */
async function startAll(countersign: Countersign, count: number, progress: Progress): Promise<Started> {
  const waiting: Waiting[] = [];
  const fates: Fate[] = [];
  await inFlight(count, STARTED_AT_ONCE, async (n) => {
    try {
      waiting.push(await startOne(countersign));
    } catch (error) {
      fates.push({ problem: `action ${n} of ${count} does not wait: ${reasonOf(error)}` });
    }
    if (n % 500 === 0) progress(`${waiting.length} of ${count} wait`);
  });
  return { waiting, fates };
}

async function startOne(countersign: Countersign): Promise<Waiting> {
  const action = await countersign.propose(nextProposal(3));
  const { workflowId, runId, ruling, deadline } = await whenWaiting(() => action.state());
  if (!ruling || deadline === undefined) throw new Error(`${workflowId} has no deadline`);
  const { installation, digest } = ruling;
  // Not the whole state: so many of them would be most of this process's memory.
  return { action, deadline, workflowId, runId, ruling: { installation, digest } };
}

/** Resolves when all of them have ended. */
async function decideAll(
  countersign: Countersign,
  approver: KeyFile,
  waiting: readonly Waiting[],
  progress: Progress,
): Promise<Fate[]> {
  let ended = 0;
  return atRate(waiting, DECISIONS_PER_SECOND, async (one) => {
    const fate = await fateOf(countersign, approver, one);
    ended += 1;
    if (ended % 500 === 0) progress(`${ended} of ${waiting.length} have ended`);
    return fate;
  });
}

/** Decides on it, and waits for its end. */
async function fateOf(countersign: Countersign, approver: KeyFile, waiting: Waiting): Promise<Fate> {
  const { action, deadline, workflowId } = waiting;
  let fate: Fate = {};
  try {
    const jws = await signedApproval(waiting, approver);
    const sentAt = performance.now();
    const { missing } = await countersign.decide(workflowId, jws);
    const ms = performance.now() - sentAt;
    fate = { ms, isKept: missing === undefined, leftMs: deadline - Date.now() };
    const { outcome } = await notStuck(action.result(), () => action.state(), ENDS_WITHIN_MS);
    fate = { ...fate, outcome: outcome.kind };
    if (outcome.kind === 'succeeded') return fate;
    return { ...fate, problem: `${workflowId} ended ${outcome.kind}: ${outcome.reason}` };
  } catch (error) {
    return { ...fate, problem: `${workflowId}: ${reasonOf(error)}` };
  }
}

async function memoryOf(groups: Readonly<Record<string, readonly number[]>>) {
  const sizes = Object.entries(groups).map(async ([name, pids]) => [name, await memoryBytes(pids)] as const);
  return Object.fromEntries(await Promise.all(sizes));
}
