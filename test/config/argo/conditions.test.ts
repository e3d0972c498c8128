import { describe, expect, test } from 'vitest';
import { celOf } from '../../../src/config/argo/to-cel.ts';
import { assessReading, conditionFault } from '../../../src/domain/analysis/condition.ts';

describe('a condition of Argo Rollouts reads in CEL', () => {
  test.each([
    ['result[0] >= 0.95', 'result >= 0.95'],
    ['result >= 2', 'result >= 2.0'],
    ['result[0]<.5', 'result < 0.5'],
    ['0.05 > result[0]', '0.05 > result'],
    ['result[0] <= 1_000', 'result <= 1000.0'],
    ['result[0] < 1e-3', 'result < 1e-3'],
    ['result[0] <= 5 && result[0] > 0', 'result <= 5.0 && result > 0.0'],
    ['result[0] <= 5 and not (result[0] > 2)', 'result <= 5.0 && !(result > 2.0)'],
    ['result[0] < 1 or result[0] > 5 && result[0] < 9', 'result < 1.0 || (result > 5.0 && result < 9.0)'],
    ['(result[0] < 1 || result[0] > 5) && result[0] < 9', '(result < 1.0 || result > 5.0) && result < 9.0'],
    ['result[0] * 100 / 2 >= 95 - 1', 'result * 100.0 / 2.0 >= 95.0 - 1.0'],
    ['1 - (result[0] - 2) > -3', '1.0 - (result - 2.0) > -3.0'],
    ['result[0] > 1 ? result[0] < 3 : result[0] > 0.5', 'result > 1.0 ? result < 3.0 : result > 0.5'],
    ['asFloat(result[0]) > asFloat("0.95")', 'result > 0.95'],
    ['asInt(result) == 2', 'double(int(result)) == 2.0'],
    ['true', 'true'],
  ])('%s', (condition, cel) => {
    expect(celOf(condition)).toMatchObject({ cel, guards: [] });
    expect(conditionFault(cel)).toBeNull();
  });
});

describe('what it asks about missing numbers is left out and said: here they are no measurement', () => {
  test.each([
    ['len(result) == 0 || result[0] < 0.05', 'result < 0.05', ['len']],
    ['len(result) > 0 && result[0] < 0.05', 'result < 0.05', ['len']],
    [
      'len(result) == 1 && !isNaN(result[0]) && !isInf(result[0]) && result[0] >= 20',
      'result >= 20.0',
      ['len', 'isNaN', 'isInf'],
    ],
    ['isNaN(result) || result > 0.01', 'result > 0.01', ['isNaN']],
    ['default(result, 0) < 0.05', 'result < 0.05', ['default']],
    ['result == nil or result[0] < 3', 'result < 3.0', ['== nil']],
    ['nil != result and result[0] < 3', 'result < 3.0', ['!= nil']],
    ['isNil(result) ? true : result[0] < 3', 'result < 3.0', ['isNil']],
    ['isNaN(result[0])', 'false', ['isNaN']],
  ])('%s', (condition, cel, guards) => {
    expect(celOf(condition)).toMatchObject({ cel, guards });
    expect(conditionFault(cel)).toBeNull();
  });
});

describe('what holds for all series holds for the greatest or the least of them', () => {
  test.each([
    ['all(result, # < 0.05)', 'result < 0.05', 'greatest'],
    ['all(result, {# >= 0.95})', 'result >= 0.95', 'least'],
    ['all(result, 0.05 > #)', 'result < 0.05', 'greatest'],
    ['any(result, # > 3)', 'result > 3.0', 'greatest'],
    ['any(result, { # <= 1 })', 'result <= 1.0', 'least'],
    ['none(result, # > 3)', '!(result > 3.0)', 'greatest'],
  ])('%s', (condition, cel, wanted) => {
    const translated = celOf(condition);
    expect(translated.cel).toBe(cel);
    expect([...translated.wanted]).toEqual([wanted]);
    expect(conditionFault(cel)).toBeNull();
  });
});

describe('what cannot be carried over is said', () => {
  test.each([
    ['result[1] > 2', 'it asks for another element than result[0]: a query gives one number here'],
    ["result == 'true'", 'it asks for the text "true", not for a number'],
    ['result.ok && result > 1', '"." is not carried over here'],
    ['result[0] % 2 == 0', '"%" is not carried over here'],
    ['result[0] ** 2 > 1', '"**" is not carried over here'],
    ['0 < result[0] < 1', 'it compares true or false by <: only numbers are compared here'],
    ['result[0]', 'it is no condition: it gives no true or false'],
    ['result[0] > 1 && 2', 'true or false is needed where it has a number'],
    ['median(result) > 1', 'it calls median(...), which is not carried over here'],
    [
      'all(result, # < 1 && # > 0)',
      'of all(...), any(...) and none(...), only a comparison of # by <, <=, > or >= is carried over',
    ],
    ['# > 1', '"#" stands outside of all(...), any(...) and none(...)'],
    ['len(filter(result, # > 1)) == 0', 'it calls len(...) on something else than result'],
    ['latency < 5', 'it names "latency": only result is known here'],
    ['result[0] >=', 'it ends too early'],
    ['result[0] >= 95%', '"%" is not carried over here'],
    ['result[0] >= 0.95)', '")" is not carried over here'],
    ['result[0] = 1', '"= 1" cannot be read'],
    ['result[0] > 0x10', '"0x10" cannot be read'],
    ['asFloat("fast") > result', '"fast" is no number'],
    ['', 'it ends too early'],
    [`${'('.repeat(5_000)}result`, 'it has 5006 characters, at most 1000 are read'],
  ])('%s', (condition, problem) => {
    expect(() => celOf(condition)).toThrow(
      expect.objectContaining({ name: 'NotCarriedOver', message: problem }),
    );
  });

  test('deep parentheses are read', () => {
    expect(celOf(`${'('.repeat(490)}result > 1${')'.repeat(490)}`).cel).toBe('result > 1.0');
  });
});

test('what a converted condition says of a number is what the condition says', () => {
  const cases = [
    {
      condition: 'result[0] < 1 || result[0] > 5 && result[0] < 9',
      says: (r: number) => r < 1 || (r > 5 && r < 9),
    },
    {
      condition: '!(result[0] - 1 - 2 > 3 * (result[0] - 4))',
      says: (r: number) => !(r - 1 - 2 > 3 * (r - 4)),
    },
    {
      condition: '-result[0] + 8 / 2 / 2 >= -(result[0] / 2)',
      says: (r: number) => -r + 8 / 2 / 2 >= -(r / 2),
    },
    { condition: '(result[0] > 3 ? 1 : 2) * 2 > 3', says: (r: number) => (r > 3 ? 1 : 2) * 2 > 3 },
    { condition: 'asInt(result[0]) == 2', says: (r: number) => Math.trunc(r) === 2 },
  ];
  for (const { condition, says } of cases) {
    for (const value of [-3, 0, 0.5, 1, 2.7, 4, 4.5, 5, 6, 9, 100]) {
      const spec = {
        name: 'm',
        source: 's',
        successCondition: celOf(condition).cel,
        initialDelayMs: 0,
        intervalMs: 1,
        count: 1,
        failureLimit: 0,
        inconclusiveLimit: 0,
        consecutiveErrorLimit: 0,
      };
      const { phase } = assessReading(spec, { kind: 'value', value }, undefined, 0);
      expect(`${condition} of ${value}: ${phase}`).toBe(
        `${condition} of ${value}: ${says(value) ? 'successful' : 'failed'}`,
      );
    }
  }
});
