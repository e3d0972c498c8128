import { describe, expect, test } from 'vitest';
import { folderBudget } from '../../../src/config/calendars/icalendar-budget.ts';
import { readFreezes } from '../../../src/config/rules/freezes.ts';
import { calendar, FILE, OPTIONS, read } from './icalendar-support.ts';

const START = 'DTSTART:20260105T080000Z';
const MINUTE = 'DURATION:PT1M';
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const TOO_MANY = 'the file has more than 50000 dates';

describe('what costs too much to read is a fault at its line, and says what would pass', () => {
  test.each<[string, readonly string[], number]>([
    ['comes every second', [START, MINUTE, 'RRULE:FREQ=SECONDLY'], 7],
    ['comes every minute since long ago', ['DTSTART:20060105T080000Z', MINUTE, 'RRULE:FREQ=MINUTELY'], 7],
    ['counts very far', ['DTSTART:19700105T080000Z', MINUTE, 'RRULE:FREQ=MINUTELY;COUNT=1000000'], 7],
    ['counts and never matches', [START, MINUTE, 'RRULE:FREQ=SECONDLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30'], 7],
    [
      'comes at every second of every day',
      [
        START,
        MINUTE,
        `RRULE:FREQ=DAILY;BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)}`,
      ],
      7,
    ],
    [
      'has very many dates',
      [
        START,
        MINUTE,
        `RDATE:${numbers(51_000).map((i) => new Date(i * 60_000 + Date.UTC(2026, 5)).toISOString().replace(/[-:]|\.000/g, ''))}`,
      ],
      4,
    ],
    ['has a rule in every line', [START, MINUTE, ...numbers(60).map(() => 'RRULE:FREQ=DAILY')], 34],
  ])('an event that %s', (_, lines, line) => {
    expect(read(calendar(lines))).toEqual({
      freezes: [],
      faults: [
        {
          file: FILE,
          line,
          problem: `comes round too often, as ${TOO_MANY}: write one event for all of the time, or leave out what is over`,
        },
      ],
    });
  });

  test('very many events', () => {
    const events = numbers(20).map((i) => [`UID:${i}`, START, MINUTE, 'RRULE:FREQ=HOURLY;COUNT=4000']);
    expect(read(calendar(...events)).faults).toMatchObject([
      { line: 80, problem: expect.stringContaining(TOO_MANY) },
    ]);
  });

  test('files that are too many together', () => {
    const budget = folderBudget();
    const text = calendar([START, MINUTE, 'RRULE:FREQ=HOURLY;COUNT=40000']);
    const problems = numbers(6).map(
      (i) => readFreezes(`calendars/${i}.ics`, text, { ...OPTIONS, budget }).faults,
    );
    expect(problems.map((faults) => faults.length)).toEqual([0, 0, 0, 0, 1, 1]);
    expect(problems[4]).toMatchObject([
      { line: 7, problem: expect.stringContaining('all calendars together have more than 200000 dates') },
    ]);
  });

  test('files that are too long together', () => {
    const budget = folderBudget();
    const text = calendar([START, MINUTE, `DESCRIPTION:${'x'.repeat(900_000)}`]);
    const read5 = numbers(5).map(
      (i) => readFreezes(`calendars/${i}.ics`, text, { ...OPTIONS, budget }).faults,
    );
    expect(read5.flat()).toEqual([
      {
        file: 'calendars/4.ics',
        line: 1,
        problem:
          'is too long, as all calendars together have more than 4000000 characters: leave out what is over',
      },
    ]);
  });

  test('components in one another', () => {
    const alarms = [...numbers(20_000).map(() => 'BEGIN:VALARM'), ...numbers(20_000).map(() => 'END:VALARM')];
    expect(read(calendar([START, MINUTE, ...alarms])).faults).toEqual([
      { file: FILE, line: 15, problem: 'BEGIN:VALARM stands in 10 others: this is no calendar' },
    ]);
  });

  test('a file that is too long', () => {
    const text = calendar([START, MINUTE, `DESCRIPTION:${'x'.repeat(1_000_000)}`]);
    expect(read(text).faults).toEqual([
      {
        file: FILE,
        line: 1,
        problem: 'is too long, as the file has more than 1000000 characters: leave out what is over',
      },
    ]);
  });
});

describe('what is long and sound is read', () => {
  test.each<[string, string]>([
    ['a long line', calendar([START, MINUTE, `DESCRIPTION:${'x, "y"; '.repeat(50_000)}`])],
    ['a line that is folded often', calendar([START, MINUTE, `DESCRIPTION:${'x\r\n '.repeat(200_000)}`])],
    [
      'many short lines that nobody knows',
      calendar([START, MINUTE, ...numbers(100_000).map((i) => `Q${i}:1`)]),
    ],
    ['a long name', calendar([START, MINUTE, `${'Q'.repeat(900_000)}:1`])],
    [
      'many time zones',
      calendar([START, MINUTE]).replace(
        'BEGIN:VEVENT',
        [
          ...numbers(2_000).flatMap((i) => ['BEGIN:VTIMEZONE', `TZID:${i}`, 'END:VTIMEZONE']),
          'BEGIN:VEVENT',
        ].join('\r\n'),
      ),
    ],
    ['a year of nights since 1997', calendar(['DTSTART:19970101T220000Z', MINUTE, 'RRULE:FREQ=DAILY'])],
  ])('%s', (_, text) => {
    expect(read(text).faults).toEqual([]);
  });

  test('ten thousand events that change one another', () => {
    const series = ['UID:x', 'DTSTART:19970101T220000Z', MINUTE, 'RRULE:FREQ=DAILY'];
    const changes = numbers(5_000).map((i) => {
      const at = new Date(Date.UTC(2026, 0, 1 + (i % 1_500), 22)).toISOString().replace(/[-:]|\.\d+/g, '');
      return ['UID:x', `SEQUENCE:${i}`, `RECURRENCE-ID:${at}`, `DTSTART:${at}`, 'DURATION:PT2M'];
    });
    const { freezes, faults } = read(calendar(series, ...changes));
    expect(faults).toEqual([]);
    expect(freezes.filter(({ from, until }) => until - from === 120_000)).toHaveLength(1_500);
  });
});
