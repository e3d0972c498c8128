import { describe, expect, test } from 'vitest';
import { type Asking, neighboursOf, type Situation, whatStops } from '../../src/domain/admission.ts';
import type { Hold } from '../../src/domain/hold.ts';
import type { Limit } from '../../src/domain/limits.ts';
import { testInstallation } from '../support/installation.ts';
import { anAction } from './support.ts';

const action = anAction({ id: 'own' });
const RATE: Limit = { kind: 'rate', per: ['agent'], atMost: 1, withinMs: 100 };
const HOLD: Hold = {
  ...{ id: 'h1', scope: { kind: 'everything' }, placedBy: 'linus', reason: 'incident', at: 0 },
};

const asking = (changes: Partial<Asking> = {}): Asking => ({ action, at: 1_000, limits: [], ...changes });

/** Who runs on which target; nothing else is in the way. */
function situation(holders: Readonly<Record<string, string>>, changes: Partial<Situation> = {}): Situation {
  return { holds: [], holderOf: (target) => holders[target] ?? null, recent: [], risk: 0, ...changes };
}

const another = {
  ...{ actionId: 'other', agent: action.agent, actionType: 'cache.flush', target: 'cart' },
  ...{ environment: 'production', risk: 0, admittedAt: 990 },
};

test('where nothing is in the way an action runs', () => {
  expect(whatStops(asking({ limits: [RATE] }), situation({}))).toBeUndefined();
});

test('INVARIANT 8: an action that another one is in the way of does not run', () => {
  expect(whatStops(asking(), situation({ 'production/catalog': 'other' }))).toEqual({
    kind: 'busy',
    reason: 'other runs on production/catalog',
  });
  expect(whatStops(asking(), situation({ 'staging/catalog': 'other' }))).toBeUndefined();
});

test('a hold comes before everything else, even for what has its target already', () => {
  const full = situation({ 'production/catalog': 'own' }, { holds: [HOLD], recent: [another] });
  expect(whatStops(asking({ limits: [RATE] }), full)).toMatchObject({ kind: 'held' });
});

test('an action that has its target already does not count against itself', () => {
  const own = situation({ 'production/catalog': 'own', 'production/cart': 'x' }, { recent: [another] });
  const neighbourhood = { atOnce: 1, targets: ['production/cart'] };
  expect(whatStops(asking({ limits: [RATE], neighbourhood }), own)).toBeUndefined();
});

test('a limit that is used up stops it, until there is room', () => {
  expect(whatStops(asking({ limits: [RATE] }), situation({}, { recent: [another] }))).toMatchObject({
    kind: 'limited',
    freeAt: 1_090,
  });
});

test('a budget looks at the risk as the action was ruled', () => {
  const limits: Limit[] = [{ kind: 'budget', per: ['agent'], risk: 50, withinMs: 100 }];
  expect(whatStops(asking({ limits }), situation({}, { risk: 50 }))).toBeUndefined();
  expect(whatStops(asking({ limits }), situation({}, { risk: 51 }))).toMatchObject({ kind: 'limited' });
});

describe('of services that need each other', () => {
  const targets = ['production/cart', 'production/web'];
  test.each([
    [1, {}, false],
    [1, { 'production/cart': 'a' }, true],
    [1, { 'production/search': 'a' }, false],
    [2, { 'production/cart': 'a' }, false],
    [2, { 'production/cart': 'a', 'production/web': 'b' }, true],
    [3, { 'production/cart': 'a', 'production/web': 'b' }, false],
  ])('at most %i run at once: beside %j it is stopped: %s', (atOnce, holders, stopped) => {
    const stop = whatStops(asking({ neighbourhood: { atOnce, targets } }), situation(holders));
    expect(stop?.kind).toBe(stopped ? 'busy' : undefined);
  });

  test('the reason names who runs where', () => {
    const neighbourhood = { atOnce: 1, targets };
    expect(whatStops(asking({ neighbourhood }), situation({ 'production/web': 'b' }))?.reason).toBe(
      'at most 1 may run at once among services that need each other, and b runs on production/web beside production/catalog',
    );
  });
});

describe('the neighbours of a service', () => {
  const { installation } = testInstallation();
  test.each([
    ['catalog', ['production/cart']],
    ['cart', ['production/catalog', 'production/checkout']],
    ['checkout', ['production/cart', 'production/web']],
    ['gone', []],
  ])('%s are what it needs and what needs it, directly', (target, neighbours) => {
    expect(neighboursOf(installation, { target, environment: 'production' })).toEqual(neighbours);
  });

  test('are in its environment, and not itself', () => {
    const loop = { name: 'loop', owner: 'user:ada', serviceTier: 1 as const, dependsOn: ['loop'] };
    expect(neighboursOf({ services: { loop } }, { target: 'loop', environment: 'staging' })).toEqual([]);
    expect(neighboursOf(installation, { target: 'web', environment: 'staging' })).toEqual([
      'staging/checkout',
    ]);
  });
});
