import { describe, expect, it } from 'vitest';
import { conditionFault, type Reading, STALE_AFTER_MS } from '../../src/activities/condition.ts';
import { createMeasure } from '../../src/activities/measure.ts';
import type { MetricSpec } from '../../src/domain/watch.ts';

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

const reading = (read: Reading) =>
  createMeasure({ sources: { shop: { read: async () => read } }, now: () => NOW });

describe('a baseline', () => {
  it.each([
    ['NaN', value(Number.NaN)],
    ['infinite', value(Number.POSITIVE_INFINITY)],
    ['stale', value(2, NOW - STALE_AFTER_MS - 1)],
    ['from the future', value(2, NOW + STALE_AFTER_MS + 1)],
  ])('that is %s is none, and what needs it is an error', async (_, before) => {
    const { baseline, measurements } = await reading(before).takeBaseline([spec]);
    expect(measurements).toMatchObject([{ phase: 'error' }]);
    // A workflow keeps it as JSON, where NaN is null.
    const kept = JSON.parse(JSON.stringify(baseline));
    expect(kept).toEqual({});
    expect(await reading(value(9)).measure([spec], kept)).toMatchObject([
      { phase: 'error', reason: 'its condition cannot be evaluated: there is no baseline' },
    ]);
  });
});

describe('a sample from the future', () => {
  it.each([
    [STALE_AFTER_MS, 'successful'],
    [STALE_AFTER_MS + 1, 'error'],
  ])('%d ms ahead is %s', async (ahead, phase) => {
    const measured = await reading(value(1, NOW + ahead)).measure([spec], { errors: 1 });
    expect(measured).toMatchObject([{ phase }]);
  });
});

it('an operator is told how to write a number', () => {
  expect(conditionFault('result < baseline * 2')).toBe(
    'no such overload: double * int; write numbers with a point, such as 2.0',
  );
});
