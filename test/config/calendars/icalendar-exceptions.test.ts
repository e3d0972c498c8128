import { describe, expect, test } from 'vitest';
import { onCall } from '../rules/schedule-support.ts';
import { BERLIN, calendar, minute, OPTIONS, read, weekend } from './icalendar-support.ts';

/** Linus takes every Monday from nine to nine, from 7 January 2036. */
const MONDAYS = [
  'UID:rotation',
  'SUMMARY:Linus Brandt',
  `DTSTART;${BERLIN}:20360107T090000`,
  `DTEND;${BERLIN}:20360108T090000`,
  'RRULE:FREQ=WEEKLY;COUNT=4',
];
const changed = (...lines: readonly string[]) => ['UID:rotation', ...lines];
const SAME_TIME = [`DTSTART;${BERLIN}:20360114T090000`, `DTEND;${BERLIN}:20360115T090000`];
const SECOND = `RECURRENCE-ID;${BERLIN}:20360114T090000`;
const TIMES = ['2036-01-07T12:00', '2036-01-14T12:00', '2036-01-21T12:00'];

describe('a changed occurrence of an on-call rotation speaks for itself', () => {
  test('its person is on call, and nobody of the series', () => {
    const text = calendar(MONDAYS, changed(SECOND, 'SUMMARY:Noor Haddad', ...SAME_TIME));
    expect(onCall(text, TIMES)).toEqual(['linus', 'noor', 'linus']);
  });

  test('it may stand before the series in the file', () => {
    const text = calendar(changed(SECOND, 'SUMMARY:noor', ...SAME_TIME), MONDAYS);
    expect(onCall(text, TIMES)).toEqual(['linus', 'noor', 'linus']);
  });

  test.each([
    ['in UTC', 'RECURRENCE-ID:20360114T080000Z'],
    ['in another time zone', 'RECURRENCE-ID;TZID=Asia/Kolkata:20360114T133000'],
    ['without a time zone', 'RECURRENCE-ID:20360114T090000'],
    ['as a date', 'RECURRENCE-ID;VALUE=DATE:20360114'],
  ])('its RECURRENCE-ID may be written %s', (_, id) => {
    const text = calendar(MONDAYS, changed(id, 'SUMMARY:noor', ...SAME_TIME));
    expect(onCall(text, TIMES)).toEqual(['linus', 'noor', 'linus']);
  });

  test('its own times and time zone count', () => {
    const moved = ['DTSTART;TZID=America/New_York:20360115T060000', 'DURATION:PT2H'];
    const text = calendar(MONDAYS, changed(SECOND, 'SUMMARY:noor', ...moved));
    const times = ['2036-01-14T12:00', '2036-01-15T11:59', '2036-01-15T12:00', '2036-01-15T14:00'];
    expect(onCall(text, times)).toEqual(['nobody', 'nobody', 'noor', 'nobody']);
  });

  test.each([['STATUS:CANCELLED'], ['STATUS:cancelled']])(
    'with %s nobody is on call in its time',
    (status) => {
      const text = calendar(MONDAYS, changed(SECOND, status, 'SUMMARY:Linus Brandt', ...SAME_TIME));
      expect(onCall(text, TIMES)).toEqual(['linus', 'nobody', 'linus']);
    },
  );

  test('one that says so is not on call', () => {
    const text = calendar(MONDAYS, changed(SECOND, 'SUMMARY:Nobody', ...SAME_TIME));
    expect(onCall(text, TIMES)).toEqual(['linus', 'nobody', 'linus']);
  });

  test.each([
    ['a stranger', ['SUMMARY:Zoe Quinn'], 14, '"Zoe Quinn" names nobody of the catalog'],
    ['nobody at all', [], 11, 'has no SUMMARY'],
  ])('one that names %s is a fault at its line', (_, summary, line, problem) => {
    const text = calendar(MONDAYS, [...changed(SECOND, ...summary), ...SAME_TIME]);
    const [fault, ...more] = onCall(text, TIMES);
    expect(fault).toMatch(new RegExp(`^${line}: `));
    expect(fault).toContain(problem);
    expect(more).toEqual([]);
  });

  test('all later ones are with it, where THISANDFUTURE says so', () => {
    const id = `RECURRENCE-ID;RANGE=THISANDFUTURE;${BERLIN}:20360114T090000`;
    expect(onCall(calendar(MONDAYS, changed(id, 'SUMMARY:noor', ...SAME_TIME)), TIMES)).toEqual([
      'linus',
      'noor',
      'noor',
    ]);
    const cancelled = changed(id, 'STATUS:CANCELLED', 'SUMMARY:linus', ...SAME_TIME);
    expect(onCall(calendar(MONDAYS, cancelled), TIMES)).toEqual(['linus', 'nobody', 'nobody']);
  });

  test('all later ones are moved by as much, also where it names its occurrence by its day', () => {
    const id = 'RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20360114';
    const later = [`DTSTART;${BERLIN}:20360114T120000`, `DTEND;${BERLIN}:20360115T090000`];
    const text = calendar(MONDAYS, changed(id, 'SUMMARY:noor', ...later));
    const times = [
      '2036-01-14T11:59',
      '2036-01-14T12:00',
      '2036-01-21T11:59',
      '2036-01-21T12:00',
      '2036-01-22T09:00',
    ];
    expect(onCall(text, times)).toEqual(['nobody', 'noor', 'nobody', 'noor', 'nobody']);
  });

  test('one that names a day on which the series comes round twice is a fault', () => {
    const twice = [
      ...MONDAYS.slice(0, 2),
      `DTSTART;${BERLIN}:20360107T090000`,
      'DURATION:PT4H',
      'RRULE:FREQ=WEEKLY;COUNT=4;BYHOUR=9,15',
    ];
    const text = calendar(twice, changed('RECURRENCE-ID;VALUE=DATE:20360114', 'SUMMARY:noor', ...SAME_TIME));
    expect(onCall(text, TIMES)).toEqual([
      '13: names a day on which the event comes round several times: write the time',
    ]);
  });

  test('of two revisions of one occurrence the higher SEQUENCE counts, wherever it stands', () => {
    const first = changed(SECOND, 'SEQUENCE:1', 'SUMMARY:ada', ...SAME_TIME);
    const later = changed(SECOND, 'SEQUENCE:2', 'SUMMARY:noor', ...SAME_TIME);
    expect(onCall(calendar(MONDAYS, first, later), TIMES)).toEqual(['linus', 'noor', 'linus']);
    expect(onCall(calendar(MONDAYS, later, first), TIMES)).toEqual(['linus', 'noor', 'linus']);
  });

  test('two that contradict each other are a fault', () => {
    const one = changed(SECOND, 'SUMMARY:ada', ...SAME_TIME);
    const other = changed(SECOND, 'SUMMARY:noor', ...SAME_TIME);
    expect(onCall(calendar(MONDAYS, one, other), TIMES)).toEqual([
      '18: is the same occurrence as that of line 11, with the same SEQUENCE and DTSTAMP: keep one of them',
    ]);
  });
});

