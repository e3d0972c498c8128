import { expect, test } from 'vitest';
import { countByKind, judged } from '../../../src/domain/practice/result.ts';

test.each([
  ['bad', 'deny', 'caught'],
  ['bad', 'approve', 'missed'],
  ['good', 'deny', 'heldUp'],
  ['good', 'approve', 'letRun'],
] as const)('what is %s and got "%s" was %s', (is, verdict, expected) => {
  expect(judged(is, { verdict })).toBe(expected);
});

test('answers are counted by kind: the bad ones first, and of them what was missed most', () => {
  const answer = (kind: string, is: 'good' | 'bad', verdict: 'approve' | 'deny') => ({
    kind,
    is,
    answer: { verdict },
  });
  expect(
    countByKind([
      answer('a small step', 'good', 'approve'),
      answer('an older version', 'bad', 'deny'),
      answer('another service', 'bad', 'approve'),
      answer('an older version', 'bad', 'approve'),
      answer('a small step', 'good', 'deny'),
    ]),
  ).toEqual([
    { kind: 'another service', is: 'bad', decided: 1, right: 0 },
    { kind: 'an older version', is: 'bad', decided: 2, right: 1 },
    { kind: 'a small step', is: 'good', decided: 2, right: 1 },
  ]);
});
