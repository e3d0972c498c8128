import { describe, expect, test } from 'vitest';
import { covers, describeHold, type HoldScope } from '../../../src/domain/admission/hold.ts';
import { anAction } from '../support.ts';

/** Flushes the cache of catalog in production, for cache-agent. */
const action = anAction();

describe('a hold stops what its scope covers', () => {
  test.each<[string, HoldScope, boolean]>([
    ['everything', { kind: 'everything' }, true],
    ['its agent', { kind: 'agent', agent: 'cache-agent' }, true],
    ['another agent', { kind: 'agent', agent: 'cache' }, false],
    ['its action type', { kind: 'actionType', actionType: 'cache.flush' }, true],
    ['another action type', { kind: 'actionType', actionType: 'version.deploy' }, false],
    ['its service everywhere', { kind: 'service', service: 'catalog' }, true],
    ['its service there', { kind: 'service', service: 'catalog', environment: 'production' }, true],
    ['its service elsewhere', { kind: 'service', service: 'catalog', environment: 'staging' }, false],
    ['another service', { kind: 'service', service: 'cart' }, false],
    ['another service there', { kind: 'service', service: 'cart', environment: 'production' }, false],
  ])('%s', (_, scope, stopped) => {
    expect(covers(scope, action)).toBe(stopped);
  });
});

test.each<[HoldScope, string]>([
  [{ kind: 'everything' }, 'everything'],
  [{ kind: 'agent', agent: 'cache-agent' }, 'the agent cache-agent'],
  [{ kind: 'actionType', actionType: 'cache.flush' }, 'every cache.flush'],
  [{ kind: 'service', service: 'cart' }, 'cart in every environment'],
  [{ kind: 'service', service: 'cart', environment: 'production' }, 'cart in production'],
])('people read what is on hold, since when, by whom and why: %j', (scope, what) => {
  const hold = { id: 'h1', scope, placedBy: 'linus', reason: 'incident 4711', at: Date.UTC(2026, 2, 1, 9) };
  expect(describeHold(hold)).toBe(
    `${what} is on hold since 2026-03-01T09:00:00.000Z, placed by linus: incident 4711`,
  );
});

test('a hold that lets through what people approved says so', () => {
  const scope = { kind: 'agent', agent: 'scaler' } as const;
  const hold = { id: 'h', scope, placedBy: 'the rule burst', reason: 'fifteen in a minute', at: 0 };
  expect(describeHold({ ...hold, autonomousOnly: true })).toBe(
    'what runs by itself of the agent scaler is on hold since 1970-01-01T00:00:00.000Z, placed by the rule burst: fifteen in a minute',
  );
});
