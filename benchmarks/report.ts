import { grouped } from '../src/domain/shared/grouped.ts';
import { type ForeignTicks, foreignCpu } from './cpu.ts';
import type { Asked, GatewayRounds } from './gateway.ts';
import type { HistorySize } from './history.ts';
import { CHECKS } from './installation.ts';
import { median, percentile, type Timing } from './load.ts';
import type { WaitingBytes } from './memory.ts';
import type { BenchTier, Counts, SideName } from './side.ts';
import { type ServerKind, WORKERS } from './temporal.ts';

export interface Alone extends Timing {
  readonly side: SideName;
  readonly others: ForeignTicks;
}

/** CPU milliseconds for each action. */
type Cpu = Readonly<Record<'server' | 'postgres' | 'worker' | 'client', number>>;

export interface Round {
  readonly side: SideName;
  readonly mix: string;
  readonly inFlight: number;
  readonly perSecond: number;
  readonly timings: readonly Timing[];
  readonly cpu: Cpu;
  readonly others: ForeignTicks;
}

type ByTier = Partial<Record<BenchTier, HistorySize>>;
export type Histories = Record<SideName, ByTier>;

interface Measured {
  readonly server: ServerKind;
  readonly counts: Counts;
  readonly alone: readonly Alone[];
  readonly rounds: readonly Round[];
  readonly histories: Histories;
  readonly waiting: Readonly<Record<SideName, WaitingBytes>>;
  readonly gateway: GatewayRounds;
  /** Requests to the target while actions ran to their end: distinct effects, requests for one, reads of the metrics. */
  readonly effects: { readonly distinct: number; readonly effects: number; readonly reads: number };
}

export type BenchReport = ReturnType<typeof reportOf>;

/** The waits between measurements, which are the same on both sides and no part of what is compared. */
const WAITED_MS = (CHECKS.count - 1) * CHECKS.intervalSeconds * 1_000;

/** Medians over the rounds. Times in milliseconds, sizes in bytes. Ratios are governed to bare. */
export function reportOf({ server, counts, alone, rounds, histories, waiting, gateway, effects }: Measured) {
  const load = loadsOf(rounds);
  const loadOf = (side: SideName, mix: string, inFlight: number) =>
    load.find((l) => l.side === side && l.mix === mix && l.inFlight === inFlight)?.perSecond ?? Number.NaN;
  const saturated = counts.saturated;
  const ratio = (mix: string, inFlight: number) =>
    loadOf('governed', mix, inFlight) / loadOf('bare', mix, inFlight);
  const oneAlone = aloneOf(alone);
  const p50 = (side: SideName, tier: BenchTier) =>
    oneAlone.find((a) => a.side === side && a.tier === tier)?.p50 ?? Number.NaN;
  const latency = (tier: BenchTier) => p50('governed', tier) / p50('bare', tier);
  return {
    server,
    workers: WORKERS[server],
    ratio: ratio('mix', counts.inFlight),
    ratioTier3: ratio('tier3', counts.inFlight),
    ratioSaturated: ratio('mix', saturated),
    latencyRatio: latency(1),
    latencyRatioTier3: latency(3),
    tier1EventsRatio: eventsRatio(histories, 1),
    workerBytesRatio: waiting.governed.worker / waiting.bare.worker,
    waitedMs: WAITED_MS,
    counts,
    load,
    oneAlone,
    histories,
    waiting,
    gateway: gatewayOf(gateway),
    effects,
  };
}

/** `ratio`: decisions over HTTP to the same by the SDK, as many at once as were measured. */
function gatewayOf(rounds: GatewayRounds) {
  const decisions = pacesOf(rounds.decisions);
  const most = Math.max(...decisions.map(({ inFlight }) => inFlight));
  const perSecond = (way: string) =>
    decisions.find(({ what, inFlight }) => what === way && inFlight === most)?.perSecond ?? Number.NaN;
  return { ratio: perSecond('http') / perSecond('sdk'), decisions, pages: pacesOf(rounds.pages) };
}

function pacesOf<What extends string>(all: readonly Asked<What>[]) {
  return grouped(all, ({ what, inFlight }) => `${what} ${inFlight}`).flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const times = same.flatMap((round) => round.times);
    return {
      what: first.what,
      inFlight: first.inFlight,
      perSecond: median(same.map(({ perSecond }) => perSecond)),
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
      foreignCpu: foreignOf(same),
    };
  });
}

/** A tier's events in the history of the action. */
const eventsRatio = ({ bare, governed }: Histories, tier: BenchTier) =>
  (governed[tier]?.events ?? Number.NaN) / (bare[tier]?.events ?? Number.NaN);

function loadsOf(rounds: readonly Round[]) {
  return grouped(rounds, ({ side, mix, inFlight }) => `${side} ${mix} ${inFlight}`).flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { side, mix, inFlight } = first;
    const timings = same.flatMap((round) => round.timings);
    const times = timings.map(({ ms }) => ms);
    const cpu = (part: keyof Cpu) => median(same.map((round) => round.cpu[part]));
    return {
      side,
      mix,
      inFlight,
      perSecond: median(same.map(({ perSecond }) => perSecond)),
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      approvalToEffect: approvals(timings),
      cpuPerAction: {
        server: cpu('server'),
        postgres: cpu('postgres'),
        worker: cpu('worker'),
        client: cpu('client'),
      },
      foreignCpu: foreignOf(same),
    };
  });
}

function approvals(timings: readonly Timing[]) {
  const times = timings.flatMap(({ approvalToEffectMs }) => approvalToEffectMs ?? []);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** What is left of one action that runs alone when its waits are taken off. */
function aloneOf(alone: readonly Alone[]) {
  return grouped(alone, ({ side, tier }) => `${side} ${tier}`).flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { side, tier } = first;
    const times = same.map(({ ms }) => ms - WAITED_MS);
    return {
      side,
      tier,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      approvalToEffect: approvals(same),
      foreignCpu: foreignOf(same),
    };
  });
}

/** What others used while the row was measured, over all of its rounds. */
const foreignOf = (same: readonly { readonly others: ForeignTicks }[]) =>
  foreignCpu(same.map(({ others }) => others));
