import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Route, RouteStep } from '../../../src/domain/escalation/route.ts';
import { routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';
import { acknowledged, openingOf, pass } from '../../../src/domain/escalation/route-progress.ts';
import { routeFaultsOf, tellingsOf } from '../../../src/domain/escalation/validate-route.ts';

const STEPS = 6;
const place = fc.integer({ min: 0, max: STEPS });
const waitMs = fc.integer({ min: 0, max: 1_000 });
const condition = fc.oneof(
  fc.constant({ kind: 'notDelivered', what: '' } as const),
  fc.record({
    kind: fc.constant('during' as const),
    what: fc.constant(''),
    times: fc.constant([{ from: 0, until: 900 }]),
  }),
);
const anyStep: fc.Arbitrary<RouteStep> = fc.oneof(
  fc.record({
    by: fc.constantFrom('mail' as const, 'page' as const),
    whom: fc.constant('x'),
    people: fc.constant(['ada']),
    waitMs,
    next: place,
  }),
  fc.record({ waitMs, next: place }),
  fc.record({
    repeatFrom: fc.integer({ min: 0, max: STEPS - 1 }),
    times: fc.integer({ min: 1, max: 3 }),
    next: place,
  }),
  fc.record({ when: condition, next: place, else: place }),
);

/** Steps at random that `check` lets through. */
const soundRoute: fc.Arbitrary<Route> = fc
  .array(anyStep, { minLength: 1, maxLength: STEPS })
  .map((steps) => reachable(steps))
  .filter((steps) => routeFaultsOf(steps).length === 0)
  .map((steps) => ({ steps, onSilence: 'deny', holdMs: 500 }));

/** Each step leads on, never back but by a repeat: otherwise hardly any would be sound. */
function reachable(steps: readonly RouteStep[]): RouteStep[] {
  const on = (to: number, from: number) => Math.min(Math.max(to, from + 1), steps.length);
  return steps.map((step, i) => {
    if ('when' in step) return { ...step, next: i + 1, else: on(step.else, i) };
    if ('repeatFrom' in step) return { ...step, repeatFrom: Math.min(step.repeatFrom, i), next: i + 1 };
    return { ...step, next: i + 1 };
  });
}

test('a sound route ends, in its worst case and not later, whatever arrives and whoever acknowledges', () => {
  let repeated = 0;
  fc.assert(
    fc.property(soundRoute, fc.infiniteStream(fc.boolean()), fc.nat(5_000), (route, arrives, at) => {
      const opened = openingOf(0, routeDurationOf(route));
      let walk = opened;
      let passes = 0;
      let before = 0;
      while (walk.next < route.steps.length) {
        walk = acknowledged(route, walk, at);
        const { walk: next, told } = pass(route, walk, () => arrives.next().value ?? false);
        if (told) expect(walk.at).toBeLessThanOrEqual(walk.deadline);
        // Time never goes back.
        expect(next.at).toBeGreaterThanOrEqual(before);
        before = next.at;
        walk = next;
        passes += 1;
        expect(passes).toBeLessThan(5_000);
      }
      walk = acknowledged(route, walk, at);
      repeated += Object.keys(walk.repeated).length;
      expect(walk.at).toBe(walk.deadline);
      expect(walk.deadline).toBeGreaterThanOrEqual(opened.deadline);
      expect(walk.deadline).toBeLessThanOrEqual(opened.deadline + 500);
    }),
    { numRuns: 2_000 },
  );
  expect(repeated).toBeGreaterThan(100);
});

test('on every walk, somebody is told of one of the ways that are looked at when it is checked', () => {
  fc.assert(
    fc.property(soundRoute, fc.infiniteStream(fc.boolean()), (route, arrives) => {
      let walk = openingOf(0, routeDurationOf(route));
      const told = new Set<number>();
      while (walk.next < route.steps.length) {
        const { next: index } = walk;
        const passed = pass(route, walk, () => arrives.next().value ?? false);
        if (passed.told) told.add(index);
        walk = passed.walk;
      }
      expect(tellingsOf(route.steps).some((way) => way.every((index) => told.has(index)))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
