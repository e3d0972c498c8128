import { fixed, row, shareOf } from './columns.ts';
import type { LedgerReport, Spread } from './ledger.ts';

/** The report for people. */
export function renderLedger(report: LedgerReport): string {
  const { entries, signedFirst, whole, since } = report;
  const small = ([what, spread]: [string, Spread]) =>
    row([what, '', fixed(spread.p50, 1), fixed(spread.p99, 1)]);
  return [
    `a generated ledger of ${entries} entries`,
    '',
    row(['', 'of entries', 'read', 'seconds', 'entries/s', 'peak MB', 'others']),
    ...[...whole, since].map((one) =>
      row([
        one === since ? 'verify --since' : 'verify',
        String(one.entries),
        String(one.read),
        fixed(one.seconds, 1),
        fixed(one.read / one.seconds),
        fixed(one.peakBytes / 1e6),
        shareOf(one.foreignCpu),
      ]),
    ),
    ...(signedFirst ? [signedFirst] : []).map((one) =>
      row([
        'sign, first time',
        String(one.entries),
        String(one.entries),
        fixed(one.seconds, 1),
        fixed(one.entries / one.seconds),
        '',
        shareOf(one.foreignCpu),
      ]),
    ),
    '',
    row(['', '', 'p50 ms', 'p99 ms']),
    ...(
      [
        ['sign 500 entries', report.sign],
        ['prove an action', report.prove],
        ['consistency proof', report.consistency],
        ['tile', report.tile],
        ['256 entries', report.bundle],
      ] satisfies [string, Spread][]
    ).map(small),
  ].join('\n');
}
