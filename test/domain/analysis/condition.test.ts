import { describe, expect, it } from 'vitest';
import {
  assessReading,
  conditionFault,
  type Reading,
  STALE_AFTER_MS,
  staleAfter,
} from '../../../src/domain/analysis/condition.ts';
import type { MetricSpec, Phase } from '../../../src/domain/analysis/metrics.ts';

const NOW = 1_800_000_000_000;

type Conditions = Pick<MetricSpec, 'successCondition' | 'failureCondition'>;

const metric = (conditions: Conditions): MetricSpec => ({
  name: 'error-ratio',
  source: 'prometheus',
  query: 'error_ratio',
  initialDelayMs: 0,
  intervalMs: 1_000,
  count: 1,
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 0,
  ...conditions,
});

const reading = (value: number, ageMs?: number): Reading => ({
  kind: 'value',
  value,
  ...(ageMs === undefined ? {} : { sampledAt: NOW - ageMs }),
});

const assess = (conditions: Conditions, read: Reading | number, baseline?: number) =>
  assessReading(metric(conditions), typeof read === 'number' ? reading(read) : read, baseline, NOW);

const success = { successCondition: 'result < 5.0' };
const failure = { failureCondition: 'result > 10.0' };
const both = { ...success, ...failure };
const overlapping = { successCondition: 'result < 5.0', failureCondition: 'result > 1.0' };

describe('a reading is', () => {
  it.each<[Phase, string, Conditions, number]>([
    ['successful', 'when its only condition, of success, holds', success, 4.9],
    ['failed', 'when its only condition, of success, does not hold', success, 5],
    ['failed', 'when its only condition, of failure, holds', failure, 10.1],
    ['successful', 'when its only condition, of failure, does not hold', failure, 10],
    ['successful', 'when of both success alone holds', both, 4.9],
    ['failed', 'when of both failure alone holds', both, 10.1],
    ['inconclusive', 'when of both neither holds', both, 7],
    ['failed', 'when both hold', overlapping, 3],
    ['inconclusive', 'when it has no condition', {}, 7],
  ])('%s %s', (phase, _, conditions, value) => {
    expect(assess(conditions, value)).toMatchObject({ phase, value });
  });

  it('told with its metric, its value in four digits and the time of the check', () => {
    expect(assess(success, 1.23456)).toEqual({
      metric: 'error-ratio',
      phase: 'successful',
      reason: 'error-ratio is 1.235',
      value: 1.23456,
      at: NOW,
    });
  });

  it('told beside what it was before', () => {
    expect(assess(success, 1.5, 0.123456)).toHaveProperty(
      'reason',
      'error-ratio is 1.5, it was 0.1235 before',
    );
  });
});

describe('unknown is an error, whatever the conditions say', () => {
  const anything = { successCondition: 'true' };

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('the value %d', (value) => {
    expect(assess(anything, value)).toEqual({
      metric: 'error-ratio',
      phase: 'error',
      reason: `the value is ${value}`,
      at: NOW,
    });
  });

  it('no value', () => {
    expect(assess(anything, { kind: 'none', reason: 'the query gave no series' })).toEqual({
      metric: 'error-ratio',
      phase: 'error',
      reason: 'the query gave no series',
      at: NOW,
    });
  });

  it.each<[string, number | undefined, Phase]>([
    ['no date', undefined, 'successful'],
    ['no age', 0, 'successful'],
    ['an age just below the limit', STALE_AFTER_MS - 1, 'successful'],
    ['an age at the limit', STALE_AFTER_MS, 'successful'],
    ['an age just above the limit', STALE_AFTER_MS + 1, 'error'],
    ['an age of a day', 86_400_000, 'error'],
  ])('a sample with %s is judged only when it is fresh', (_, age, phase) => {
    expect(assess(anything, reading(1, age))).toMatchObject({ phase, value: 1 });
  });

  it.each<[number, Phase]>([
    [20_000, 'successful'],
    [20_001, 'error'],
  ])('a sample of a source that is read every 5 s is judged at %i ms: %s', (age, phase) => {
    const read: Reading = { kind: 'value', value: 1, sampledAt: NOW - age, staleAfterMs: staleAfter(5_000) };
    expect(assess(anything, read)).toMatchObject({ phase });
  });

  it('and says how old a sample is', () => {
    expect(assess(anything, reading(1, 131_000))).toHaveProperty('reason', 'the sample is 131 s old');
  });
});

