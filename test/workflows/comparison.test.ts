import { beforeEach, expect, test, vi } from 'vitest';
import { createJsonMetrics } from '../../src/adapters/json-metrics.ts';
import type { MetricSpec } from '../../src/domain/analysis/metrics.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { lastOnRecord } from '../../src/domain/record/on-record.ts';
import { recomputed } from '../../src/domain/record/recompute-verdict.ts';
import { aComparison } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { trustDeploys } from '../support/orders.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const REQUESTS = 'storefront_requests_total{service="${target}"';

/** Failed requests beside those of the time before, once a second for ten seconds. No condition judges beside it. */
const failedRequests: MetricSpec = {
  name: 'failed-requests',
  source: 'history',
  initialDelayMs: 0,
  intervalMs: 1_000,
  count: 10,
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  compare: aComparison({
    compared: { form: 'ratio', bad: `${REQUESTS},code=~"5.."}`, total: `${REQUESTS}}` },
    // A few requests a second show no more.
    negligible: 0.15,
    lagMs: 1_500,
  }),
};

let historyUrl = '';
const compared = (adminUrl: string): Partial<Installation> => {
  historyUrl = `${adminUrl.replace(/\/admin$/, '')}/metrics/history`;
  const { actionTypes } = testInstallation().installation;
  const changed = Object.entries(actionTypes).map(
    ([name, type]) => [name, type.watch ? { ...type, watch: { metrics: [failedRequests] } } : type] as const,
  );
  return { actionTypes: Object.fromEntries(changed) };
};

const world = useWorld({
  installation: compared,
  faults: () => ({
    sources: {
      history: createJsonMetrics({
        intervalMs: 1_000,
        times: 'ms',
        series: {
          url: `${historyUrl}?query=\${query}&from=\${from}&until=\${until}`,
          list: 'answer.series',
          labels: 'series.labels',
          points: 'series.points',
        },
      }),
    },
  }),
});

/** Waits until the storefront has told its metrics for so long: as long as the watch, and one look more. */
async function untilKnownFor(milliseconds: number): Promise<void> {
  const address = `${historyUrl}?query=storefront_instances&from=0&until=`;
  await vi.waitFor(async () => {
    const answer = await fetch(`${address}${Date.now()}`);
    const { series } = (await answer.json()) as { series: { points: [number, number][] }[] };
    const [oldest] = series[0]?.points[0] ?? [Date.now()];
    expect(Date.now() - oldest).toBeGreaterThan(milliseconds);
  }, PATIENCE);
}

beforeEach(async () => {
  await trustDeploys(world());
  await untilKnownFor(15_000);
});

/** Deploys a version of checkout with grace's approval, and waits for its end. */
async function deployed(version: string) {
  const action = await world().asked(deploy(version));
  await world().decide('grace', 'approve', action);
  const { outcome } = await action.result();
  const record = lastOnRecord(action.actionId, await world().ledger.entriesOf(action.actionId));
  return { outcome, recomputed: record && recomputed(record), effects: await world().effectsOf(action) };
}

test('a version that fails more often than before is found by comparison, and taken back', async () => {
  const { outcome, recomputed: again, effects } = await deployed('2.5.0');
  expect(outcome).toMatchObject({
    kind: 'rolledBack',
    reason: expect.stringMatching(/^failed-requests is worse: \d+ of \d+ were bad, 0 of \d+ in the baseline/),
  });
  expect(effects).toHaveLength(2);
  expect(again).toMatchObject({ kind: 'recomputed', isSame: true, again: { kind: 'regressed' } });
});

test('a version that fails no more often than before is kept', async () => {
  const { outcome, recomputed: again, effects } = await deployed('2.4.0');
  expect(outcome).toEqual({
    kind: 'succeeded',
    reason: '10 measurements within their limits; failed-requests not worse than before',
  });
  expect(effects).toHaveLength(1);
  expect(again).toMatchObject({ kind: 'recomputed', isSame: true, again: { kind: 'healthy' } });
});
