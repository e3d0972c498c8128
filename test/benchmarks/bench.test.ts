import { beforeAll, expect, test } from 'vitest';
import { runAppends, SPREADS } from '../../benchmarks/appends.ts';
import { renderAppends } from '../../benchmarks/appends-table.ts';
import { runBenchmark } from '../../benchmarks/benchmark.ts';
import { AT_ONCE, PAGES, WAYS } from '../../benchmarks/gateway.ts';
import { runManyWaiting } from '../../benchmarks/many-waiting.ts';
import { renderManyWaiting } from '../../benchmarks/many-waiting-table.ts';
import type { BenchReport } from '../../benchmarks/report.ts';
import { type Counts, SIDES } from '../../benchmarks/side.ts';
import { renderTable } from '../../benchmarks/table.ts';

const TINY: Counts = {
  rounds: 1,
  actions: 3,
  inFlight: 2,
  saturated: 3,
  alone: 1,
  waiting: 10,
  decisions: 2,
  pending: 60,
  pages: 2,
};
const WARM_UP = 2;
const TIERS = 3;

let report: BenchReport;

beforeAll(async () => {
  report = await runBenchmark(TINY, 'development', () => undefined);
  // It starts and stops all of both sides: on a machine that does two other things it takes four minutes.
}, 600_000);

test('every action of every side has its one effect and its three measurements', () => {
  const load = TINY.actions * 2 * 2 * SIDES.length;
  const alone = TINY.alone * TIERS * SIDES.length;
  const histories = TIERS * 2;
  const actions = WARM_UP * SIDES.length + alone + load + histories;
  const { distinct, effects, reads } = report.effects;
  expect({ distinct, effects }).toEqual({ distinct: actions, effects: actions });
  // Before people are asked its metrics are looked at once, to tell them what is ill already.
  const asked = actions - actions / SIDES.length;
  expect(reads).toBeGreaterThanOrEqual(actions * 3);
  expect(reads).toBeLessThanOrEqual(actions * 3 + asked);
});

test('each side is measured at each load, alone at each tier, and in its history', () => {
  expect(report.load.map(({ side, mix, inFlight }) => `${side} ${mix} ${inFlight}`)).toEqual(
    ['mix', 'tier3'].flatMap((mix) =>
      [TINY.inFlight, TINY.saturated].flatMap((atOnce) => SIDES.map((side) => `${side} ${mix} ${atOnce}`)),
    ),
  );
  expect(report.oneAlone.map(({ side, tier }) => `${side} ${tier}`).sort()).toEqual(
    SIDES.flatMap((side) => [1, 2, 3].map((tier) => `${side} ${tier}`)).sort(),
  );
  for (const side of SIDES) expect(Object.keys(report.histories[side])).toEqual(['1', '2', '3']);
});

test('the figures that are aimed at are numbers, and the table shows them', () => {
  for (const figure of [report.ratio, report.latencyRatio, report.tier1EventsRatio])
    expect(figure).toBeGreaterThan(0);
  expect(report.waiting).toEqual({
    bare: { worker: expect.any(Number), server: expect.any(Number) },
    governed: { worker: expect.any(Number), server: expect.any(Number) },
  });
  expect(renderTable(report)).toContain(`ratio ${report.ratio.toFixed(2)}`);
});

test('decisions over HTTP and by the SDK, and the pages that people decide on, have a pace at each load', () => {
  const { ratio, decisions, pages } = report.gateway;
  const names = (all: readonly { readonly what: string; readonly inFlight: number }[]) =>
    all.map(({ what, inFlight }) => `${inFlight} ${what}`);
  expect(names(decisions)).toEqual(AT_ONCE.flatMap((atOnce) => WAYS.map((way) => `${atOnce} ${way}`)));
  expect(names(pages)).toEqual(AT_ONCE.flatMap((atOnce) => PAGES.map((page) => `${atOnce} ${page}`)));
  for (const { perSecond, p50, p95 } of [...decisions, ...pages]) {
    for (const figure of [perSecond, p50, p95]) expect(figure).toBeGreaterThan(0);
    expect(p95).toBeGreaterThanOrEqual(p50);
  }
  expect(ratio).toBeGreaterThan(0);
  const table = renderTable(report);
  for (const { p50 } of [...decisions, ...pages]) expect(table).toContain(p50.toFixed(1));
});

test('each row that was timed says what others used of the CPU meanwhile', () => {
  const rows = [...report.load, ...report.oneAlone, ...report.gateway.decisions, ...report.gateway.pages];
  for (const { foreignCpu } of rows) {
    expect(foreignCpu.seconds).toBeGreaterThanOrEqual(0);
    expect(foreignCpu.share).toBeGreaterThanOrEqual(0);
    expect(foreignCpu.share).toBeLessThanOrEqual(1);
  }
  expect(renderTable(report)).toContain('others: the share of the CPU time of this machine');
});

test('all that wait at once are decided on before their deadline, each once, and the target saw it', async () => {
  const waiting = await runManyWaiting(5, 'development', () => undefined);
  expect(waiting.problems).toEqual([]);
  expect(waiting.outcomes).toEqual({ succeeded: 5 });
  expect(waiting.seen).toEqual({ effects: 5, lost: [], twice: 0 });
  expect(waiting.decisions.leastLeftMs).toBeGreaterThan(0);
  for (const size of Object.values(waiting.memory.allWaiting)) expect(size).toBeGreaterThan(1e6);
  expect(renderManyWaiting(waiting)).toContain('5 effects, 0 lost, 0 twice');
});

test('appends have a pace for each way in which their writers are spread', async () => {
  const appends = await runAppends(60, () => undefined);
  expect(appends.factsPerAction).toBeGreaterThan(3);
  expect(appends.rows.map(({ processes, writers }) => ({ processes, writers }))).toEqual([...SPREADS]);
  for (const { perSecond, p50, cpu } of appends.rows)
    for (const figure of [perSecond, p50, cpu.writers]) expect(figure).toBeGreaterThan(0);
  expect(renderAppends(appends)).toContain('50 in 50 processes');
});