describe('the baseline', () => {
  const ratio = { failureCondition: 'result > baseline * 1.5' };

  it.each<[number, Phase]>([
    [2.9, 'successful'],
    [3, 'successful'],
    [3.1, 'failed'],
  ])('is what %d is compared with', (value, phase) => {
    expect(assess(ratio, value, 2)).toMatchObject({ phase, value });
  });

  it.each<Conditions>([
    ratio,
    { successCondition: 'result <= baseline' },
    { successCondition: 'result < 5.0 || result <= baseline' },
    { successCondition: 'result < 5.0', failureCondition: 'baseline < result' },
  ])('that is missing is an error where a condition needs it: %j', (conditions) => {
    expect(assess(conditions, 1)).toMatchObject({
      phase: 'error',
      reason: 'its condition cannot be evaluated: there is no baseline',
      value: 1,
    });
  });

  it('that is missing does not matter where no condition needs it', () => {
    expect(assess(both, 1)).toHaveProperty('phase', 'successful');
  });

  it('of 0 is a baseline', () => {
    expect(assess(ratio, 1, 0)).toHaveProperty('phase', 'failed');
  });
});

describe('a condition that cannot be evaluated is an error', () => {
  it.each([
    ['result <', 'Unexpected token: EOF'],
    ['latency < 5.0', 'Unknown variable: latency'],
    ['result * 2 < 5.0', 'no such overload: double * int'],
    ['timestamp("today") < timestamp("now")', 'timestamp() requires a string in ISO 8601 format'],
  ])('%s', (condition, reason) => {
    const words = expect.stringContaining(`its condition cannot be evaluated: ${reason}`);
    expect(assess({ successCondition: condition }, 1)).toMatchObject({
      phase: 'error',
      reason: words,
      value: 1,
    });
    expect(assess({ failureCondition: condition }, 1)).toMatchObject({
      phase: 'error',
      reason: words,
      value: 1,
    });
  });

  it('even when the other condition would decide', () => {
    expect(assess({ successCondition: 'result < 5.0', failureCondition: 'result >' }, 1)).toHaveProperty(
      'phase',
      'error',
    );
  });
});

describe('a condition passes the check of the loader', () => {
  it.each([
    'result < 5.0',
    'result < 5',
    '5 > result',
    'result >= -5',
    'result < 1e3',
    'result <= baseline * 2.0',
    'baseline > 0.0 && result / baseline < 1.2',
    'result < 0.5 || !(result > baseline + 0.1)',
    'baseline > 1 ? result < baseline : result < 1',
    'result in [0.0, 1.0]',
    'result == 5.0',
    'result <= double(int(baseline)) + 1.0',
  ])('%s', (condition) => {
    expect(conditionFault(condition)).toBeNull();
    expect(assess({ successCondition: condition }, 1, 1).phase).not.toBe('error');
  });
});

describe('a condition does not pass the check of the loader', () => {
  it.each([
    ['', 'Unexpected token: EOF'],
    ['result <', 'Unexpected token: EOF'],
    ['result < .5', 'Unexpected token: DOT'],
    ['result << 5.0', 'Unexpected token: LT'],
    ['latency < 5.0', 'Unknown variable: latency'],
    ['process.exit() == 1', 'Unknown variable: process'],
    ['abs(result) < 5.0', "found no matching overload for 'abs(double)'"],
    ['"a" < result', 'no such overload: string < double'],
    ['result + 1.0', 'it gives a double, a condition gives a bool'],
    ['result', 'it gives a double, a condition gives a bool'],
    ['"healthy"', 'it gives a string, a condition gives a bool'],
    ['dyn(result < 5.0)', 'it gives a dyn, a condition gives a bool'],
    ['result > 1.0 ? true : 1', "Ternary branches must have the same type, got 'bool' and 'int'"],
  ])('%j', (condition, fault) => {
    expect(conditionFault(condition)).toContain(fault);
  });

  it.each([
    ['result <= baseline * 2', 'double * int'],
    ['2 * baseline > result', 'int * double'],
    ['result > baseline + 1', 'double + int'],
    ['result > 1 - baseline', 'int - double'],
    ['result / 2 < 1.0', 'double / int'],
    ['result == 5', 'double == int'],
    ['result != 0', 'double != int'],
    ['result in [0, 1]', 'double in list<int>'],
    ['result % 2.0 == 0.0', 'double % double'],
  ])('%s, because CEL calculates with numbers of one type only', (condition, operands) => {
    expect(conditionFault(condition)).toContain(`no such overload: ${operands}`);
  });
});
