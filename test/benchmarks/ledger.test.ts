import { expect, test } from 'vitest';
import { A_MINUTE, runLedger } from '../../benchmarks/ledger.ts';
import { renderLedger } from '../../benchmarks/ledger-table.ts';

test('a generated ledger is intact by the command, whole and from a checkpoint on, and each measurement is made', async () => {
  const report = await runLedger(4_000, { times: 3, minutes: 2 }, () => undefined);
  expect(report.signedFirst?.entries).toBe(400);
  expect(report.whole.map(({ entries, read }) => [entries, read])).toEqual([
    [400, 400],
    [4_000, 4_000],
  ]);
  expect([report.since.entries, report.since.read]).toEqual([4_000 + 2 * A_MINUTE, 2 * A_MINUTE]);
  for (const { peakBytes, seconds } of [...report.whole, report.since]) {
    expect(peakBytes).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(0);
  }
  const { sign, prove, consistency, tile, bundle } = report;
  for (const { p50, p99 } of [sign, prove, consistency, tile, bundle]) {
    expect(p50).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
  }
  const verified = renderLedger(report)
    .split('\n')
    .filter((line) => line.startsWith('verify'));
  expect(verified).toHaveLength(3);
});
