import { describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import type { ActionType } from '../../../src/domain/installation/installation.ts';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import type { ValueRead } from '../../../src/domain/risk/values-now.ts';
import { changesTo, valuesNow } from '../../../src/domain/risk/values-now.ts';
import { actionTypeWith, aPastAction } from '../support.ts';

const type: ActionType = actionTypeWith({
  name: 'config.change',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      key: { type: 'string' },
      value: { type: 'integer', unit: 'ms', minimum: 1, maximum: 60_000, default: 2_000 },
      note: { type: 'string' },
    },
  },
  current: { key: { selects: true } },
});
const action = {
  id: 'now',
  type: 'config.change',
  target: 'checkout',
  environment: 'production',
  params: { key: 'paymentTimeoutMs', value: 20 },
};
const ran = (changes: Partial<PastAction> = {}): PastAction =>
  aPastAction({
    actionId: 'before',
    actionType: 'config.change',
    target: 'checkout',
    params: { key: 'paymentTimeoutMs', value: 2_500 },
    admittedAt: 100,
    closed: { at: 110, outcome: 'succeeded' },
    ...changes,
  });
const valueNow = (past: readonly PastAction[], readings: Record<string, ValueRead> = {}) =>
  valuesNow(type, action, readings, past).value;

describe('the value that a parameter has now', () => {
  test('is what was read', () => {
    const read = { kind: 'read', value: 2_000, at: 1 } as const;
    expect(valueNow([ran()], { value: read })).toEqual(read);
  });

  test('is otherwise what the last action of its type that succeeded set, with its time and its id', () => {
    const earlier = ran({
      actionId: 'earlier',
      admittedAt: 50,
      closed: { at: 60, outcome: 'succeeded' },
      params: { key: 'paymentTimeoutMs', value: 1 },
    });
    const lastSet = { kind: 'lastSet', value: 2_500, at: 110, actionId: 'before' };
    expect(valueNow([earlier, ran()])).toEqual(lastSet);
    expect(valueNow([ran(), earlier])).toEqual(lastSet);
  });

  test('is then known to be no reading where a source is declared', () => {
    expect(valueNow([ran()], { value: { kind: 'unknown', reason: 'it is away' } })).toMatchObject({
      kind: 'lastSet',
      unread: 'it is away',
    });
    expect(valueNow([], { value: { kind: 'unknown', reason: 'it is away' } })).toEqual({
      kind: 'unknown',
      reason: 'it is away',
    });
  });

  test.each<[string, Partial<PastAction>]>([
    ['on another target', { target: 'cart' }],
    ['in another environment', { environment: 'staging' }],
    ['of another type', { actionType: 'instances.scale' }],
    ['that is this action', { actionId: 'now' }],
    ['that never ran', { admittedAt: undefined, closed: { at: 110, outcome: 'expired' } }],
    ['that named something else', { params: { key: 'maxItems', value: 50 } }],
    ['whose parameters nobody recorded', { params: undefined }],
  ])('is not what an action set %s', (_, changes) => {
    expect(valueNow([ran(changes)])).toEqual({
      kind: 'unknown',
      reason: 'no source is declared for it, and no config.change set it here before',
    });
  });

  const later = { actionId: 'later', admittedAt: 200 };
  test.each(
    OUTCOMES.filter(
      (outcome) => !['succeeded', 'rollbackFailed', 'rollbackUnverified', 'lost'].includes(outcome),
    ),
  )('is as before an action that ended as %s', (outcome) => {
    expect(valueNow([ran(), ran({ ...later, closed: { at: 210, outcome } })])).toMatchObject({
      actionId: 'before',
    });
  });

  test.each([
    ['that is not over', undefined, 'later has run, and is not over'],
    [
      'whose rollback was not verified',
      { at: 210, outcome: 'rollbackUnverified' },
      'later ended as rollbackUnverified',
    ],
    ['whose rollback failed', { at: 210, outcome: 'rollbackFailed' }, 'later ended as rollbackFailed'],
    ['that is lost', { at: 210, outcome: 'lost' }, 'later ended as lost'],
  ] as const)('INVARIANT 7: is not known after an action %s', (_, closed, reason) => {
    expect(valueNow([ran(), ran({ ...later, closed })])).toEqual({ kind: 'unknown', reason });
  });
});

describe('what an action makes of its parameters', () => {
  test('says what its schema says, in the order of the schema', () => {
    const params = { note: 'a', value: 20, key: 'paymentTimeoutMs' };
    expect(changesTo(type, params, { value: { kind: 'read', value: 2_000, at: 1 } })).toEqual([
      {
        parameter: 'value',
        to: 20,
        from: { kind: 'read', value: 2_000, at: 1 },
        unit: 'ms',
        minimum: 1,
        maximum: 60_000,
        default: 2_000,
      },
      { parameter: 'note', to: 'a', from: { kind: 'unknown', reason: 'nobody read it' } },
    ]);
  });

  test('leaves out what only says what is changed, what is not given, and what is very long', () => {
    expect(changesTo(type, { key: 'maxItems', note: 'x'.repeat(600) }, {})).toEqual([]);
  });
});
