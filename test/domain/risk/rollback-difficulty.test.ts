import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { assessImpact } from '../../../src/domain/risk/impact.ts';
import { rollbackDifficultyOf } from '../../../src/domain/risk/rollback-difficulty.ts';
import { testInstallation } from '../../support/installation.ts';
import { actionTypeWith, anAction, aPastAction, calmFacts } from '../support.ts';

const { installation } = testInstallation();

const action = anAction();
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const WENT_WRONG_ONCE =
  'cache.flush on catalog went wrong once: it failed or was taken back, and 10 that succeed outweigh that';

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
  return { ...rollbackDifficultyOf(action, {}, past), past };
}

/** So many that succeeded. */
const successes = (count: number) => Array.from({ length: count }, () => succeeded);

describe('the difficulty of taking an action back', () => {
  test.each([
    ['there was no rollback yet', [], 2],
    ['those before succeeded, so that nothing was taken back', successes(3), 2],
    ['the only one worked fast', [worked(SECOND)], 2],
    ['the last three worked fast', [worked(SECOND), worked(SECOND), worked(SECOND)], 2],
    ['one took just less than an hour', [worked(HOUR - 1)], 2],
    ['one took an hour', [worked(HOUR), worked(SECOND), worked(SECOND)], 3],
    ['nobody timed one of them', [worked(SECOND), worked(), worked(SECOND)], 3],
    ['the last one failed', [worked(SECOND), worked(SECOND), failed], 3],
    ['others worked after one that failed', [failed, ...[1, 2, 3, 4].map(() => worked(SECOND))], 3],
    ['nine succeeded after one that failed', [failed, ...successes(9)], 3],
    ['ten succeeded after one that failed', [failed, ...successes(10)], 2],
    ['one that was cancelled was taken back slowly', [{ at: 0, outcome: 'cancelled', rollbackMs: HOUR }], 3],
    ['one is not over', [undefined], 2],
  ] satisfies [string, PastAction['closed'][], number][])('when %s', (_, ends, difficulty) => {
    expect(having(ends).difficulty).toBe(difficulty);
  });

  test.each([
    ['of another action type', { actionType: 'config.change' }],
    ['on another target', { target: 'cart' }],
    ['in another environment', { environment: 'staging' }],
    ['of this very action', { actionId: action.id }],
  ])('a rollback %s says nothing', (_, changes) => {
    expect(having([failed], changes)).toMatchObject({ difficulty: 2, wentWrong: 0 });
  });

  test('the order is that of their ends, not that in which they are read', () => {
    const { past } = having([failed, ...successes(10)]);
    expect(rollbackDifficultyOf(action, {}, past.toReversed()).difficulty).toBe(2);
  });

  test('what has no rollback is as hard as can be, whatever its record', () => {
    const { past } = having(successes(20));
    expect(rollbackDifficultyOf(anAction({ rollback: undefined }), {}, past)).toEqual({
      difficulty: 4,
      wentWrong: 0,
      reasons: ['it has no rollback'],
    });
  });

  test.each([
    ['no record', [], 3],
    ['the best record', successes(20), 3],
    ['one that failed', [failed], 4],
  ] satisfies [string, PastAction['closed'][], number][])(
    'a data migration with %s',
    (_, ends, difficulty) => {
      const { past } = having(ends);
      expect(rollbackDifficultyOf(action, { dataMigration: true }, past).difficulty).toBe(difficulty);
    },
  );

  test.each([
    [[], ['no rollback of it ran lately on catalog']],
    [[worked(1_001)], ['its last rollback worked and took at most 2 s on catalog', WENT_WRONG_ONCE]],
    [
      [worked(1), failed],
      [
        '1 of its last 2 rollbacks failed on catalog',
        'cache.flush on catalog went wrong 2 times: it failed or was taken back, and 10 that succeed outweigh that',
      ],
    ],
    [[{ at: 0, outcome: 'failed' }], ['no rollback of it ran lately on catalog', WENT_WRONG_ONCE]],
  ] satisfies [PastAction['closed'][], string[]][])('the record is told to people', (ends, reasons) => {
    const { past } = having(ends);
    expect(rollbackDifficultyOf(action, {}, past).reasons).toEqual([
      'its rollback is part of the action',
      ...reasons,
    ]);
  });
});

describe('what went wrong', () => {
  test.each([
    ['what was taken back', [worked(1), failed, { at: 0, outcome: 'revoked', rollbackMs: 1 }], 3],
    ['what failed', [{ at: 0, outcome: 'failed' }], 1],
    [
      'nothing that never ran',
      [
        { at: 0, outcome: 'deniedByPerson' },
        { at: 0, outcome: 'expired' },
      ],
      0,
    ],
    ['nothing that ten successes outweigh', [worked(1), failed, ...successes(10), worked(1)], 1],
  ] satisfies [string, PastAction['closed'][], number][])('counts %s', (_, ends, count) => {
    expect(having(ends).wentWrong).toBe(count);
  });
});

describe('a worse record', () => {
  const end = fc.constantFrom(succeeded, worked(SECOND), worked(HOUR), worked(), failed);
  const ends = fc.array(end, { maxLength: 40 });
  /** What it makes of the score and of the cost. */
  const weightOf = (record: readonly PastAction['closed'][], dataMigration: boolean) => {
    const { actionTypes } = installation;
    const type = actionTypeWith({ ...actionTypes['cache.flush'], dataMigration });
    const priced = testInstallation({
      services: {
        catalog: {
          name: 'catalog',
          owner: 'group:catalog-team',
          serviceTier: 3,
          dependsOn: [],
          costPerHour: 100,
        },
      },
    }).installation;
    const { riskScore, costs } = assessImpact(
      priced,
      { action, type },
      { past: having(record).past, live: calmFacts.live },
    );
    return { riskScore, beingWrong: costs.beingWrong ?? 0 };
  };
  const expectNoBetter = (
    worse: readonly PastAction['closed'][],
    than: readonly PastAction['closed'][],
    dataMigration: boolean,
  ) => {
    const [worseWeight, weight] = [weightOf(worse, dataMigration), weightOf(than, dataMigration)];
    expect(worseWeight.riskScore).toBeGreaterThanOrEqual(weight.riskScore);
    expect(worseWeight.beingWrong).toBeGreaterThanOrEqual(weight.beingWrong);
  };

  test('three rollbacks in a row raise the risk, and lower no cost', () => {
    const [before, after] = [weightOf([], false), weightOf([worked(1), worked(1), worked(1)], false)];
    expect(after.riskScore).toBe(before.riskScore + 12);
    expect(after.beingWrong).toBe(before.beingWrong);
  });

  test('with one more that was taken back or failed never lowers the score or the cost', () => {
    const wrong = fc.constantFrom(worked(SECOND), worked(HOUR), worked(), failed);
    fc.assert(
      fc.property(ends, fc.nat(), wrong, fc.boolean(), (record, at, more, migrates) => {
        expectNoBetter(record.toSpliced(at % (record.length + 1), 0, more), record, migrates);
      }),
    );
  });

  test('with one success less, or one that went wrong in its place, never lowers the score or the cost', () => {
    fc.assert(
      fc.property(ends, fc.nat(), fc.boolean(), (record, at, migrates) => {
        const i = at % Math.max(1, record.length);
        if (record[i] !== succeeded) return;
        expectNoBetter(record.toSpliced(i, 1), record, migrates);
        for (const wrong of [worked(SECOND), failed]) {
          expectNoBetter(record.with(i, wrong), record, migrates);
          expectNoBetter(record.with(i, failed), record.with(i, wrong), migrates);
        }
      }),
    );
  });
});
