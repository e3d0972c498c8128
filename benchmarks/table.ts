import type { HistorySize } from './history.ts';
import type { BenchReport } from './report.ts';
import { SIDES } from './side.ts';

const ASKED = {
  sdk: 'tier 2, by the SDK',
  http: 'tier 2, over HTTP',
  passkey: 'tier 3, by passkey',
  pending: 'page: pending',
  action: 'page: one action',
};

/** The report for people. */
export function renderTable(report: BenchReport): string {
  const { counts, load, oneAlone, histories, waiting, waitedMs, gateway } = report;
  return [
    `ratio ${fixed(report.ratio, 2)} (aim 0.9 or more), latencyRatio ${fixed(report.latencyRatio, 2)} (aim 1.3 or less)`,
    `tier-1 events ${fixed(report.tier1EventsRatio, 2)} (aim 1.2 or less), worker memory ${fixed(report.workerBytesRatio, 2)} (aim 1.2 or less)`,
    `ratio saturated ${fixed(report.ratioSaturated, 2)}`,
    `decisions over HTTP to those by the SDK ${fixed(gateway.ratio, 2)}`,
    '',
    row([
      'in flight',
      '',
      'actions/s',
      'p50 ms',
      'p99 ms',
      'to effect',
      'CPU ms: server',
      'postgres',
      'worker',
      'client',
    ]),
    ...load.map(({ mix, inFlight, side, perSecond, p50, p99, approvalToEffect, cpuPerAction: cpu }) =>
      row([
        `${inFlight} ${mix}`,
        side,
        fixed(perSecond, 1),
        ...[p50, p99, approvalToEffect.p50, cpu.server, cpu.postgres, cpu.worker, cpu.client].map((ms) =>
          fixed(ms),
        ),
      ]),
    ),
    '',
    row([`alone, less ${waitedMs} ms`, '', 'p50 ms', 'p99 ms', 'to effect']),
    ...oneAlone.map(({ tier, side, p50, p99, approvalToEffect }) =>
      row([`tier ${tier}`, side, ...[p50, p99, approvalToEffect.p50].map((ms) => fixed(ms))]),
    ),
    '',
    row(['history', '', 'events', 'bytes', 'tasks', 'billable', 'states']),
    ...([1, 2, 3] as const).flatMap((tier) =>
      SIDES.flatMap((side) => historyRow(`tier ${tier}`, side, histories[side][tier])),
    ),
    '',
    row(['a waiting action', '', 'worker kB', 'server kB']),
    ...SIDES.map((side) =>
      row(['', side, fixed(waiting[side].worker / 1_000, 1), fixed(waiting[side].server / 1_000, 1)]),
    ),
    '',
    `the gateway, its pages while ${counts.pending} wait`,
    row(['', '', 'per second', 'p50 ms', 'p95 ms']),
    ...[...gateway.decisions, ...gateway.pages].map(({ what, inFlight, perSecond, p50, p95 }) =>
      row([`${inFlight} in flight`, ASKED[what], fixed(perSecond, 1), fixed(p50, 1), fixed(p95, 1)]),
    ),
  ].join('\n');
}

const historyRow = (tier: string, side: string, size: HistorySize | undefined) =>
  size
    ? [
        row([
          tier,
          side,
          ...[size.events, size.bytes, size.workflowTasks, size.billable, size.stateTransitions].map((n) =>
            fixed(n),
          ),
        ]),
      ]
    : [];

const row = ([what = '', side = '', ...figures]: readonly string[]) =>
  [what.padEnd(20), side.padEnd(22), ...figures.map((figure) => figure.padStart(10))].join(' ').trimEnd();

const fixed = (value: number, digits = 0) => (Number.isNaN(value) ? '-' : value.toFixed(digits));
