import { describe, expect, test } from 'vitest';
import { leavesConditionFault, leftBehind } from '../../../src/domain/risk/left-behind.ts';
import { anAction } from '../support.ts';

const DATA = 'data stays as 3.0.0 wrote it';
const action = anAction({ params: { version: '3.0.0', count: 5 } });

describe('what a rollback leaves behind', () => {
  test('is not stated where operators did not state it', () => {
    expect(leftBehind(undefined, action)).toEqual({ kind: 'unstated' });
  });

  test('is nothing where they said so', () => {
    expect(leftBehind([], action)).toEqual({ kind: 'nothing' });
  });

  test('is what they wrote, always or in the cases that hold', () => {
    const cases = [
      { what: 'caches stay cold' },
      { when: 'params.version.startsWith("3.")', what: DATA },
      { when: 'params.count > 5', what: 'more than five' },
      { when: 'params.count == 5', what: 'five' },
      { when: 'target == "catalog" && environment == "production"', what: 'here' },
    ];
    expect(leftBehind(cases, action)).toEqual({
      kind: 'some',
      what: ['caches stay cold', DATA, 'five', 'here'],
    });
    expect(leftBehind(cases.slice(2, 3), action)).toEqual({ kind: 'nothing' });
  });

  test('INVARIANT 7: is unknown, and never nothing, where a condition cannot be evaluated', () => {
    const cases = [{ when: 'params.layout == 2', what: DATA }];
    expect(leftBehind(cases, action)).toEqual({
      kind: 'unknown',
      reason: `whether "${DATA}" cannot be told: No such key: layout`,
    });
    expect(leftBehind([{ when: 'has(params.layout) && params.layout == 2', what: DATA }], action)).toEqual({
      kind: 'nothing',
    });
  });
});

test.each([
  ['params.version == "3.0.0"', null],
  ['params.version', 'it gives a dyn, a condition gives a bool'],
  ['result > 1', expect.stringContaining('result')],
  ['params.version ==', expect.any(String)],
])('the condition %s is checked when it is written', (condition, fault) => {
  expect(leavesConditionFault(condition)).toEqual(fault);
});
