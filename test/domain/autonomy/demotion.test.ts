import { describe, expect, test } from 'vitest';
import { OUTCOMES, type OutcomeKind } from '../../../src/domain/action/outcome.ts';
import type { ReviewResult } from '../../../src/domain/approval/review-result.ts';
import {
  demotionByAnomaly,
  demotionByOutcome,
  demotionByReport,
  demotionByReview,
} from '../../../src/domain/autonomy/demotion.ts';
import { keyOf } from '../../../src/domain/autonomy/standing.ts';
import { anAction } from '../support.ts';

const action = anAction();
const ended = (kind: OutcomeKind) => ({ kind, reason: 'errors' });
const costs = { kind: 'demoted', key: keyOf(action), actionId: action.id };
const DISAGREED: ReviewResult = { kind: 'disagreed', by: 'grace', reason: 'not at noon' };
const WENT_WRONG = ['rolledBack', 'rollbackFailed'];

describe('how an action ended', () => {
  test.each(OUTCOMES)('%s', (kind) => {
    const expected = WENT_WRONG.includes(kind) ? { ...costs, because: kind, reason: 'errors' } : undefined;
    expect(demotionByOutcome(action, ended(kind))).toEqual(expected);
  });
});

test('an action over a limit of its agent costs a level, and without an anomaly nothing is lost', () => {
  const reason = 'at most 2 actions may run within 1h per agent';
  expect(demotionByAnomaly(action, reason)).toEqual({ ...costs, because: 'anomaly', reason });
  expect(demotionByAnomaly(action, undefined)).toBeUndefined();
});

describe('what its reviewer said', () => {
  test.each<[string, ReviewResult]>([
    ['agreed', { kind: 'agreed', by: ['grace'] }],
    ['nothing in time', { kind: 'overdue' }],
  ])('%s costs nothing', (_, result) => {
    for (const kind of OUTCOMES) expect(demotionByReview(action, ended(kind), result, [])).toBeUndefined();
  });

  test.each(OUTCOMES)('disagreed, after %s: one action costs one level', (kind) => {
    const reason = 'grace would have decided otherwise: not at noon';
    expect(demotionByReview(action, ended(kind), DISAGREED, [])).toEqual(
      WENT_WRONG.includes(kind) ? undefined : { ...costs, because: 'disagreed', reason },
    );
  });

  test('disagreed without a reason', () => {
    const { reason } = demotionByReview(action, ended('succeeded'), { ...DISAGREED, reason: '' }, []) ?? {};
    expect(reason).toBe('grace would have decided otherwise');
  });

  test('disagreed, after a person reported the same action: one action costs one level', () => {
    expect(demotionByReview(action, ended('succeeded'), DISAGREED, ['regressed'])).toBeUndefined();
    expect(demotionByReview(action, ended('succeeded'), DISAGREED, ['rollbackWrong'])).toBeDefined();
  });
});

test('an action that a person reported as regressed costs a level, and a rollback that was wrong gives none back', () => {
  const report = { person: 'grace', reason: 'carts were empty' } as const;
  expect(demotionByReport(action, { ...report, found: 'regressed' })).toEqual({
    ...costs,
    because: 'regressed',
    reason: 'grace reported it: carts were empty',
  });
  expect(demotionByReport(action, { ...report, found: 'rollbackWrong' })).toBeUndefined();
});
