import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMeasure, readBefore } from '../../src/activities/measure.ts';
import { createRule } from '../../src/activities/rule.ts';
import { conditionFault, type Reading, STALE_AFTER_MS } from '../../src/domain/analysis/condition.ts';
import type { MetricSpec } from '../../src/domain/analysis/metrics.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk } from './desk.ts';

const NOW = 1_800_000_000_000;

const spec: MetricSpec = {
  name: 'errors',
  source: 'shop',
  query: 'errors',
  initialDelayMs: 0,
  intervalMs: 1_000,
  count: 1,
  failureCondition: 'result > baseline * 1.5',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 0,
};

const value = (number: number, sampledAt = NOW): Reading => ({ kind: 'value', value: number, sampledAt });

/** Measures an action that runs, whose metric was so before. */
async function measured(read: Reading, baseline: Record<string, number>) {
  const asked = proposal();
  const { installation } = testInstallation();
  const flush = installation.actionTypes['cache.flush'];
  if (!flush) throw new Error('there is no cache.flush');
  const desk = aDesk(asked, {
    installation: {
      ...installation,
      actionTypes: { 'cache.flush': { ...flush, watch: { metrics: [spec] } } },
    },
    sources: { shop: { read: async () => read } },
  });
  desk.at = NOW;
  const { rule } = createRule(desk.deps);
  const found = await rule({ proposal: asked });
  if (found.kind === 'refused') throw new Error(JSON.stringify(found.faults));
  const { id: actionId } = found.action;
  const { digest } = found.ruling;
  const body = { digest, settlement: null, votes: [], execute: found.action.execute, baseline };
  await desk.deps.ledger.append({
    eventId: `${actionId}/${desk.runId}/admitted`,
    actionId,
    kind: 'admitted',
    at: NOW,
    body,
  });
  return { desk, measure: createMeasure(desk.deps).measure };
}

/** What is known before, where the readings come in this order and the last one stays. */
async function beforeWith(...readings: Reading[]) {
  let asked = 0;
  const read = async () =>
    readings[Math.min(asked++, readings.length - 1)] ?? { kind: 'none' as const, reason: 'no' };
  const taken = readBefore({ sources: { shop: { read } }, now: () => NOW }, [spec]);
  await vi.runAllTimersAsync();
  return { ...(await taken), asked };
}

// A baseline that is missing is read again after a while.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('a baseline that is missing', () => {
  it.each<[string, Reading]>([
    ['empty', { kind: 'none', reason: 'the query gave no series' }],
    ['not a number', value(Number.NaN)],
    ['stale', value(2, NOW - STALE_AFTER_MS - 1)],
  ])('because the reading is %s is read once more before it counts as missing', async (_, first) => {
    expect(await beforeWith(first, value(3))).toMatchObject({
      baseline: { errors: 3 },
      measurements: [{ value: 3 }],
      asked: 2,
    });
  });

  it('twice is missing', async () => {
    expect(await beforeWith({ kind: 'none', reason: 'the query gave no series' })).toMatchObject({
      baseline: {},
      measurements: [{ phase: 'error', reason: 'the query gave no series' }],
      asked: 2,
    });
  });

  it('is not: it is read once', async () => {
    expect(await beforeWith(value(3))).toMatchObject({ asked: 1 });
  });

  it('does not make the check after the action more patient', async () => {
    const { measure } = await measured({ kind: 'none', reason: 'no' }, { errors: 1 });
    expect((await measure({ check: 0 })).measurements).toMatchObject([{ phase: 'error', reason: 'no' }]);
  });
});

describe('a baseline', () => {
  it.each([
    ['NaN', value(Number.NaN)],
    ['infinite', value(Number.POSITIVE_INFINITY)],
    ['stale', value(2, NOW - STALE_AFTER_MS - 1)],
    ['from the future', value(2, NOW + STALE_AFTER_MS + 1)],
  ])('that is %s is none, and what needs it is an error', async (_, read) => {
    const { baseline, measurements } = await beforeWith(read);
    expect(measurements).toMatchObject([{ phase: 'error' }]);
    // The ledger keeps it as JSON, where NaN is null.
    const kept = JSON.parse(JSON.stringify(baseline));
    expect(kept).toEqual({});
    const { measure } = await measured(value(9), kept);
    expect((await measure({ check: 0 })).measurements).toMatchObject([
      { phase: 'error', reason: 'its condition cannot be evaluated: there is no baseline' },
    ]);
  });
});

describe('a sample from the future', () => {
  it.each([
    [STALE_AFTER_MS, 'successful'],
    [STALE_AFTER_MS + 1, 'error'],
  ])('%d ms ahead is %s', async (ahead, phase) => {
    const { measure } = await measured(value(1, NOW + ahead), { errors: 1 });
    expect((await measure({ check: 0 })).measurements).toMatchObject([{ phase }]);
  });
});

describe('INVARIANT 13: a check is what is on record', () => {
  it('taken once: a second look does not replace the first', async () => {
    const { measure, desk } = await measured(value(9), { errors: 1 });
    const [first] = (await measure({ check: 0 })).measurements;
    expect(first).toMatchObject({ phase: 'failed', value: 9 });
    const better = createMeasure({ ...desk.deps, sources: { shop: { read: async () => value(1) } } });
    expect((await better.measure({ check: 0 })).measurements).toEqual([first]);
    expect(desk.kinds().filter((kind) => kind === 'measured')).toHaveLength(1);
  });

  it('none that the watch does not have, and none before it is due', async () => {
    const { measure, desk } = await measured(value(1), { errors: 1 });
    desk.at = NOW - 1;
    for (const check of [0, 1])
      await expect(measure({ check })).rejects.toMatchObject({ type: 'NotOnRecord' });
    desk.at = NOW;
    await measure({ check: 0 });
    await expect(measure({ check: 1 })).rejects.toMatchObject({ type: 'NotOnRecord' });
  });
});

it('an operator is told how to write a number', () => {
  expect(conditionFault('result < baseline * 2')).toBe(
    'no such overload: double * int; write numbers with a point, such as 2.0',
  );
});
