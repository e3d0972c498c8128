import { expect, test } from 'vitest';
import { whyNotReviewed } from '../../../src/domain/approval/review-rules.ts';
import { digestOf } from '../../../src/domain/shared/digest.ts';

const sample = { above: 10, withinMs: 24 * 3_600_000, share: 0.2 };
const LATE = 'f'.repeat(64);
const EARLY = '0'.repeat(64);

test.each([
  [9, LATE, true],
  [10, LATE, false],
  [10, EARLY, true],
  [1_000, EARLY, true],
])('with %d alike before it, %s is looked at: %j', (alike, digest, reviewed) => {
  expect(whyNotReviewed(sample, alike, digest) === undefined).toBe(reviewed);
});

test('what is left out says by which rule', () => {
  expect(whyNotReviewed(sample, 10, LATE)).toBe(
    'more than 10 such actions of this agent ran within 24h: 20 of 100 are looked at, and this one was not drawn',
  );
});

test('about as many are drawn as the share says, and each worker draws the same', () => {
  const digests = Array.from({ length: 5_000 }, (_, n) => digestOf(n));
  const drawn = digests.filter((digest) => whyNotReviewed(sample, 10, digest) === undefined);
  expect(drawn.length / digests.length).toBeCloseTo(0.2, 1);
  expect(digests.filter((digest) => whyNotReviewed(sample, 10, digest) === undefined)).toEqual(drawn);
});

test('a share of 1 is everything', () => {
  expect(whyNotReviewed({ ...sample, share: 1 }, 10, LATE)).toBeUndefined();
});
