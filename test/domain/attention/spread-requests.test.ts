import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quorum, Requirement } from '../../../src/domain/approval/requirement.ts';
import { shortfallOf } from '../../../src/domain/approval/vote-tally.ts';
import { sparing } from '../../../src/domain/attention/spread-requests.ts';
import type { Route, RouteStep, Telling } from '../../../src/domain/escalation/route.ts';
import { routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';

const TEAM = ['ada', 'barbara', 'grace', 'linus'];

const quorum = (atLeast: number, people: readonly string[] = TEAM): Quorum => ({
  atLeast,
  group: 'team',
  excluded: [],
  approvers: people.map((person) => ({ person, keys: ['key'] })),
});
const step = (changes: Partial<Telling> = {}): Telling => ({
  by: 'mail',
  whom: 'team',
  people: TEAM,
  waitMs: 1_001,
  ...changes,
});
const route = (...steps: RouteStep[]): Route => ({ steps, onSilence: 'deny' });
const asks = (counts: Readonly<Record<string, number>>) => ({
  asks: new Map(Object.entries(counts)),
  atMost: 5,
});
const toldIn = ({ steps }: Route) =>
  steps.flatMap((one) => ('by' in one ? [{ people: one.people, waitMs: one.waitMs }] : []));

const told = (requirement: Requirement, counts: Readonly<Record<string, number>>, first = step()) =>
  toldIn(sparing(route(first), requirement, asks(counts)));

describe('whoever was asked too often', () => {
  test('is told halfway through the wait, after the others', () => {
    expect(told(quorum(1), { ada: 5, linus: 9 })).toEqual([
      { people: ['barbara', 'grace'], waitMs: 500 },
      { people: ['ada', 'linus'], waitMs: 501 },
    ]);
  });

  test.each([
    [4, 1],
    [5, 2],
    [6, 2],
  ])('of at most 5, asked %d times: %d steps', (count, steps) => {
    expect(told(quorum(1), { ada: count })).toHaveLength(steps);
  });

  test('is told at once where the others are not enough, those first who were asked least', () => {
    expect(told(quorum(3), { ada: 9, barbara: 7, grace: 8 })).toEqual([
      { people: ['linus', 'barbara', 'grace'], waitMs: 500 },
      { people: ['ada'], waitMs: 501 },
    ]);
    expect(told(quorum(4), { ada: 9 })).toEqual([{ people: TEAM, waitMs: 1_001 }]);
  });

  test('is told at once where a group of the requirement has nobody else', () => {
    const requirement = { allOf: [quorum(1, ['ada']), quorum(1)] };
    expect(told(requirement, { ada: 9, grace: 9 })[0]?.people).toEqual(['barbara', 'linus', 'ada']);
  });

  test('is paged like the others', () => {
    expect(told(quorum(1), { ada: 9 }, step({ by: 'page' }))).toHaveLength(1);
  });
});

test('where all were asked too often the one who was asked least is told first', () => {
  expect(told(quorum(1), { ada: 9, barbara: 8, grace: 6, linus: 7 })[0]?.people).toEqual(['grace']);
});

test('whatever the load: everybody is told in the end, nobody twice, in the same time, and at first as many as could do as much', () => {
  const people = fc.subarray(TEAM, { minLength: 1 });
  const requirement = fc.oneof(
    fc
      .record({ atLeast: fc.integer({ min: 1, max: 4 }), of: people })
      .map(({ atLeast, of }) => quorum(atLeast, of)),
    fc
      .array(
        people.map((of) => quorum(1, of)),
        { minLength: 2, maxLength: 3 },
      )
      .map((allOf) => ({ allOf })),
  );
  const load = fc.dictionary(fc.constantFrom(...TEAM), fc.nat(10));
  fc.assert(
    fc.property(requirement, load, people, fc.nat(100_000), (needed, counts, whom, waitMs) => {
      const before = route(step({ people: whom, waitMs }));
      const after = sparing(before, needed, asks(counts));
      expect(
        toldIn(after)
          .flatMap(({ people }) => people)
          .toSorted(),
      ).toEqual(whom.toSorted());
      expect(routeDurationOf(after)).toBe(routeDurationOf(before));
      const missing = (told: readonly string[] = []) => shortfallOf(needed, told)?.missing ?? 0;
      expect(missing(toldIn(after)[0]?.people)).toBe(missing(whom));
    }),
  );
});

test('in a graph every link leads where it led, though a step before it became two', () => {
  const tired = { ada: 9 };
  const graph: Route = {
    onSilence: 'deny',
    steps: [
      step({ waitMs: 10, next: 2 }),
      { when: { kind: 'known', what: 'it is severe', holds: true }, next: 0, else: 3 },
      { repeatFrom: 0, times: 2 },
      step({ by: 'page', waitMs: 30 }),
    ],
  };
  expect(sparing(graph, quorum(1), asks(tired)).steps).toMatchObject([
    { people: ['barbara', 'grace', 'linus'], waitMs: 5 },
    { people: ['ada'], waitMs: 5, next: 3 },
    { next: 0, else: 4 },
    { repeatFrom: 0 },
    { by: 'page', people: TEAM },
  ]);
  expect(routeDurationOf(sparing(graph, quorum(1), asks(tired)))).toBe(routeDurationOf(graph));
});
