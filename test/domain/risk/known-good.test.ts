import { describe, expect, test } from 'vitest';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { notKnownGood, whyNotUndone } from '../../../src/domain/risk/known-good.ts';
import { actionTypeWith, anAction, aPastAction } from '../support.ts';

const type = actionTypeWith({
  name: 'version.deploy',
  parameters: { type: 'object', properties: { version: { type: 'string' } } },
});
const action = {
  id: 'now',
  type: 'version.deploy',
  target: 'checkout',
  environment: 'production',
  params: { version: '2.0.0' },
};

type Closed = NonNullable<PastAction['closed']>;
const healthy: Closed = { at: 0, outcome: 'succeeded', foundHealthy: true };
const unwatched: Closed = { at: 0, outcome: 'succeeded' };
const rolledBack: Closed = { at: 0, outcome: 'rolledBack', reason: 'errors', rollbackMs: 1 };
const failed: Closed = { at: 0, outcome: 'rollbackFailed' };

/** One that set 1.9.0 and ended so; the later ones are the last. */
const ended = (closed: Closed | undefined, at: number, changes: Partial<PastAction> = {}): PastAction =>
  aPastAction({
    actionId: `deploy-agent.${at}`,
    actionType: 'version.deploy',
    target: 'checkout',
    params: { version: '1.9.0' },
    admittedAt: at,
    closed: closed && { ...closed, at },
    ...changes,
  });
const notGoodAfter = (...past: readonly PastAction[]) => notKnownGood(type, action, 'version', '1.9.0', past);
const having = (...ends: readonly (Closed | undefined)[]) =>
  notGoodAfter(...ends.map((end, i) => ended(end, i + 1)));

describe('a value is not known to be good', () => {
  test.each<[string, Closed]>([
    ['was rolled back', rolledBack],
    ['could not be rolled back', failed],
    ['was rolled back, and its metrics were not back', { at: 0, outcome: 'rollbackUnverified' }],
    ['was cancelled while it ran', { at: 0, outcome: 'cancelled', rollbackMs: 1 }],
    ['was revoked while it ran', { at: 0, outcome: 'revoked', rollbackMs: 1 }],
    ['was lost', { at: 0, outcome: 'lost' }],
  ])('when the last action that set it %s', (_, closed) => {
    expect(having(healthy, closed)).toMatchObject({
      actionId: 'deploy-agent.2',
      at: 2,
      outcome: closed.outcome,
    });
  });

  test('when people reported that its watch had missed a regression', () => {
    const reported = { found: 'regressed', at: 9 } as const;
    expect(notGoodAfter(ended(healthy, 1, { reported }))).toMatchObject({ outcome: 'succeeded' });
    expect(
      notGoodAfter(ended(healthy, 1, { reported: { ...reported, found: 'rollbackWrong' } })),
    ).toBeUndefined();
  });

  test('and the reason on record comes with it', () => {
    expect(having(rolledBack)).toEqual({
      actionId: 'deploy-agent.1',
      at: 1,
      outcome: 'rolledBack',
      reason: 'errors',
    });
  });

  test.each<[string, (Closed | undefined)[]]>([
    ['one that nothing watched', [rolledBack, unwatched]],
    ['one that is not over', [rolledBack, undefined]],
    ['one that was refused and had no effect', [rolledBack, { at: 0, outcome: 'failed' }]],
    ['one that was cancelled before it ran', [rolledBack, { at: 0, outcome: 'cancelled' }]],
  ])('and %s does not make it good again', (_, ends) => {
    expect(having(...ends)).toMatchObject({ actionId: 'deploy-agent.1' });
  });
});

describe('nothing is said against a value', () => {
  test.each<[string, (Closed | undefined)[]]>([
    ['that no action set', []],
    ['that a watch found healthy', [healthy]],
    ['that a later watch found healthy', [failed, rolledBack, healthy]],
    ['that an action set which nothing watched', [unwatched]],
    ['of which the action is not over: it has the target, and is looked at again', [undefined]],
    ['of which the action had no effect', [{ at: 0, outcome: 'failed' }]],
    ['of which the action was cancelled before it ran', [{ at: 0, outcome: 'cancelled' }]],
  ])('%s', (_, ends) => {
    expect(having(...ends)).toBeUndefined();
  });

  test.each<[string, Partial<PastAction>]>([
    ['another value', { params: { version: '1.8.0' } }],
    ['the value on another target', { target: 'cart' }],
    ['the value in another environment', { environment: 'staging' }],
    ['the value by another type', { actionType: 'version.pin' }],
    ['the value and never ran', { admittedAt: undefined }],
    ['the value and is this very action', { actionId: 'now' }],
  ])('by an action that set %s', (_, changes) => {
    expect(notGoodAfter(ended(rolledBack, 1, changes))).toBeUndefined();
  });
});

test('only the setting that is named counts, where a parameter names what is changed', () => {
  const config = actionTypeWith({
    name: 'config.change',
    parameters: { type: 'object', properties: { key: { type: 'string' }, value: { type: 'integer' } } },
    current: { key: { selects: true } },
  });
  const change = { ...action, type: 'config.change', params: { key: 'queueLimit', value: 9 } };
  const past = (key: string) =>
    ended(rolledBack, 1, { actionType: 'config.change', params: { key, value: 5 } });
  expect(notKnownGood(config, change, 'value', 5, [past('queueLimit')])).toBeDefined();
  expect(notKnownGood(config, change, 'value', 5, [past('maxItems')])).toBeUndefined();
});

describe('why taking an action back undoes nothing', () => {
  const found = { actionId: 'deploy-agent.1', at: Date.UTC(2026, 2, 1), outcome: 'rolledBack' } as const;
  const read = { kind: 'read', value: '1.9.0', at: 1 } as const;
  const changes = [{ parameter: 'version', to: '2.0.0', from: { ...read, notKnownGood: found } }];

  test('is that it has no rollback, whatever else is known', () => {
    expect(whyNotUndone(anAction({ rollback: undefined }), changes)).toBe('it has no rollback');
  });

  test('is that it leads to what is not known to be good', () => {
    expect(whyNotUndone(anAction(), changes)).toBe(
      'its rollback leads to version "1.9.0", which is not known to be good: the action that set it last was rolled back on 2026-03-01',
    );
  });

  test('is nothing, where it leads to what nothing is said against, or to what nobody knows', () => {
    const unknown = { kind: 'unknown', reason: 'nobody read it' } as const;
    expect(whyNotUndone(anAction(), [{ parameter: 'version', to: '2.0.0', from: read }])).toBeUndefined();
    expect(whyNotUndone(anAction(), [{ parameter: 'version', to: '2.0.0', from: unknown }])).toBeUndefined();
    expect(whyNotUndone(anAction(), undefined)).toBeUndefined();
  });
});
