import { expect, test } from 'vitest';
import { FLOW, follows } from '../../../src/domain/record/flow.ts';

test('an action does as a change says from the flow on that brought it', () => {
  expect(follows(FLOW, 'asks-whether-to-keep')).toBe(true);
  expect(follows(1, 'asks-whether-to-keep')).toBe(true);
  expect(follows(0, 'asks-whether-to-keep')).toBe(false);
});
