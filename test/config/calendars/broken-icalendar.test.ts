import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendar, FILE, read, VTIMEZONE, weekend } from './icalendar-support.ts';

const START = 'DTSTART:20261218T180000Z';
const END = 'DTEND:20261219T180000Z';
const AS_START = 'must be written as DTSTART is: a time in UTC, such as 20261218T170000Z, or with TZID';

describe('an event that cannot be meant is a fault at its line', () => {
  test.each<[string, readonly string[], number, string]>([
    ['without a begin', ['SUMMARY:x', END], 4, 'has no begin: write DTSTART'],
    ['without an end', ['SUMMARY:x', START], 4, 'has no end: write DTEND or DURATION'],
    [
      'that ends as it begins',
      [START, 'DTEND:20261218T180000Z'],
      6,
      'ends before it begins: nothing would be frozen',
    ],
    [
      'that ends before it begins',
      [START, 'DURATION:-PT1H'],
      6,
      'ends before it begins: nothing would be frozen',
    ],
    [
      'in a time zone that is not there',
      ['DTSTART;TZID=Europe/Berlinn:20261218T180000', END],
      5,
      'Europe/Berlinn is no time zone: name one of the IANA database or of Windows, or define it with VTIMEZONE',
    ],
    ['on a day that is not there', [START, 'DTEND:20270230T180000Z'], 6, 'there is no 20270230T180000Z'],
    ['at an hour that is not there', ['DTSTART:20261218T250000Z', END], 5, 'there is no 20261218T250000Z'],
    ['without a rule in its rule', [START, END, 'RRULE:FREQ=SOMETIMES'], 7, 'FREQ must be one of YEARLY'],
    [
      'that comes every second',
      [START, 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY'],
      7,
      'comes round too often, as the file has more than 50000 dates: write one event for all of the time',
    ],
    [
      'with periods',
      [START, END, 'RDATE;VALUE=PERIOD:20261220T180000Z/PT1H'],
      7,
      'periods are not read here: write dates',
    ],
    ['whose end is a date', [START, 'DTEND;VALUE=DATE:20261219'], 6, AS_START],
    ['whose end has no time zone', [START, 'DTEND:20261219T180000'], 6, AS_START],
    [
      'whose begin has no time zone',
      ['DTSTART:20261218T180000', END],
      6,
      'must be written as DTSTART is: a time without a time zone, such as 20261218T180000',
    ],
    ['whose UNTIL is a date', [START, END, 'RRULE:FREQ=DAILY;UNTIL=20261224'], 7, `UNTIL ${AS_START}`],
    [
      'whose UNTIL has no time zone',
      [START, END, 'RRULE:FREQ=DAILY;UNTIL=20261224T180000'],
      7,
      `UNTIL ${AS_START}`,
    ],
    [
      'of whole days, whose UNTIL is none',
      ['DTSTART;VALUE=DATE:20261218', 'RRULE:FREQ=DAILY;UNTIL=20261224T180000Z'],
      6,
      'UNTIL must be written as DTSTART is: a date, such as 20261218',
    ],
    [
      'with a second EXDATE that has no time zone',
      [START, END, 'RRULE:FREQ=DAILY;COUNT=9', 'EXDATE:20261219T180000Z', 'EXDATE:20261220T180000'],
      9,
      AS_START,
    ],
    ['with an RDATE that is a date', [START, END, 'RDATE;VALUE=DATE:20261224'], 7, AS_START],
    ['with text for a date', ['DTSTART:tomorrow', END], 5, ''],
  ])('%s', (_, lines, line, problem) => {
    const { freezes: found, faults } = read(calendar(lines));
    expect(found).toEqual([]);
    expect(faults).toEqual([{ file: FILE, line, problem: expect.stringContaining(problem) }]);
  });

  test('each of several is told, and a sound one beside them is no freeze: nothing of the file counts', () => {
    const { freezes: found, faults } = read(calendar([START], [START, END], [END]));
    expect(found).toEqual([]);
    expect(faults.map(({ line }) => line)).toEqual([4, 11]);
  });
});

test('a rule of which no date can be found is a fault, in bounded time', { timeout: 60_000 }, () => {
  const { faults } = read(calendar([START, END, 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30']));
  expect(faults).toEqual([{ file: FILE, line: 7, problem: 'no further date follows from this rule' }]);
});

describe('a file that is no calendar is a fault at its line', () => {
  const sound = calendar([START, END]);
  test.each<[string, string, readonly (readonly [number, string])[]]>([
    ['empty', '', [[1, 'is no calendar: it must begin with BEGIN:VCALENDAR']]],
    ['a card', 'BEGIN:VCARD\nEND:VCARD', [[1, 'is no calendar: it must begin with BEGIN:VCALENDAR']]],
    ['two calendars', `${sound}\r\n${sound}`, [[9, 'is a second calendar: write it in a file of its own']]],
    [
      'cut off',
      sound.slice(0, sound.indexOf('END:VEVENT')),
      [
        [1, 'BEGIN:VCALENDAR has no END:VCALENDAR'],
        [4, 'BEGIN:VEVENT has no END:VEVENT'],
      ],
    ],
    [
      'with an end too many',
      sound.replace('END:VEVENT', 'END:VEVENT\r\nEND:VEVENT'),
      [[8, 'END:VEVENT ends what did not begin here']],
    ],
    ['with a line that is none', sound.replace(START, 'DTSTART 20261218'), [[5, 'this is not a line']]],
    [
      'with two lines that are none',
      sound.replace(START, 'one\r\ntwo'),
      [
        [5, 'this is not a line'],
        [6, 'this is not a line'],
      ],
    ],
    ['with something after it', `${sound}\r\nX-MORE:1`, [[9, 'stands outside of BEGIN:VCALENDAR']]],
    [
      'with something before it',
      `X-MORE:1\r\n${sound}`,
      [[1, 'stands outside of BEGIN:VCALENDAR and END:VCALENDAR']],
    ],
  ])('%s', (_, text, expected) => {
    const { freezes: found, faults } = read(text);
    expect(found).toEqual([]);
    expect([...faults].sort((a, b) => a.line - b.line)).toEqual(
      expected.map(([line, problem]) => ({ file: FILE, line, problem: expect.stringContaining(problem) })),
    );
  });
});

test('whatever is in a file, it is read or it is refused: nothing is thrown, and a freeze ends after it begins', () => {
  const sound = [
    ...calendar(weekend('RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE;VALUE=DATE:20260320')).split('\r\n'),
    ...VTIMEZONE,
  ];
  const anyLine = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...sound) },
    fc.string(),
    fc.constantFrom('RRULE:FREQ=DAILY;COUNT=2', 'RECURRENCE-ID:20260320T170000Z', 'DTSTART;TZID=:1', 'TZID:'),
    fc
      .tuple(fc.constantFrom('DTSTART', 'DTEND', 'EXDATE', 'RDATE', 'RRULE', 'DURATION', 'UID'), fc.string())
      .map(([name, value]) => `${name}:${value}`),
  );
  const edits = fc.array(fc.tuple(fc.nat(30), fc.nat(2), anyLine), { maxLength: 6 });
  fc.assert(
    fc.property(edits, (changes) => {
      const lines = [...sound.slice(0, -VTIMEZONE.length)];
      for (const [at, remove, line] of changes) lines.splice(at % lines.length, remove, line);
      const { freezes: found, faults } = read(lines.join('\r\n'));
      for (const { from, until } of found) expect(from).toBeLessThan(until);
      for (const { line } of faults) expect(line).toBeGreaterThan(0);
      if (faults.length > 0) expect(found).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});
