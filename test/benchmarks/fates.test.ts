import { expect, test } from 'vitest';
import { decisionsIn, outcomesIn, problemsIn, seenBy } from '../../benchmarks/fates.ts';

const ONCE = { effects: new Map([['a', 1]]), counts: { effects: 1, reads: 0 } };
const GOOD = { ms: 100, isKept: false, leftMs: 5_000, outcome: 'succeeded' };

test('an action that the target saw once is neither lost nor there twice', () => {
  const seen = seenBy(ONCE, ['a']);
  expect(seen).toEqual({ effects: 1, lost: [], twice: 0 });
  expect(problemsIn([GOOD], seen)).toEqual([]);
});

test('an action whose effect the target never saw is lost', () => {
  const seen = seenBy(ONCE, ['a', 'b']);
  expect(seen).toEqual({ effects: 1, lost: ['b'], twice: 0 });
  expect(problemsIn([GOOD, GOOD], seen)).toEqual(['b is lost: the target saw no effect of it']);
});

test('an effect that was asked for again is reported', () => {
  const seen = seenBy({ ...ONCE, counts: { effects: 3, reads: 0 } }, ['a']);
  expect(problemsIn([GOOD], seen)).toEqual(['the target was asked 2 times more than there were effects']);
});

test('what went wrong is named, the first five of each kind', () => {
  const fates = Array.from({ length: 7 }, (_, n) => ({ problem: `action ${n} ended expired` }));
  expect(problemsIn(fates, seenBy(ONCE, ['a']))).toEqual([
    ...fates.slice(0, 5).map(({ problem }) => problem),
    'and 2 more like these',
  ]);
});

test('a decision that was only kept is not one that was answered, and each end is counted', () => {
  const kept = { ms: 10_000, isKept: true, leftMs: 3_000, outcome: 'succeeded' };
  const unanswered = { problem: 'no answer' };
  expect(decisionsIn([GOOD, kept, unanswered])).toEqual({
    answered: 1,
    kept: 1,
    p50: 100,
    p99: 10_000,
    longest: 10_000,
    leastLeftMs: 3_000,
  });
  expect(outcomesIn([GOOD, kept, unanswered])).toEqual({ succeeded: 2, 'not known': 1 });
});
