import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  durationOf,
  PAGE_PATIENCE_MS,
  type Route,
  type RouteStep,
  scheduleOf,
  worstCaseMs,
} from '../../src/domain/escalation.ts';

const step = (waitMs: number, by: RouteStep['by'] = 'mail'): RouteStep => ({
  by,
  whom: 'owners',
  people: ['ada'],
  waitMs,
});
const route = (...steps: RouteStep[]): Route => ({ steps, onSilence: 'deny' });

const anyRoute = fc
  .array(fc.integer({ min: 0, max: 86_400_000 }), { maxLength: 8 })
  .map((waits) => route(...waits.map((wait) => step(wait))));
const anyTime = fc.integer({ min: 0, max: 4e12 });

test.each([
  [[], 0],
  [[0], 0],
  [[300_000], 300_000],
  [[900_000, 900_000, 1], 1_800_001],
])('a route that waits %j ms takes %i ms in silence', (waits, duration) => {
  expect(durationOf(route(...waits.map((wait) => step(wait))))).toBe(duration);
});

test.each([
  ['deny', 1_800_000],
  ['proceed', 1_800_000 + PAGE_PATIENCE_MS],
] as const)('silence that means %s ends after %i ms at the worst', (onSilence, worst) => {
  expect(worstCaseMs({ ...route(step(900_000), step(900_000, 'page')), onSilence })).toBe(worst);
});

test('each step falls due once all before it were waited for', () => {
  const [mail, page, again] = [step(900_000), step(600_000, 'page'), step(60_000)];
  expect(scheduleOf(route(mail, page, again), 1_000)).toEqual([
    { index: 0, step: mail, at: 1_000 },
    { index: 1, step: page, at: 901_000 },
    { index: 2, step: again, at: 1_501_000 },
  ]);
});

test('a route without steps has nothing due', () => {
  expect(scheduleOf(route(), 1_000)).toEqual([]);
});

test('the first step is due at once, none before the one ahead of it, and the last wait ends with the route', () => {
  fc.assert(
    fc.property(anyRoute, anyTime, (given, openedAt) => {
      const due = scheduleOf(given, openedAt);
      const ends = [openedAt, ...due.map(({ at, step: { waitMs } }) => at + waitMs)];
      expect(due.map(({ at }) => at)).toEqual(ends.slice(0, -1));
      expect(ends.at(-1)).toBe(openedAt + durationOf(given));
    }),
    { numRuns: 1_000 },
  );
});

test('times are counted from the opening alone: opened later, all is later by as much', () => {
  fc.assert(
    fc.property(anyRoute, anyTime, fc.nat(1e9), (given, openedAt, later) => {
      const moved = scheduleOf(given, openedAt).map((due) => ({ ...due, at: due.at + later }));
      expect(scheduleOf(given, openedAt + later)).toEqual(moved);
    }),
    { numRuns: 1_000 },
  );
});
