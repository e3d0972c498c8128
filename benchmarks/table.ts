import { fixed, row, shareOf } from './columns.ts';
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
    `on the ${report.server} server, ${report.workers} ${report.workers === 1 ? 'worker' : 'workers'} a side`,
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
      'others',
    ]),
    ...load.map(
      ({ mix, inFlight, side, perSecond, p50, p99, approvalToEffect, cpuPerAction: cpu, foreignCpu }) =>
        row([
          `${inFlight} ${mix}`,
          side,
          fixed(perSecond, 1),
          ...[p50, p99, approvalToEffect.p50, cpu.server, cpu.postgres, cpu.worker, cpu.client].map((ms) =>
            fixed(ms),
          ),
          shareOf(foreignCpu),
        ]),
    ),
    '',
    row([`alone, less ${waitedMs} ms`, '', 'p50 ms', 'p99 ms', 'to effect', 'others']),
    ...oneAlone.map(({ tier, side, p50, p99, approvalToEffect, foreignCpu }) =>
      row([
        `tier ${tier}`,
        side,
        ...[p50, p99, approvalToEffect.p50].map((ms) => fixed(ms)),
        shareOf(foreignCpu),
      ]),
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
    row(['', '', 'per second', 'p50 ms', 'p95 ms', 'others']),
    ...[...gateway.decisions, ...gateway.pages].map(({ what, inFlight, perSecond, p50, p95, foreignCpu }) =>
      row([
        `${inFlight} in flight`,
        ASKED[what],
        fixed(perSecond, 1),
        fixed(p50, 1),
        fixed(p95, 1),
        shareOf(foreignCpu),
      ]),
    ),
    '',
    'others: the share of the CPU time of this machine that other processes used while the row was measured',
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
