import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watchSentences, watchSightOf } from '../../../src/domain/explanation/watch-sight.ts';
import { aMetric } from '../support.ts';

const watch = {
  metrics: [
    aMetric({ initialDelayMs: 2_000, intervalMs: 2_000, count: 3 }),
    aMetric({ name: 'latency-p95', intervalMs: 1_000, count: 2 }),
  ],
};
const seconds = (ms: number) => `${ms / 1_000} s`;
const said = (...criteria: string[]) => watchSentences(watchSightOf(watch, undefined, criteria), seconds);

describe('what a watch sees', () => {
  test('it ends with the last reading of any metric', () => {
    expect(watchSightOf(watch, undefined, [])).toMatchObject({
      metrics: ['error-ratio', 'latency-p95'],
      endsAfterMs: 6_000,
    });
  });

  test('it ends later where a policy wants it watched for longer', () => {
    expect(watchSightOf(watch, 60_000, []).endsAfterMs).toBe(60_000);
    expect(watchSightOf(watch, 1_000, []).endsAfterMs).toBe(6_000);
  });

  test.each<[string, string, string[]]>([
    ['names the metric', 'error-ratio stays below 0.01', ['error-ratio']],
    ['names it in other letters', 'The Error Ratio stays low', ['error-ratio']],
    ['names two', 'error_ratio, and latency p95, are as before', ['error-ratio', 'latency-p95']],
    ['names a part of it', 'the error rate stays low', []],
    ['names a longer word', 'terror-ratio and error-ratios', []],
    ['names none', 'No total is wrong for an hour.', []],
  ])('a criterion that %s', (_, criterion, measuredBy) => {
    expect(watchSightOf(watch, undefined, [criterion]).criteria).toEqual([{ criterion, measuredBy }]);
  });

  test('nothing is seen, and no criterion measured, where nothing is watched', () => {
    const sight = watchSightOf(undefined, 60_000, ['error-ratio stays low']);
    expect(sight).toMatchObject({ metrics: [], endsAfterMs: 0, criteria: [{ measuredBy: [] }] });
    expect(watchSentences(sight, seconds)).toEqual([
      'nothing is watched: what the action does is not measured',
      "the agent's one success criterion is not measured by name",
    ]);
  });
});

describe('in sentences', () => {
  const SEEN =
    'error-ratio and latency-p95 are read until 6 s after the effect; what comes later, or shows elsewhere, is not seen';

  test.each<[string[], string[]]>([
    [[], []],
    [['error-ratio is low'], ["the agent's one success criterion is measured by name, by error-ratio"]],
    [
      ['error-ratio is low', 'sales rise', 'latency-p95 falls'],
      ["of the agent's 3 success criteria 2 are measured by name, by error-ratio and latency-p95"],
    ],
    [['sales rise', 'people smile'], ["of the agent's 2 success criteria none is measured by name"]],
    [
      ['error-ratio is low', 'the error-ratio stays'].concat('sales rise'),
      ["of the agent's 3 success criteria 2 are measured by name, by error-ratio"],
    ],
  ])('%j', (criteria, sentences) => {
    expect(said(...criteria)).toEqual([SEEN, ...sentences]);
  });

  test('INVARIANT 12: no word of a criterion is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 5 }), (criteria) => {
        const marked = criteria.map((criterion) => `${criterion} \u00A7secret\u00A7`);
        const sentences = said(...marked).join(' ');
        expect(sentences).not.toContain('secret');
        expect(said(...marked)).toHaveLength(criteria.length === 0 ? 1 : 2);
      }),
    );
  });
});
