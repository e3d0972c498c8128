import { expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';

test('there are fifteen outcomes, none of them twice', () => {
  expect(OUTCOMES).toHaveLength(15);
  expect(new Set(OUTCOMES).size).toBe(15);
});

test('a time-out, a message that nobody got and a denial are outcomes of their own', () => {
  expect(OUTCOMES).toEqual(
    expect.arrayContaining(['expired', 'undeliverable', 'deniedByPerson', 'deniedByPolicy']),
  );
});
