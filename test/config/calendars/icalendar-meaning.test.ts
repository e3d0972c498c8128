import { describe, expect, test } from 'vitest';
import { onCall } from '../rules/schedule-support.ts';
import { calendar, FILE, minute, OPTIONS, read } from './icalendar-support.ts';

const withHead = (head: string, ...events: readonly (readonly string[])[]) =>
  calendar(...events).replace('PRODID:', `${head}\r\nPRODID:`);
const found = (text: string, options = OPTIONS) => {
  const { freezes, faults } = read(text, options);
  return faults.length > 0
    ? faults
    : freezes.map(({ name, from, until }) => `${name}: ${minute(from)} ${minute(until)}`);
};
const deployments = (...more: readonly string[]) => [
  'UID:deployments',
  'SUMMARY:deployments',
  'DTSTART:20260105T080000Z',
  'DTEND:20260105T160000Z',
  ...more,
];
const problemOf = (text: string) => read(text).faults.map(({ line, problem }) => [line, problem]);

describe('a calendar that is closed by default (AWS Systems Manager Change Calendar)', () => {
  const CLOSED = 'X-CALENDAR-TYPE:DEFAULT_CLOSED';

  test('is open in its events, and frozen at all other times', () => {
    expect(found(withHead(CLOSED, deployments('RRULE:FREQ=DAILY;COUNT=2')))).toEqual([
      `${FILE}, closed by default: 2026-01-01T00:00 2026-01-05T08:00`,
      `${FILE}, closed by default: 2026-01-05T16:00 2026-01-06T08:00`,
      expect.stringMatching(/closed by default: 2026-01-06T16:00 21/),
    ]);
  });

  test('is named as people call it', () => {
    expect(found(withHead(`${CLOSED}\r\nX-WR-CALNAME:Deployments`))).toEqual([
      expect.stringMatching(/^Deployments, closed by default: 2026-01-01T00:00 21/),
    ]);
  });

  test('without any event is never open', () => {
    expect(found(withHead(CLOSED))).toHaveLength(1);
  });

  test('is closed beyond what is known of an event that recurs for ever', () => {
    const horizon = Date.parse('2026-01-07T00:00Z');
    const times = found(withHead(CLOSED, deployments('RRULE:FREQ=DAILY')), { ...OPTIONS, horizon });
    expect(times.at(-1)).toMatch(/known to here; start the worker again: 2026-01-06T16:00 21/);
  });

  test.each([
    ['is cancelled', 'STATUS:CANCELLED'],
    ['is tentative', 'STATUS:TENTATIVE'],
    ['only informs', 'X-EVENT-TYPE:ADVISORY'],
  ])('is not open in an event that %s', (_, status) => {
    expect(found(withHead(CLOSED, deployments(status)))).toHaveLength(1);
  });

  test('events that meet leave no gap', () => {
    const other = ['UID:2', 'DTSTART:20260105T120000Z', 'DTEND:20260105T200000Z'];
    expect(found(withHead(CLOSED, deployments(), other))).toEqual([
      expect.stringMatching(/2026-01-01T00:00 2026-01-05T08:00$/),
      expect.stringMatching(/2026-01-05T20:00 21/),
    ]);
  });

  test('one that is open by default is frozen in its events', () => {
    expect(found(withHead('X-CALENDAR-TYPE:DEFAULT_OPEN', deployments()))).toEqual([
      'deployments: 2026-01-05T08:00 2026-01-05T16:00',
    ]);
  });

  test('is no on-call schedule', () => {
    const shift = ['SUMMARY:linus', 'DTSTART:20360105T080000Z', 'DTEND:20360105T160000Z'];
    expect(onCall(withHead(CLOSED, shift), [])).toEqual([
      '3: DEFAULT_CLOSED is for calendars of changes: leave it out of an on-call schedule',
    ]);
  });
});

describe('the head of a file that says it is something else is a fault', () => {
  test.each([
    [
      'X-CALENDAR-TYPE:CLOSED',
      'X-CALENDAR-TYPE:CLOSED is not read: write DEFAULT_OPEN (closed in its events) or',
    ],
    ['METHOD:CANCEL', 'METHOD:CANCEL is not read: this is a message about events, not a calendar'],
    ['METHOD:REPLY', 'METHOD:REPLY is not read: this is a message about events, not a calendar'],
    ['CALSCALE:HEBREW', 'CALSCALE:HEBREW is not read: only dates of the Gregorian calendar are read'],
    ['VERSION:1.0', 'VERSION:1.0 is not read: only iCalendar 2.0 is read: export it again'],
  ])('%s', (head, problem) => {
    expect(problemOf(withHead(head, deployments()))).toEqual([[3, expect.stringContaining(problem)]]);
  });

  test.each([['METHOD:PUBLISH'], ['METHOD:REQUEST'], ['CALSCALE:gregorian'], ['X-WR-CALDESC:Closed']])(
    '%s is none',
    (head) => {
      expect(found(withHead(head, deployments()))).toHaveLength(1);
    },
  );
});

