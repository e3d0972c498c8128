import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hold } from '../../../src/domain/admission/hold.ts';
import type { Limit } from '../../../src/domain/admission/limits.ts';
import {
  type AdmissionRequest,
  type Situation,
  whatStops,
} from '../../../src/domain/admission/what-stops.ts';
import { dependentsOf, neighbourhoodOf } from '../../../src/domain/risk/blast-radius.ts';
import { testInstallation } from '../../support/installation.ts';
import { anAction } from '../support.ts';

const action = anAction({ id: 'own' });
const RATE: Limit = { kind: 'rate', per: ['agent'], atMost: 1, withinMs: 100 };
const HOLD: Hold = {
  id: 'h1',
  scope: { kind: 'everything' },
  placedBy: 'linus',
  reason: 'incident',
  at: 0,
};

const asking = (changes: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  action,
  at: 1_000,
  limits: [],
  ...changes,
});

/** Who runs on which target; nothing else is in the way. */
function situation(holders: Readonly<Record<string, string>>, changes: Partial<Situation> = {}): Situation {
  return { holds: [], holderOf: (target) => holders[target] ?? null, recent: [], risk: 0, ...changes };
}

const another = {
  actionId: 'other',
  agent: action.agent,
  actionType: 'cache.flush',
  target: 'cart',
  environment: 'production',
  risk: 0,
  admittedAt: 990,
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

describe('an action that takes another one back', () => {
  const takingBack = anAction({ id: 'own', takesBack: { actionId: 'first', digest: 'd', admittedAt: 500 } });
  const since = (changes: object) =>
    whatStops(
      asking({ action: takingBack }),
      situation({}, { recent: [{ ...another, target: 'catalog', ...changes }] }),
    );

  test('does not run where another one ran on its target since', () => {
    expect(since({})).toEqual({ kind: 'overtaken', reason: expect.stringMatching(/^other ran there at /) });
    expect(since({ closed: { at: 995, outcome: 'succeeded' } })).toMatchObject({ kind: 'overtaken' });
  });

  test.each([
    ['ran before it', { admittedAt: 500 }],
    ['ran elsewhere', { target: 'cart' }],
    ['ran in another environment', { environment: 'staging' }],
    ['changed nothing', { closed: { at: 995, outcome: 'failed' } }],
    ['is itself', { actionId: 'own' }],
  ])('runs where the other one %s', (_, changes) => {
    expect(since(changes)).toBeUndefined();
  });

  test('no other action is stopped by what ran before', () => {
    const ran = situation({}, { recent: [{ ...another, target: 'catalog' }] });
    expect(whatStops(asking(), ran)).toBeUndefined();
  });
});

test('a hold comes before everything else, even for what has its target already', () => {
  const full = situation({ 'production/catalog': 'own' }, { holds: [HOLD], recent: [another] });
  expect(whatStops(asking({ limits: [RATE] }), full)).toMatchObject({ kind: 'held' });
});

test.each([
  ['what runs by itself', {}, 'held'],
  ['nothing that people approved', { approved: true }, undefined],
])('a hold on what runs by itself stops %s', (_, asked, kind) => {
  const held = situation({}, { holds: [{ ...HOLD, autonomousOnly: true }] });
  expect(whatStops(asking(asked), held)?.kind).toBe(kind);
  // Behind it may stand another that stops everything.
  const both = situation({}, { holds: [{ ...HOLD, autonomousOnly: true }, HOLD] });
  expect(whatStops(asking(asked), both)).toMatchObject({ kind: 'held' });
});

test('an action that has its target already does not count against itself', () => {
  const own = situation({ 'production/catalog': 'own', 'production/cart': 'x' }, { recent: [another] });
  const neighbourhood = { atOnce: 1, beside: { 'production/catalog': ['production/cart'] } };
  expect(whatStops(asking({ limits: [RATE], neighbourhood }), own)).toBeUndefined();
});

test('a limit that is used up stops it, until there is room', () => {
  expect(whatStops(asking({ limits: [RATE] }), situation({}, { recent: [another] }))).toMatchObject({
    kind: 'limited',
    per: RATE.per,
    freeAt: 1_090,
  });
});

test('a budget looks at the risk as the action was ruled', () => {
  const limits: Limit[] = [{ kind: 'budget', per: ['agent'], risk: 50, withinMs: 100 }];
  expect(whatStops(asking({ limits }), situation({}, { risk: 50 }))).toBeUndefined();
  expect(whatStops(asking({ limits }), situation({}, { risk: 51 }))).toMatchObject({ kind: 'limited' });
});

describe('of services that need each other', () => {
  /** Hub is beside all of catalog, cart and web; search is beside nothing. */
  const beside = {
    'production/catalog': ['production/cart', 'production/hub'],
    'production/cart': ['production/catalog'],
    'production/hub': ['production/catalog', 'production/web', 'production/mail'],
  };
  test.each([
    [1, {}, false],
    [1, { 'production/cart': 'a' }, true],
    [1, { 'production/search': 'a' }, false],
    [1, { 'production/web': 'a' }, false],
    [2, { 'production/cart': 'a' }, false],
    [2, { 'production/cart': 'a', 'production/hub': 'b' }, true],
    [2, { 'production/hub': 'a', 'production/web': 'b' }, true],
    [2, { 'production/web': 'a', 'production/mail': 'b' }, false],
    [3, { 'production/hub': 'a', 'production/web': 'b' }, false],
    [3, { 'production/hub': 'a', 'production/web': 'b', 'production/mail': 'c' }, true],
  ])('at most %i run at once around each: where %j run it is stopped: %s', (atOnce, holders, stopped) => {
    const stop = whatStops(asking({ neighbourhood: { atOnce, beside } }), situation(holders));
    expect(stop?.kind).toBe(stopped ? 'busy' : undefined);
  });

  test('the reason names the middle of the crowd, and who runs where', () => {
    const reason = (atOnce: number, holders: Readonly<Record<string, string>>) =>
      whatStops(asking({ neighbourhood: { atOnce, beside } }), situation(holders))?.reason;
    expect(reason(1, { 'production/hub': 'a' })).toBe(
      'at most 1 may run at once on production/catalog and beside it, and a runs on production/hub',
    );
    expect(reason(2, { 'production/hub': 'a', 'production/web': 'b' })).toBe(
      'at most 2 may run at once on production/hub and beside it, and a runs on production/hub, b runs on production/web',
    );
  });

  test('in whatever order they ask and end, around each that runs there are never more', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const anyName = fc.constantFrom(...names);
    const services = (needs: readonly (readonly [string, string])[]) =>
      Object.fromEntries(
        names.map((name) => [
          name,
          {
            name,
            owner: 'user:ada',
            serviceTier: 1 as const,
            dependsOn: [...new Set(needs.filter(([from]) => from === name).map(([, to]) => to))],
          },
        ]),
      );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyName, anyName), { maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.tuple(anyName, fc.boolean()), { maxLength: 30 }),
        (needs, atOnce, steps) => {
          const catalog = services(needs);
          const installation = { services: catalog, dependents: dependentsOf(catalog) };
          const running = new Map<string, string>();
          for (const [target, ends] of steps) {
            const place = `production/${target}`;
            if (ends) {
              running.delete(place);
              continue;
            }
            const beside = neighbourhoodOf(installation, { target, environment: 'production' });
            const asks = asking({ action: { ...action, target }, neighbourhood: { atOnce, beside } });
            const holderOf = (where: string) => running.get(where) ?? null;
            if (!whatStops(asks, { holds: [], holderOf, recent: [], risk: 0 })) running.set(place, 'other');
            for (const one of names.filter((name) => running.has(`production/${name}`))) {
              const near = names.filter((other) =>
                needs.some((pair) => pair.includes(one) && pair.includes(other) && other !== one),
              );
              const crowd = [one, ...near].filter((name) => running.has(`production/${name}`));
              expect(crowd.length).toBeLessThanOrEqual(atOnce);
            }
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('beside a service', () => {
  const { installation } = testInstallation();
  test.each([
    ['catalog', { catalog: ['cart'], cart: ['checkout', 'catalog'] }],
    ['cart', { cart: ['checkout', 'catalog'], catalog: ['cart'], checkout: ['cart', 'web'] }],
    ['web', { web: ['checkout'], checkout: ['cart', 'web'] }],
    ['gone', { gone: [] }],
  ])('%s is what it needs and what needs it, directly, and so for each of those', (target, beside) => {
    const named = Object.entries(beside).map(([name, others]) => [
      `staging/${name}`,
      others.map((other) => `staging/${other}`),
    ]);
    expect(neighbourhoodOf(installation, { target, environment: 'staging' })).toEqual(
      Object.fromEntries(named),
    );
  });

  test('is not itself', () => {
    const loop = { name: 'loop', owner: 'user:ada', serviceTier: 1 as const, dependsOn: ['loop'] };
    const services = { loop };
    const installation = { services, dependents: dependentsOf(services) };
    expect(neighbourhoodOf(installation, { target: 'loop', environment: 'staging' })).toEqual({
      'staging/loop': [],
    });
  });
});
