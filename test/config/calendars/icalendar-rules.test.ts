import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datesOf, type Rule } from '../../../src/config/calendars/recurrence.ts';
import { calendar, minute, OPTIONS, read } from './icalendar-support.ts';

/** The days of a freeze of whole days that begins on 1 January 2026, with this rule. */
const days = (rule: string, start = '20260101') => {
  const text = calendar([`DTSTART;VALUE=DATE:${start}`, `RRULE:${rule}`]);
  const { freezes, faults } = read(text, {
    ...OPTIONS,
    timeZone: 'UTC',
    horizon: Date.parse('2028-01-01T00:00Z'),
  });
  if (faults.length > 0) return faults.map(({ problem }) => problem);
  return freezes
    .filter(({ name }) => !name.includes('known to here'))
    .map(({ from }) => minute(from).slice(0, 10));
};

describe('a rule gives the dates that RFC 5545 says', () => {
  test.each<[string, string, string, readonly string[]]>([
    [
      'some months, from the first one after the start',
      'FREQ=MONTHLY;BYMONTH=5,7,9;COUNT=3',
      '20260220',
      ['2026-02-20', '2026-05-20', '2026-07-20', '2026-09-20'],
    ],
    [
      'a day of every month of the year',
      'FREQ=YEARLY;BYMONTHDAY=15;COUNT=3',
      '20260115',
      ['2026-01-15', '2026-02-15', '2026-03-15'],
    ],
    [
      '29 February, where there is one',
      'FREQ=YEARLY;BYMONTH=2,5;BYMONTHDAY=29;COUNT=3',
      '20260529',
      ['2026-05-29', '2027-05-29'],
    ],
    [
      'the last workday of the month',
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3',
      '20260130',
      ['2026-01-30', '2026-02-27', '2026-03-31'],
    ],
    [
      'the second of two days in every other week, counted from Sunday',
      'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU;COUNT=4',
      '20260104',
      ['2026-01-04', '2026-01-06', '2026-01-18', '2026-01-20'],
    ],
    [
      'Friday the 13th',
      'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3',
      '20260213',
      ['2026-02-13', '2026-03-13', '2026-11-13'],
    ],
    [
      'the 20th Monday of the year',
      'FREQ=YEARLY;BYDAY=20MO;COUNT=2',
      '20260518',
      ['2026-05-18', '2027-05-17'],
    ],
    [
      'days of the year',
      'FREQ=YEARLY;BYYEARDAY=1,-1;COUNT=4',
      '20260101',
      ['2026-01-01', '2026-12-31', '2027-01-01', '2027-12-31'],
    ],
    [
      'only some months of a daily one',
      'FREQ=DAILY;INTERVAL=10;BYMONTH=3',
      '20260101',
      ['2026-01-01', '2026-03-02', '2026-03-12', '2026-03-22', '2027-03-07', '2027-03-17', '2027-03-27'],
    ],
    [
      'until the day of UNTIL',
      'FREQ=DAILY;UNTIL=20260103',
      '20260101',
      ['2026-01-01', '2026-01-02', '2026-01-03'],
    ],
    ['in small letters', 'freq=daily;count=2', '20260101', ['2026-01-01', '2026-01-02']],
  ])('%s', (_, rule, start, expected) => {
    expect(days(rule, start)).toEqual(expected);
  });

  test('some hours of an hourly one', () => {
    const text = calendar([
      'DTSTART:20260105T080000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=HOURLY;BYDAY=MO;BYHOUR=8,20;COUNT=3',
    ]);
    expect(read(text).freezes.map(({ from }) => minute(from))).toEqual([
      '2026-01-05T08:00',
      '2026-01-05T20:00',
      '2026-01-12T08:00',
    ]);
  });
});

test('hours since long ago are counted from the start', () => {
  const start = Date.UTC(2001, 0, 1, 3, 20);
  const rule: Rule = {
    freq: 'HOURLY',
    interval: 7,
    wkst: 1,
    byMonth: [],
    byYearDay: [],
    byMonthDay: [],
    byDay: [],
    byHour: [],
    byMinute: [],
    bySecond: [],
    bySetPos: [],
  };
  const HOUR = 3_600_000;
  const dates = [];
  for (const { local, isDate } of datesOf(rule, start, Date.UTC(2026, 0))) {
    if (local > Date.UTC(2026, 0, 3)) break;
    if (isDate && local >= Date.UTC(2026, 0)) dates.push((local - start) / (7 * HOUR));
  }
  expect(dates.every(Number.isInteger)).toBe(true);
  expect(dates).toHaveLength(7);
});

