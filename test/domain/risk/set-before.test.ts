import { expect, test } from 'vitest';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { setBefore } from '../../../src/domain/risk/set-before.ts';
import { actionTypeWith, aPastAction } from '../support.ts';

const type = actionTypeWith({
  name: 'config.change',
  parameters: { type: 'object', properties: { key: { type: 'string' }, value: { type: 'integer' } } },
  current: { key: { selects: true } },
});
const action = {
  id: 'now',
  type: 'config.change',
  target: 'checkout',
  environment: 'production',
  params: { key: 'queueLimit', value: 900 },
};
let runs = 0;
const set = (value: number | string, changes: Partial<PastAction> = {}): PastAction => {
  runs += 1;
  return aPastAction({
    actionId: `before-${runs}`,
    actionType: 'config.change',
    target: 'checkout',
    params: { key: 'queueLimit', value },
    admittedAt: runs,
    closed: { at: runs, outcome: 'succeeded' },
    ...changes,
  });
};
const rangeOf = (...past: readonly PastAction[]) => setBefore(type, action, 'value', past);

test('the range is from the least to the greatest that was set, with how often', () => {
  expect(rangeOf(set(200), set(50), set(120))).toEqual({ least: 50, most: 200, times: 3 });
});

test.each<[string, Partial<PastAction>]>([
  ['that did not succeed', { closed: { at: 1, outcome: 'rolledBack' } }],
  ['that is not over', { closed: undefined }],
  ['on another target', { target: 'cart' }],
  ['in another environment', { environment: 'staging' }],
  ['of another type', { actionType: 'instances.scale' }],
  ['of another setting', { params: { key: 'maxItems', value: 9_000 } }],
  ['of which the parameters were not recorded', { params: undefined }],
  ['that is this one', { actionId: 'now' }],
])('an action %s does not count', (_, changes) => {
  expect(rangeOf(set(100), set(9_000, changes))).toEqual({ least: 100, most: 100, times: 1 });
});

test('what is no number does not count, and without any number there is no range', () => {
  expect(rangeOf(set(100), set('200'))).toEqual({ least: 100, most: 100, times: 1 });
  expect(rangeOf(set('200'))).toBeUndefined();
  expect(rangeOf()).toBeUndefined();
});

test('it is told when each was greater, or each was less, than the one before, in the order in which they ran', () => {
  const [one, two, three] = [set(1), set(2), set(3)];
  expect(rangeOf(three, one, two)).toMatchObject({ always: 'greater' });
  expect(rangeOf(set(3), set(2), set(1))).toMatchObject({ always: 'less' });
  expect(rangeOf(set(1), set(2), set(2))).not.toHaveProperty('always');
});
