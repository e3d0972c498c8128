import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import { REPORTED } from '../../../src/domain/action/reported.ts';
import { accuracyOf } from '../../../src/domain/learning/accuracy.ts';
import { accuracyText } from '../../../src/domain/learning/accuracy-text.ts';
import { found, many, missed, watched, wrongly } from './support.ts';

const MINUTE = 60_000;

test('what a watch found, missed and found wrongly is told apart, with the time it took', () => {
  const late = missed(14 * MINUTE);
  const early = missed(9 * MINUTE);
  const wrong = wrongly();
  const [accuracy] = accuracyOf([...many(5), late, early, wrong, found(4_000), found(20_000), found(6_000)]);
  expect(accuracy).toMatchObject({
    actionType: 'version.deploy',
    ran: 11,
    watched: 11,
    found: 3,
    medianDetectionMs: 6_000,
    missed: [
      { actionId: early.actionId, afterMs: 9 * MINUTE, endedMs: 6_000 },
      { actionId: late.actionId, afterMs: 14 * MINUTE, endedMs: 6_000 },
    ],
    falseRollbacks: [{ actionId: wrong.actionId, reason: expect.stringContaining('error-ratio failed') }],
  });
});

test('an expected risk is told beside what happened: a rollback that was wrong is nothing that went wrong', () => {
  const [accuracy] = accuracyOf([
    watched({ risk: 10 }),
    missed(MINUTE, { risk: 25 }),
    watched({ risk: 49 }),
    found(MINUTE, { risk: 80 }),
    wrongly({ risk: 100 }),
  ]);
  expect(accuracy?.byRisk).toEqual([
    { from: 0, to: 25, ran: 1, wrong: 0 },
    { from: 25, to: 50, ran: 2, wrong: 1 },
    { from: 75, to: 100, ran: 2, wrong: 1 },
  ]);
});

test('each action type is told on all targets, and then on each', () => {
  const accuracies = accuracyOf([
    watched({ target: 'search' }),
    watched({ actionType: 'cache.flush', verdict: undefined }),
    watched(),
  ]);
  expect(accuracies.map(({ actionType, target, ran, watched: of }) => [actionType, target, ran, of])).toEqual(
    [
      ['cache.flush', undefined, 1, 0],
      ['cache.flush', 'checkout', 1, 0],
      ['version.deploy', undefined, 2, 2],
      ['version.deploy', 'checkout', 1, 1],
      ['version.deploy', 'search', 1, 1],
    ],
  );
  expect(accuracies[0]).not.toHaveProperty('medianDetectionMs', expect.any(Number));
});

test('it is one line for people', () => {
  const [accuracy] = accuracyOf([...many(2), missed(9 * MINUTE), found(6_000)]);
  expect(accuracy && accuracyText(accuracy)).toBe(
    'version.deploy ran 4 times, 4 watched. Regressions found: 1, half of them within 6 seconds; missed: 1; false rollbacks: 0. Went wrong by risk score: 25 to 50: 2 of 4.',
  );
});

test('no action is counted twice, whatever happened: the parts make up the whole', () => {
  const action = fc.record({
    actionType: fc.constantFrom('a', 'b'),
    target: fc.constantFrom('x', 'y'),
    risk: fc.integer({ min: 0, max: 100 }),
    outcome: fc.constantFrom(...OUTCOMES),
    verdict: fc.constantFrom('healthy', 'regressed', 'error', undefined),
    reported: fc.option(fc.record({ found: fc.constantFrom(...REPORTED), at: fc.nat() }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(action), (changes) => {
      const accuracies = accuracyOf(changes.map((each) => watched(each)));
      const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
      const [whole, parts] = [true, false].map((isWhole) =>
        accuracies.filter(({ target }) => (target === undefined) === isWhole),
      );
      for (const key of ['ran', 'watched', 'found'] as const)
        expect(sum((whole ?? []).map((each) => each[key]))).toBe(sum((parts ?? []).map((each) => each[key])));
      expect(sum((whole ?? []).map(({ ran }) => ran))).toBe(changes.length);
      for (const { ran, byRisk } of accuracies) expect(sum(byRisk.map((band) => band.ran))).toBe(ran);
    }),
  );
});