describe('a rule that cannot be meant, or that calendars read in different ways, is a fault', () => {
  test.each([
    ['FREQ=YEARLY;BYWEEKNO=20', 'BYWEEKNO is read in different ways by different calendars: write the dates'],
    ['RSCALE=CHINESE;FREQ=YEARLY', 'RSCALE is no part of a rule that is read here'],
    ['FREQ=MONTHLY;SKIP=FORWARD', 'SKIP is no part of a rule that is read here'],
    ['FREQ=WEEKLY;BYDAYS=MO', 'BYDAYS is no part of a rule that is read here'],
    ['FREQ=WEEKLY;INTERVAL=0', 'INTERVAL=0 is not read: 1 to 10000'],
    ['FREQ=WEEKLY;COUNT=0', 'COUNT=0 is not read: 1 to 1000000'],
    ['FREQ=WEEKLY;COUNT=2000000000', 'COUNT=2000000000 is not read: 1 to 1000000'],
    ['FREQ=WEEKLY;COUNT=2;UNTIL=20270101', 'has COUNT and UNTIL: keep one of them'],
    ['FREQ=WEEKLY;FREQ=DAILY', 'FREQ stands twice in the rule: keep one'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY may not count days with FREQ=WEEKLY: write BYDAY=MO and not BYDAY=1MO'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY may not stand with FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYYEARDAY=1', 'BYYEARDAY may not stand with FREQ=MONTHLY'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY=32 is not read: 1 to 31, or with a minus from the end'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS may not stand without another BY... part'],
    ['FREQ=DAILY;BYHOUR=9', 'gives times, and the event is of whole days: write DTSTART with a time'],
    ['COUNT=3', 'FREQ must be one of YEARLY'],
    ['', 'FREQ must be one of YEARLY'],
  ])('%s', (rule, problem) => {
    expect(days(rule)).toEqual([expect.stringContaining(problem)]);
  });
});

const DAY = 24 * 3_600_000;
const none = fc.constant<number[]>([]);

/** Rules whose dates are the days that satisfy each of their parts, in every so many periods. */
const anyRule: fc.Arbitrary<Rule> = fc.record({
  freq: fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'),
  interval: fc.constantFrom(1, 1, 2, 3),
  wkst: fc.integer({ min: 1, max: 7 }),
  byMonth: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  byMonthDay: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { maxLength: 3 }),
  byDay: fc
    .uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 })
    .map((week) => week.map((day) => ({ day, nth: 0 }))),
  byYearDay: none,
  byHour: none,
  byMinute: none,
  bySecond: none,
  bySetPos: none,
});

test('of any rule by months and days, exactly the days are given that satisfy all of it', () => {
  const start = Date.UTC(2026, 0, 1, 9);
  const until = Date.UTC(2032, 0, 1);
  const periodOf = ({ freq, wkst }: Rule, day: Date) => {
    const days = Math.floor(day.getTime() / DAY);
    if (freq === 'YEARLY') return day.getUTCFullYear();
    if (freq === 'MONTHLY') return day.getUTCFullYear() * 12 + day.getUTCMonth();
    // 5 January 1970 was a Monday.
    return freq === 'WEEKLY' ? Math.floor((days - 4 - (wkst - 1)) / 7) : days;
  };
  fc.assert(
    fc.property(anyRule, (rule) => {
      const expected: number[] = [];
      for (let at = start; at < until; at += DAY) {
        const day = new Date(at);
        const isIn =
          (periodOf(rule, day) - periodOf(rule, new Date(start))) % rule.interval === 0 &&
          (rule.byMonth.length === 0 || rule.byMonth.includes(day.getUTCMonth() + 1)) &&
          (rule.byMonthDay.length === 0 || rule.byMonthDay.includes(day.getUTCDate())) &&
          rule.byDay.some((weekday) => weekday.day === (day.getUTCDay() || 7));
        if (isIn) expected.push(at);
      }
      for (const from of [start, Date.UTC(2029, 5, 15)]) {
        const given: number[] = [];
        for (const { local, isDate } of datesOf(rule, start, from)) {
          if (local >= until) break;
          if (isDate) given.push(local);
        }
        expect(given.filter((at) => at >= from)).toEqual(expected.filter((at) => at >= from));
      }
    }),
    { numRuns: 200 },
  );
});
