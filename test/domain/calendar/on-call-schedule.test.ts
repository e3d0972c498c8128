import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  onCallAt,
  peopleOn,
  type Schedule,
  shiftAt,
  shiftsOf,
} from '../../../src/domain/calendar/on-call-schedule.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const local = (text: string) => Date.parse(`${text}Z`);
const at = (text: string) => Date.parse(text);

const weekly: Schedule = {
  timeZone: 'Europe/Berlin',
  // A Monday.
  rotation: { people: ['ada', 'grace', 'linus'], startsOn: local('2026-03-02T09:00'), everyMs: 7 * DAY },
  overrides: [],
};

describe('a rotation hands over by the clocks of its place', () => {
  test.each([
    ['2026-03-02T08:00:00Z', 'ada'],
    ['2026-03-02T07:59:59Z', 'linus'],
    ['2026-03-09T07:59:59Z', 'ada'],
    ['2026-03-09T08:00:00Z', 'grace'],
    // Clocks went forward on 29 March: nine is an hour earlier from then on.
    ['2026-03-23T07:59:59Z', 'linus'],
    ['2026-03-23T08:00:00Z', 'ada'],
    ['2026-03-30T06:59:59Z', 'ada'],
    ['2026-03-30T07:00:00Z', 'grace'],
    // And back on 25 October.
    ['2026-10-26T07:59:59Z', 'ada'],
    ['2026-10-26T08:00:00Z', 'grace'],
    ['2025-01-01T12:00:00Z', 'linus'],
  ])('at %s it is %s', (moment, person) => {
    expect(onCallAt(weekly, at(moment))).toBe(person);
  });

  test.each([
    // Clocks skip 02:30: it is 03:30 by the new time, 01:30 UTC.
    ['forward', '2026-03-28T02:30', ['2026-03-29T01:29:59Z', 'ada'], ['2026-03-29T01:30:00Z', 'grace']],
    // Clocks show 02:30 twice: the first counts, 00:30 UTC.
    ['back', '2026-10-24T02:30', ['2026-10-25T00:29:59Z', 'ada'], ['2026-10-25T00:30:00Z', 'grace']],
    // The second showing is still grace's.
    ['back', '2026-10-24T02:30', ['2026-10-25T01:30:00Z', 'grace'], ['2026-10-26T01:30:00Z', 'ada']],
    // And so is a time before it that clocks show once more after it.
    ['back', '2026-10-24T02:30', ['2026-10-25T00:10:00Z', 'ada'], ['2026-10-25T01:10:00Z', 'grace']],
  ] as const)('a handover at half past two in the night in which clocks go %s', (_, first, before, after) => {
    const daily: Schedule = {
      timeZone: 'Europe/Berlin',
      rotation: { people: ['ada', 'grace'], startsOn: local(first), everyMs: DAY },
      overrides: [],
    };
    for (const [moment, person] of [before, after]) expect(onCallAt(daily, at(moment))).toBe(person);
  });

  test('in another zone it is another moment', () => {
    const inTokyo = { ...weekly, timeZone: 'Asia/Tokyo' };
    expect(onCallAt(inTokyo, at('2026-03-09T00:00:00Z'))).toBe('grace');
    expect(onCallAt(weekly, at('2026-03-09T00:00:00Z'))).toBe('ada');
  });
});

