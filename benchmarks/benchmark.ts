import type { Report as Progress } from '../src/dev/progress.ts';
import { bareSide } from './bare.ts';
import { besideOthers, cpuMs, foreignBetween, readCpu } from './cpu.ts';
import { runGateway } from './gateway.ts';
import { governedSide } from './governed.ts';
import { historySize } from './history.ts';
import { inFlight, mixedTier, runOne, type Timing } from './load.ts';
import { bytesPerWaiting } from './memory.ts';
import { type Alone, type BenchReport, type Histories, type Round, reportOf } from './report.ts';
import { type Servers, startServers } from './servers.ts';
import { type BenchTier, type Counts, SIDES, type Side, type SideName } from './side.ts';
import type { ServerKind } from './temporal.ts';

export const FULL: Counts = {
  rounds: 3,
  actions: 100,
  inFlight: 50,
  saturated: 100,
  alone: 7,
  waiting: 2_000,
  decisions: 100,
  pending: 10_000,
  pages: 200,
};
/** Small enough for CI; its figures mean nothing. */
export const QUICK: Counts = {
  rounds: 1,
  actions: 12,
  inFlight: 6,
  saturated: 12,
  alone: 1,
  waiting: 20,
  decisions: 12,
  pending: 100,
  pages: 12,
};

const MIXES: Readonly<Record<string, (n: number) => BenchTier>> = { mix: mixedTier, tier3: () => 3 };

/** Runs everything and sums it up. */
export async function runBenchmark(
  counts: Counts,
  server: ServerKind,
  progress: Progress,
): Promise<BenchReport> {
  const servers = await startServers(server, progress);
  try {
    const workers = await Promise.all([servers.startBareWorkers(), servers.startGovernedWorkers()]);
    const sides = sidesOf(servers);
    const pids = {
      server: servers.temporal.pids,
      postgres: servers.postgres.pids,
      worker: workers.flatMap((side) => side.pids),
    };
    const run = (side: SideName, tier: BenchTier) => runOne(sides[side], tier, servers.target);

    progress('warming up');
    for (const side of SIDES)
      await inFlight(counts.inFlight, counts.inFlight, async (n) => void (await run(side, mixedTier(n))));
    const alone = await runAlone(counts, run, progress);
    const rounds = await runRounds(counts, run, pids, progress);
    const histories = await historiesOf(servers, sides);
    await Promise.all(workers.map((side) => side.stop()));
    const effects = { distinct: servers.target.effects.size, ...servers.target.counts };
    const gateway = await runGateway(counts, servers, progress);
    const waiting = await runWaiting(counts, servers, sides, progress);
    return reportOf({ server, counts, alone, rounds, histories, waiting, gateway, effects });
  } finally {
    await servers.stop();
  }
}

const sidesOf = ({ countersign, approver }: Servers): Record<SideName, Side> => ({
  bare: bareSide(countersign.client),
  governed: governedSide(countersign, approver),
});

type Run = (side: SideName, tier: BenchTier) => Promise<Timing>;

/** One after the other and in alternation, so that whatever else the machine does meets all of them. */
async function runAlone({ alone }: Counts, run: Run, progress: Progress): Promise<Alone[]> {
  const all: Alone[] = [];
  progress('one alone');
  for (let n = 0; n < alone; n += 1) {
    for (const tier of [1, 2, 3] as const) {
      for (const side of SIDES) {
        const { result, others } = await besideOthers(() => run(side, tier));
        all.push({ side, ...result, others });
      }
    }
  }
  return all;
}

type Pids = Readonly<Record<'server' | 'postgres' | 'worker', readonly number[]>>;

async function runRounds(counts: Counts, run: Run, pids: Pids, progress: Progress): Promise<Round[]> {
  const all: Round[] = [];
  for (let round = 1; round <= counts.rounds; round += 1) {
    for (const [mix, tierOf] of Object.entries(MIXES)) {
      for (const atOnce of [counts.inFlight, counts.saturated]) {
        for (const side of SIDES) {
          const done = await runRound(counts.actions, atOnce, (n) => run(side, tierOf(n)), pids);
          all.push({ side, mix, inFlight: atOnce, ...done });
          progress(`round ${round}, ${mix}, ${atOnce} in flight, ${side}: ${done.perSecond.toFixed(1)}/s`);
        }
      }
    }
  }
  return all;
}

async function runRound(count: number, atOnce: number, run: (n: number) => Promise<Timing>, pids: Pids) {
  const timings: Timing[] = [];
  const before = await readCpu();
  const client = process.cpuUsage();
  const begun = performance.now();
  await inFlight(count, atOnce, async (n) => {
    timings.push(await run(n));
  });
  const perSecond = (count / (performance.now() - begun)) * 1_000;
  const { user, system } = process.cpuUsage(client);
  const after = await readCpu();
  const perAction = (part: keyof Pids) => (cpuMs(after, pids[part]) - cpuMs(before, pids[part])) / count;
  const cpu = {
    server: perAction('server'),
    postgres: perAction('postgres'),
    worker: perAction('worker'),
    client: (user + system) / 1_000 / count,
  };
  return { perSecond, timings, cpu, others: foreignBetween(before, after) };
}

async function historiesOf(
  { countersign: { client } }: Servers,
  sides: Record<SideName, Side>,
): Promise<Histories> {
  const all: Histories = { bare: {}, governed: {} };
  for (const tier of [1, 2, 3] as const) {
    for (const side of SIDES) {
      const action = await sides[side].start(tier);
      if (tier > 1) await action.approve();
      await action.result();
      all[side][tier] = await historySize(client, action.workflowId);
    }
  }
  return all;
}

/** Each side's workers are new and alone. The actions wait on when this is over; the server that holds them ends. */
async function runWaiting(
  { waiting }: Counts,
  servers: Servers,
  sides: Record<SideName, Side>,
  progress: Progress,
) {
  const starts = { bare: servers.startBareWorkers, governed: servers.startGovernedWorkers };
  const measured = async (side: SideName) => {
    progress(`${waiting} waiting, ${side}`);
    const workers = await starts[side]();
    try {
      return await bytesPerWaiting(sides[side], waiting, {
        worker: workers.pids,
        server: servers.temporal.pids,
      });
    } finally {
      await workers.stop();
    }
  };
  return { bare: await measured('bare'), governed: await measured('governed') };
}
