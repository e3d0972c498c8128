import { describe, expect, test } from 'vitest';
import type { PastAction } from '../../src/domain/past-action.ts';
import { rollbackDifficultyOf } from '../../src/domain/rollback-difficulty.ts';
import { anAction, aPastAction } from './support.ts';

const action = anAction();
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const worked = (rollbackMs?: number): PastAction['closed'] => ({
  at: 0,
  outcome: 'rolledBack',
  ...(rollbackMs === undefined ? {} : { rollbackMs }),
});
const failed: PastAction['closed'] = { at: 0, outcome: 'rollbackFailed' };
const succeeded: PastAction['closed'] = { at: 0, outcome: 'succeeded' };

/** What these ends make of the next one; the latest is the last. */
function having(ends: readonly PastAction['closed'][], changes: Partial<PastAction> = {}) {
  const past = ends.map((closed, i) =>
    aPastAction({ actionId: `a.${i}`, closed: closed && { ...closed, at: i }, ...changes }),
  );
  return { difficulty: rollbackDifficultyOf(action, {}, past).difficulty, past };
}

describe('the difficulty of taking an action back', () => {
  test.each([
    ['there was no rollback yet', [], 2],
    ['those before succeeded, so that nothing was taken back', [succeeded, succeeded, succeeded], 2],
    ['the only one worked fast', [worked(SECOND)], 1],
    ['two worked fast', [worked(SECOND), worked(SECOND)], 1],
    ['the last three worked within a minute', [worked(MINUTE), worked(SECOND), worked(SECOND)], 0],
    [
      'one of the last three took more than a minute',
      [worked(SECOND), worked(MINUTE + 1), worked(SECOND)],
      1,
    ],
    ['the fourth last was slow', [worked(MINUTE + 1), worked(SECOND), worked(SECOND), worked(SECOND)], 0],
    ['one took just less than a quarter of an hour', [worked(15 * MINUTE - 1)], 1],
    ['one took a quarter of an hour', [worked(15 * MINUTE), worked(SECOND), worked(SECOND)], 2],
    ['nobody timed one of them', [worked(SECOND), worked(), worked(SECOND)], 2],
    ['the last one failed', [worked(SECOND), worked(SECOND), failed], 3],
    ['one of the last three failed', [failed, worked(SECOND), worked(SECOND)], 3],
    ['the fourth last failed', [failed, worked(SECOND), worked(SECOND), worked(SECOND)], 0],
    ['one that was cancelled was taken back', [{ at: 0, outcome: 'cancelled', rollbackMs: SECOND }], 1],
    ['one is not over', [undefined], 2],
    [
      'actions that succeeded came between',
      [worked(1), succeeded, worked(1), succeeded, worked(1), succeeded],
      0,
    ],
  ] satisfies [string, PastAction['closed'][], number][])('when %s', (_, ends, difficulty) => {
    expect(having(ends).difficulty).toBe(difficulty);
  });

  test.each([
    ['of another action type', { actionType: 'config.change' }],
    ['on another target', { target: 'cart' }],
    ['in another environment', { environment: 'staging' }],
    ['of this very action', { actionId: action.id }],
  ])('a rollback %s says nothing', (_, changes) => {
    expect(having([worked(1), worked(1), worked(1)], changes).difficulty).toBe(2);
    expect(having([failed], changes).difficulty).toBe(2);
  });

  test('the order is that of their ends, not that in which they are read', () => {
    const { past } = having([failed, worked(1), worked(1), worked(1)]);
    expect(rollbackDifficultyOf(action, {}, past.toReversed()).difficulty).toBe(0);
  });

  test('what has no rollback is as hard as can be, whatever its record', () => {
    const { past } = having([worked(1), worked(1), worked(1)]);
    expect(rollbackDifficultyOf(anAction({ rollback: undefined }), {}, past)).toEqual({
      difficulty: 4,
      reasons: ['it has no rollback'],
    });
  });

  test.each([
    ['no record', [], 3],
    ['the best record', [worked(1), worked(1), worked(1)], 3],
    ['one that failed', [failed], 4],
  ] satisfies [string, PastAction['closed'][], number][])(
    'a data migration with %s',
    (_, ends, difficulty) => {
      const { past } = having(ends);
      expect(rollbackDifficultyOf(action, { dataMigration: true }, past).difficulty).toBe(difficulty);
    },
  );

  test.each([
    [[], 'no rollback of it has ever run on catalog'],
    [[worked(1_001)], 'its last rollback worked and took at most 2 s on catalog'],
    [[worked(1), failed], '1 of its last 2 rollbacks failed on catalog'],
    [[worked(), worked(1)], 'its last 2 rollbacks worked and took an unknown time on catalog'],
  ] satisfies [PastAction['closed'][], string][])('the record is told to people', (ends, reason) => {
    const { past } = having(ends);
    expect(rollbackDifficultyOf(action, {}, past).reasons).toEqual([
      'its rollback is part of the action',
      reason,
    ]);
  });
});
