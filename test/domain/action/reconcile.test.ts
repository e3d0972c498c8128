import { describe, expect, test } from 'vitest';
import type { AskedReconcile } from '../../../src/domain/action/action.ts';
import { foundIn, foundText, reconcileConditionFault } from '../../../src/domain/action/reconcile.ts';

const found = (conditions: Pick<AskedReconcile, 'present' | 'absent'>, status: number, text = '') => {
  const ask = { by: 'http', url: 'http://storefront.example', timeoutMs: 1_000 } as const;
  return foundIn({ ask, settleMs: 30_000, ...conditions }, { status, text, summary: `it said ${status}` });
};

const byStatus = { present: 'status == 200', absent: 'status == 404' };
const byState = {
  present: 'status == 200 && answer.state == "done"',
  absent: 'status == 404 && answer.type == "unknown-operation"',
};

describe('an effect that is looked up', () => {
  test.each([
    ['is there where `present` holds', byStatus, 200, '', 'present'],
    ['is not there where `absent` holds', byStatus, 404, '', 'absent'],
    ['is there by what the JSON says', byState, 200, '{"state":"done"}', 'present'],
    ['is not there by what the JSON says', byState, 404, '{"type":"unknown-operation"}', 'absent'],
    ['is there by a text', { present: 'text.trim() == "yes"', absent: 'status == 1' }, 0, 'yes\n', 'present'],
  ] as const)('%s', (_, conditions, status, text, kind) => {
    expect(found(conditions, status, text)).toEqual({ found: kind, summary: `it said ${status}` });
  });

  test.each([
    ['neither condition holds', byStatus, 200 + 2, '', 'neither `present` nor `absent` holds: it said 202'],
    [
      'both conditions hold',
      { present: 'status > 0', absent: 'status > 1' },
      200,
      '',
      'both `present` and `absent` hold: it said 200',
    ],
    [
      'the JSON lacks what a condition asks for',
      { present: 'answer.state == "done"', absent: 'status == 404' },
      404,
      '{}',
      '`present` cannot be judged, No such key: state: it said 404',
    ],
    [
      'the answer is no JSON',
      byState,
      404,
      '<h1>Not Found</h1>',
      '`absent` cannot be judged, the answer is no JSON: it said 404',
    ],
    [
      'the JSON has a member twice',
      byState,
      200,
      '{"state":"done","state":"begun"}',
      '`present` cannot be judged, the answer is no JSON: it said 200',
    ],
  ] as const)('INVARIANT 7: is unknown where %s', (_, conditions, status, text, summary) => {
    expect(found(conditions, status, text)).toEqual({ found: 'unknown', summary });
  });
});

test('what was found is said in one sentence', () => {
  expect(foundText({ found: 'absent', summary: '404 Not Found' })).toBe(
    'it was looked up and is not there: 404 Not Found',
  );
});

test.each([
  ['status ==', 'Unexpected token: EOF'],
  ['status', 'it gives a int, a condition gives a bool'],
  ['baseline > 1.0', 'Unknown variable: baseline'],
])('the condition %s is refused', (condition, problem) => {
  expect(reconcileConditionFault(condition)).toContain(problem);
});