/** Linus takes whole days from 7 to 10 January 2036. */
const DAYS = ['UID:rotation', 'SUMMARY:linus', 'DTSTART;VALUE=DATE:20360107', 'RRULE:FREQ=DAILY;COUNT=4'];

describe('an all-day series is changed in whatever form that is written', () => {
  test.each([
    ['a date', 'RECURRENCE-ID;VALUE=DATE:20360109'],
    ['midnight on the clocks of the schedule, in UTC', 'RECURRENCE-ID:20360108T230000Z'],
    ['midnight in UTC', 'RECURRENCE-ID:20360109T000000Z'],
    ['midnight without a time zone', 'RECURRENCE-ID:20360109T000000'],
    ['midnight with a time zone', `RECURRENCE-ID;${BERLIN}:20360109T000000`],
    ['midnight with another time zone', 'RECURRENCE-ID;TZID=America/New_York:20360109T000000'],
  ])('%s', (_, id) => {
    const times = ['2036-01-08T12:00', '2036-01-09T08:00', '2036-01-09T12:00', '2036-01-10T12:00'];
    const whole = changed(id, 'SUMMARY:noor', 'DTSTART;VALUE=DATE:20360109');
    expect(onCall(calendar(DAYS, whole), times)).toEqual(['linus', 'noor', 'noor', 'linus']);
    const timed = changed(id, 'SUMMARY:noor', `DTSTART;${BERLIN}:20360109T090000`, 'DURATION:PT8H');
    expect(onCall(calendar(DAYS, timed), times)).toEqual(['linus', 'nobody', 'noor', 'linus']);
  });
});

describe('a changed occurrence of a freeze', () => {
  const found = (...events: readonly (readonly string[])[]) =>
    read(calendar(...events)).freezes.map(({ name, from, until }) => [name, minute(from), minute(until)]);
  const moved = ['UID:weekend', `DTSTART;${BERLIN}:20260319T120000`, `DTEND;${BERLIN}:20260319T130000`];

  test('has its own name', () => {
    const id = `RECURRENCE-ID;${BERLIN}:20260320T180000`;
    expect(found(weekend('RRULE:FREQ=WEEKLY;COUNT=2'), [id, 'SUMMARY:fair', ...moved])).toEqual([
      ['weekend', '2026-03-13T17:00', '2026-03-16T07:00'],
      ['fair', '2026-03-19T11:00', '2026-03-19T12:00'],
    ]);
  });

  test('takes the place of the one that it names in another time zone', () => {
    const id = 'RECURRENCE-ID;TZID=Asia/Kolkata:20260320T223000';
    expect(found(weekend('RRULE:FREQ=WEEKLY;COUNT=2'), [id, ...moved])).toHaveLength(2);
  });

  test('needs a UID: otherwise nobody knows what it changes', () => {
    const id = `RECURRENCE-ID;${BERLIN}:20260320T180000`;
    const { faults } = read(calendar([id, ...moved.slice(1)]));
    expect(faults).toMatchObject([
      { line: 4, problem: 'has no UID: write that of the event that it changes' },
    ]);
  });

  test('is known also where the start of the series is long past', () => {
    const nights = [
      'UID:n',
      'DTSTART;TZID=Europe/Berlin:19970101T220000',
      'DURATION:PT8H',
      'RRULE:FREQ=DAILY',
    ];
    const skipped = [
      'UID:n',
      'RECURRENCE-ID:20260301T210000Z',
      'STATUS:CANCELLED',
      `DTSTART;${BERLIN}:20260301T220000`,
      'DURATION:PT8H',
    ];
    const { freezes } = read(calendar(nights, skipped), {
      ...OPTIONS,
      horizon: Date.parse('2026-03-04T00:00Z'),
    });
    const begins = freezes.map(({ from }) => minute(from));
    expect(begins).toContain('2026-02-28T21:00');
    expect(begins).not.toContain('2026-03-01T21:00');
    expect(begins).toContain('2026-03-02T21:00');
  });
});