describe('what a line of an event says is not passed over', () => {
  test.each([
    ['EXRULE:FREQ=WEEKLY', 'EXRULE is not read here: write RRULE and EXDATE'],
    [
      'X-MICROSOFT-RRULE:FREQ=YEARLY',
      'X-MICROSOFT-RRULE, a rule of another calendar than the Gregorian, is not read',
    ],
    ['SEQUENCE:first', 'first is no number of a revision: write 0 or more'],
    ['STATUS:CANCELED', 'CANCELED is no status of an event: write CONFIRMED, TENTATIVE, CANCELLED'],
    ['DTEND:20260106T160000Z', 'DTEND stands twice, first on line 8: keep one'],
    ['DURATION:PT1H', 'has DTEND and DURATION: keep one of them'],
    ['STAUS:CANCELLED', 'STAUS is no property of iCalendar; did you mean "STATUS"?'],
    ['EX-DATE:20260105T080000Z', 'EX-DATE is no property of iCalendar; did you mean "EXDATE"?'],
    [
      'RECURENCE-ID:20260105T080000Z',
      'RECURENCE-ID is no property of iCalendar; did you mean "RECURRENCE-ID"?',
    ],
    [
      'RECURRENCE-ID;RANGE=THISANDPRIOR:20260105T080000Z',
      'RANGE=THISANDPRIOR is not read here: write RANGE=THISANDFUTURE or none',
    ],
  ])('%s', (line, problem) => {
    expect(problemOf(calendar(deployments(line)))).toEqual([[9, expect.stringContaining(problem)]]);
  });

  test.each([
    ['DTSTART:20260105T080000+0100', '20260105T080000+0100 is no date or time'],
    ['DTSTART:2026-01-05T08:00:00Z', '2026-01-05T08:00:00Z is no date or time'],
    ['DTSTART;VALUE=DATE:20260105T080000', '20260105T080000 is a time, and VALUE=DATE says a date'],
    ['DTSTART:', 'nothing is no date or time'],
  ])('%s', (line, problem) => {
    const text = calendar(deployments()).replace('DTSTART:20260105T080000Z', line);
    expect(problemOf(text)).toEqual([[7, expect.stringContaining(problem)]]);
  });

  test('a cancelled event may end as it begins, as Grafana OnCall writes it', () => {
    const over = ['STATUS:CANCELLED', 'DTSTART:20260105T080000Z', 'DTEND:20260105T080000Z'];
    expect(found(calendar(over, deployments()))).toHaveLength(1);
    expect(problemOf(calendar(over.slice(1)))).toEqual([
      [6, expect.stringContaining('ends before it begins')],
    ]);
  });

  test('eight digits are a date, also without VALUE=DATE', () => {
    expect(found(calendar(['SUMMARY:day', 'DTSTART:20260105']), { ...OPTIONS, timeZone: 'UTC' })).toEqual([
      'day: 2026-01-05T00:00 2026-01-06T00:00',
    ]);
  });

  test('hours of a duration pass also where clocks change, and its days are those of the clock', () => {
    const lasting = (duration: string) =>
      found(calendar(['SUMMARY:x', 'DTSTART;TZID=Europe/Berlin:20260328T120000', `DURATION:${duration}`]));
    expect(lasting('P1D')).toEqual(['x: 2026-03-28T11:00 2026-03-29T10:00']);
    expect(lasting('PT24H')).toEqual(['x: 2026-03-28T11:00 2026-03-29T11:00']);
    expect(lasting('P1DT1H')).toEqual(['x: 2026-03-28T11:00 2026-03-29T11:00']);
  });

  test('a short freeze that begins at a time which clocks skip is as long as it says', () => {
    const skipped = [
      'SUMMARY:x',
      'DTSTART;TZID=Europe/Berlin:20260329T023000',
      'DTEND;TZID=Europe/Berlin:20260329T030000',
    ];
    expect(found(calendar(skipped))).toEqual(['x: 2026-03-29T01:30 2026-03-29T02:00']);
  });
});

describe('what stands in the wrong place is not passed over', () => {
  const inside = (...lines: readonly string[]) =>
    calendar(deployments()).replace('END:VCALENDAR', [...lines, 'END:VCALENDAR'].join('\r\n'));

  test.each([
    ['VEVNT', 'BEGIN:VEVNT is not known in VCALENDAR; did you mean "VEVENT"?'],
    ['VFREEBUSY', 'VFREEBUSY is not read here: export events (VEVENT)'],
    ['VAVAILABILITY', 'VAVAILABILITY is not read here: export events (VEVENT)'],
    ['STANDARD', 'BEGIN:STANDARD is not known in VCALENDAR; known: VEVENT, VJOURNAL, VTIMEZONE, VTODO'],
  ])('BEGIN:%s', (name, problem) => {
    expect(problemOf(inside(`BEGIN:${name}`, `END:${name}`))).toEqual([[10, problem]]);
  });

  test('an event in another event', () => {
    const nested = calendar([...deployments(), 'BEGIN:VEVENT', 'DTSTART:20260107T080000Z', 'END:VEVENT']);
    expect(problemOf(nested)).toEqual([[9, expect.stringContaining('BEGIN:VEVENT is not known in VEVENT')]]);
  });

  test.each([['VTODO'], ['VJOURNAL'], ['X-OURS']])('%s is no event, and none is looked for in it', (name) => {
    expect(found(inside(`BEGIN:${name}`, 'DTSTART:20260107T080000Z', `END:${name}`))).toHaveLength(1);
  });
});
