import type { Report as Progress } from '../src/dev/progress.ts';
import { bareSide } from './bare.ts';
import { runGateway } from './gateway.ts';
import { governedSide } from './governed.ts';
import { historySize } from './history.ts';
import { inFlight, mixedTier, runOne, type Timing } from './load.ts';
import { bytesPerWaiting } from './memory.ts';
import { cpuMs } from './processes.ts';
import { type Alone, type BenchReport, type Histories, type Round, reportOf } from './report.ts';
import { type Servers, startServers } from './servers.ts';
import { type BenchTier, type Counts, SIDES, type Side, type SideName } from './side.ts';

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
export async function runBenchmark(counts: Counts, progress: Progress): Promise<BenchReport> {
  const servers = await startServers(progress);
  try {
    const workers = await Promise.all([servers.startBareWorker(), servers.startGovernedWorker()]);
    const [bareWorker, governedWorker] = workers;
    const sides = sidesOf(servers);
    const pids = {
      server: servers.temporal.pid,
      postgres: servers.postgres.pid,
      bareWorker: bareWorker.pid,
      governedWorker: governedWorker.pid,
    };
    const run = (side: SideName, tier: BenchTier) => runOne(sides[side], tier, servers.target);

    progress('warming up');
    for (const side of SIDES)
      await inFlight(counts.inFlight, counts.inFlight, async (n) => void (await run(side, mixedTier(n))));
    const alone = await runAlone(counts, run, progress);
    const rounds = await runRounds(counts, run, pids, progress);
    const histories = await historiesOf(servers, sides);
    await Promise.all(workers.map((worker) => worker.stop()));
    const effects = { distinct: servers.target.effects.size, ...servers.target.counts };
    const gateway = await runGateway(counts, servers, progress);
    const waiting = await runWaiting(counts, servers, sides, progress);
    return reportOf({ counts, alone, rounds, histories, waiting, gateway, effects });
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
      for (const side of SIDES) all.push({ side, ...(await run(side, tier)) });
    }
  }
  return all;
}

type Pids = Readonly<Record<'server' | 'postgres' | 'bareWorker' | 'governedWorker', number>>;

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
  const cpuBefore = await cpuOf(pids);
  const begun = performance.now();
  await inFlight(count, atOnce, async (n) => {
    timings.push(await run(n));
  });
  const perSecond = (count / (performance.now() - begun)) * 1_000;
  const cpuAfter = await cpuOf(pids);
  const perAction = (part: keyof typeof cpuAfter) => (cpuAfter[part] - cpuBefore[part]) / count;
  const cpu = {
    server: perAction('server'),
    postgres: perAction('postgres'),
    worker: perAction('bareWorker') + perAction('governedWorker'),
    client: perAction('client'),
  };
  return { perSecond, timings, cpu };
}

async function cpuOf(pids: Pids) {
  const [server, postgres, bareWorker, governedWorker] = await Promise.all(
    [pids.server, pids.postgres, pids.bareWorker, pids.governedWorker].map(cpuMs),
  );
  const { user, system } = process.cpuUsage();
  return {
    server: server ?? 0,
    postgres: postgres ?? 0,
    bareWorker: bareWorker ?? 0,
    governedWorker: governedWorker ?? 0,
    client: (user + system) / 1_000,
  };
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

/** Each side's worker is new and alone. The actions wait on when this is over; the server that holds them ends. */
async function runWaiting(
  { waiting }: Counts,
  servers: Servers,
  sides: Record<SideName, Side>,
  progress: Progress,
) {
  const starts = { bare: servers.startBareWorker, governed: servers.startGovernedWorker };
  const measured = async (side: SideName) => {
    progress(`${waiting} waiting, ${side}`);
    const worker = await starts[side]();
    try {
      return await bytesPerWaiting(sides[side], waiting, {
        worker: worker.pid,
        server: servers.temporal.pid,
      });
    } finally {
      await worker.stop();
    }
  };
  return { bare: await measured('bare'), governed: await measured('governed') };
}