describe('an override', () => {
  const christmas = (person?: string) => ({
    from: at('2026-12-24T17:00:00Z'),
    until: at('2026-12-25T08:00:00Z'),
    ...(person === undefined ? {} : { person }),
  });

  test('counts from its beginning until just before its end', () => {
    const schedule = { ...weekly, overrides: [christmas('margaret')] };
    const turn = onCallAt(weekly, at('2026-12-24T18:00:00Z'));
    expect(onCallAt(schedule, at('2026-12-24T16:59:59Z'))).toBe(turn);
    expect(onCallAt(schedule, at('2026-12-24T17:00:00Z'))).toBe('margaret');
    expect(onCallAt(schedule, at('2026-12-25T07:59:59Z'))).toBe('margaret');
    expect(onCallAt(schedule, at('2026-12-25T08:00:00Z'))).toBe(turn);
  });

  test('without a person: nobody is on call', () => {
    const schedule = { ...weekly, overrides: [christmas()] };
    expect(onCallAt(schedule, at('2026-12-24T18:00:00Z'))).toBeUndefined();
    expect(shiftsOf(schedule, at('2026-12-24T16:00:00Z'), at('2026-12-25T09:00:00Z'))).toEqual([
      { from: at('2026-12-24T16:00:00Z'), until: at('2026-12-24T17:00:00Z'), people: ['ada'] },
      { from: at('2026-12-24T17:00:00Z'), until: at('2026-12-25T08:00:00Z'), people: [] },
      { from: at('2026-12-25T08:00:00Z'), until: at('2026-12-25T09:00:00Z'), people: ['ada'] },
    ]);
  });

  test('counts over one that is written before it', () => {
    const schedule = { ...weekly, overrides: [christmas('margaret'), christmas('barbara')] };
    expect(onCallAt(schedule, at('2026-12-24T18:00:00Z'))).toBe('barbara');
    expect(peopleOn(schedule)).toEqual(['ada', 'grace', 'linus', 'margaret', 'barbara']);
  });
});

test('without a rotation nobody is on call outside of the overrides', () => {
  const schedule: Schedule = { timeZone: 'UTC', overrides: [{ from: 10, until: 20, person: 'ada' }] };
  expect([9, 10, 19, 20].map((moment) => onCallAt(schedule, moment))).toEqual([
    undefined,
    'ada',
    'ada',
    undefined,
  ]);
});

const PEOPLE = ['ada', 'grace', 'linus', 'margaret'];
const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) }).map((ms) => ms - (ms % 60_000));
const anyRotation = fc.record({
  people: fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1 }),
  startsOn: moment,
  everyMs: fc.integer({ min: 4, max: 400 }).map((hours) => hours * HOUR),
});
const anyOverride = fc
  .tuple(
    moment,
    fc.integer({ min: 1, max: 20_000 }),
    fc.option(fc.constantFrom(...PEOPLE), { nil: undefined }),
  )
  .map(([from, minutes, person]) => ({
    from,
    until: from + minutes * 60_000,
    ...(person === undefined ? {} : { person }),
  }));
const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  timeZone: fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Antarctica/Troll',
    'Asia/Kathmandu',
  ),
  rotation: anyRotation,
  overrides: fc.array(anyOverride, { maxLength: 4 }),
});

describe('of any schedule', () => {
  test('exactly one person is on call at any moment, or nobody where an override says so', () => {
    fc.assert(
      fc.property(anySchedule, moment, (schedule, now) => {
        const person = onCallAt(schedule, now);
        const overridden = schedule.overrides.findLast(({ from, until }) => from <= now && now < until);
        if (overridden) expect(person).toBe(overridden.person);
        else expect(schedule.rotation?.people).toContain(person);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the shifts of a time follow on each other without a gap, and say what the schedule says', () => {
    fc.assert(
      fc.property(
        anySchedule,
        moment,
        fc.integer({ min: 1, max: 40 * 24 * 60 }),
        (schedule, from, minutes) => {
          const until = from + minutes * 60_000;
          const shifts = shiftsOf(schedule, from, until);
          expect(shifts[0]?.from).toBe(from);
          expect(shifts.at(-1)?.until).toBe(until);
          for (const [i, shift] of shifts.entries()) {
            expect(shift.until).toBe(shifts[i + 1]?.from ?? until);
            expect(shift.people.length).toBeLessThanOrEqual(1);
          }
          for (const part of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999]) {
            const now = Math.floor(from + part * (until - from));
            expect(shiftAt(shifts, now)?.people).toEqual([onCallAt(schedule, now)].filter((one) => one));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('people come in the order of their turns, each once before anybody again', () => {
    fc.assert(
      fc.property(anySchedule, moment, (schedule, from) => {
        const { people = [], everyMs = 0 } = schedule.rotation ?? {};
        const quiet = { ...schedule, overrides: [] };
        const turns = shiftsOf(quiet, from, from + 12 * everyMs).map((shift) => shift.people[0] ?? '');
        for (const [i, person] of turns.entries()) {
          const next = turns[i + 1];
          if (next !== undefined) expect(next).toBe(people[(people.indexOf(person) + 1) % people.length]);
        }
      }),
    );
  });
});
