import { describe, expect, test } from 'vitest';
import { FILE, minute, OPTIONS, read, VTIMEZONE } from './icalendar-support.ts';

/** A freeze from 12:00 to 18:00 on 1 July 2026 in a time zone that the file defines in this way. */
const inZone = (tzid: string, ...definition: readonly string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...definition,
    'BEGIN:VEVENT',
    `DTSTART;TZID=${tzid}:20260701T120000`,
    `DTEND;TZID=${tzid}:20260701T180000`,
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');

const frozen = (text: string) => {
  const { freezes, faults } = read(text);
  return faults.length > 0 ? faults : freezes.map(({ from, until }) => `${minute(from)} ${minute(until)}`);
};

const zone = (tzid: string, ...observances: readonly (readonly string[])[]) => [
  'BEGIN:VTIMEZONE',
  `TZID:${tzid}`,
  ...observances.flat(),
  'END:VTIMEZONE',
];
const observance = (kind: string, ...lines: readonly string[]) => [`BEGIN:${kind}`, ...lines, `END:${kind}`];
const SUMMER = observance(
  'DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'DTSTART:19810329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
);
const winter = (...lines: readonly string[]) =>
  observance('STANDARD', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', ...lines);
const WINTER = winter('DTSTART:19961027T030000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU');

const IN_AMSTERDAM = '2026-07-01T10:00 2026-07-01T16:00';
const IN_NEW_YORK = '2026-07-01T16:00 2026-07-01T22:00';
const IN_TOKYO = '2026-07-01T03:00 2026-07-01T09:00';

describe('a time zone that has a name which everybody knows', () => {
  test.each([
    ['of the IANA database', 'Europe/Amsterdam', IN_AMSTERDAM],
    ['of the IANA database, in small letters', 'europe/amsterdam', IN_AMSTERDAM],
    ['of Windows', 'W. Europe Standard Time', IN_AMSTERDAM],
    ['of Windows', 'Eastern Standard Time', IN_NEW_YORK],
    ['of Windows', 'Tokyo Standard Time', IN_TOKYO],
    ['of Windows, in small letters', 'tokyo standard time', IN_TOKYO],
    [
      'of Windows, and has had no summer since 2022',
      'Mountain Standard Time (Mexico)',
      '2026-07-01T19:00 2026-07-02T01:00',
    ],
    ['of Windows', 'UTC', '2026-07-01T12:00 2026-07-01T18:00'],
  ])('%s: %s', (_, tzid, expected) => {
    expect(frozen(inZone(tzid)), 'not defined').toEqual([expected]);
    expect(frozen(inZone(tzid, ...zone(tzid))), 'defined as nothing').toEqual([expected]);
    const unsigned = observance(
      'STANDARD',
      'TZOFFSETFROM:0100',
      'TZOFFSETTO:0100',
      'DTSTART:19700101T000000',
    );
    expect(frozen(inZone(tzid, ...zone(tzid, unsigned))), 'defined wrong').toEqual([expected]);
    const misspelt = observance(
      'STANDART',
      'TZOFFSETTFROM:+0100',
      'TZOFFSETTO:+0100',
      'DTSTART:19700101T000000',
    );
    expect(frozen(inZone(tzid, ...zone(tzid, misspelt))), 'misspelt').toEqual([expected]);
  });
});

describe('an abbreviation', () => {
  test('means what the file defines it as, or the zone of the IANA database', () => {
    expect(frozen(inZone('EST'))).toEqual(['2026-07-01T17:00 2026-07-01T23:00']);
    const summer = observance(
      'DAYLIGHT',
      'TZOFFSETFROM:-0500',
      'TZOFFSETTO:-0400',
      'DTSTART:20070311T020000',
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
    );
    expect(frozen(inZone('EST', ...zone('EST', summer)))).toEqual([IN_NEW_YORK]);
  });

  test('that is not in it is a fault: BST is a time of Dhaka for some, and of London for others', () => {
    expect(frozen(inZone('BST'))).toMatchObject([
      { line: 4, problem: expect.stringContaining('BST is no time zone') },
      { line: 5, problem: expect.stringContaining('BST is no time zone') },
    ]);
  });
});

describe('a time zone that the file alone defines', () => {
  test('is as it says', () => {
    expect(frozen(inZone('Our Time', ...VTIMEZONE))).toEqual([IN_AMSTERDAM]);
  });

  test('may be defined after the event', () => {
    const text = inZone('Our Time').replace('END:VCALENDAR', [...VTIMEZONE, 'END:VCALENDAR'].join('\r\n'));
    expect(frozen(text)).toEqual([IN_AMSTERDAM]);
  });

  test.each([
    ['from its first observance on', 'DTSTART:20270328T020000', '+0100', '2026-07-01T11:00 2026-07-01T17:00'],
    ['in New York too', 'DTSTART:20270314T020000', '-0500', '2026-07-01T17:00 2026-07-01T23:00'],
    ['in Tokyo too', 'DTSTART:20270314T020000', '+0900', IN_TOKYO],
  ])('has TZOFFSETFROM before it first changes: %s', (_, start, offset, expected) => {
    const later = observance('DAYLIGHT', `TZOFFSETFROM:${offset}`, 'TZOFFSETTO:+1000', start);
    expect(frozen(inZone('Our Time', ...zone('Our Time', later)))).toEqual([expected]);
  });

  test('changes also where a rule began centuries ago, as Outlook writes it', () => {
    const outlook = zone(
      'Amsterdam, Berlin, Bern',
      winter('DTSTART:16010101T030000', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10'),
      observance(
        'DAYLIGHT',
        'DTSTART:16010101T020000',
        'TZOFFSETFROM:+0100',
        'TZOFFSETTO:+0200',
        'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
      ),
    );
    expect(frozen(inZone('"Amsterdam, Berlin, Bern"', ...outlook))).toEqual([IN_AMSTERDAM]);
  });

  test('changes on the dates of RDATE, and until UNTIL', () => {
    const once = observance('DAYLIGHT', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'DTSTART:20250330T020000');
    const dates = winter('DTSTART:19961027T030000', 'RDATE:20251026T030000,20261025T030000');
    expect(frozen(inZone('Our Time', ...zone('Our Time', once, dates)))).toEqual([
      '2026-07-01T11:00 2026-07-01T17:00',
    ]);
    const ended = winter(
      'DTSTART:19961027T030000',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20201025T010000Z',
    );
    const late = observance('DAYLIGHT', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0300', 'DTSTART:20210328T020000');
    expect(frozen(inZone('Our Time', ...zone('Our Time', ended, late)))).toEqual([
      '2026-07-01T09:00 2026-07-01T15:00',
    ]);
  });

  test('may be defined twice in the same way', () => {
    expect(frozen(inZone('Our Time', ...VTIMEZONE, ...VTIMEZONE))).toEqual([IN_AMSTERDAM]);
  });

  test.each<[string, readonly string[], number, string]>([
    ['with nothing in it', zone('Our Time'), 3, 'defines no STANDARD or DAYLIGHT time: write one of them'],
    [
      'with an observance that is misspelt',
      zone(
        'Our Time',
        observance('STANDART', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0100', 'DTSTART:19700101T000000'),
      ),
      5,
      'BEGIN:STANDART is not known in VTIMEZONE; did you mean "STANDARD"?',
    ],
    [
      'with an offset that is misspelt',
      zone(
        'Our Time',
        observance('STANDARD', 'TZOFFSETTFROM:+0100', 'TZOFFSETTO:+0100', 'DTSTART:19700101T000000'),
      ),
      6,
      'TZOFFSETTFROM is no property of iCalendar; did you mean "TZOFFSETFROM"?',
    ],
    [
      'with an offset without a sign',
      zone(
        'Our Time',
        observance('STANDARD', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:0100', 'DTSTART:19700101T000000'),
      ),
      7,
      'must be an offset with its sign, such as +0100',
    ],
    [
      'with an offset that is no time',
      zone(
        'Our Time',
        observance('STANDARD', 'TZOFFSETFROM:+0199', 'TZOFFSETTO:+0100', 'DTSTART:19700101T000000'),
      ),
      6,
      'must be an offset with its sign, such as +0100',
    ],
    [
      'without an offset',
      zone('Our Time', observance('STANDARD', 'TZOFFSETFROM:+0100', 'DTSTART:19700101T000000')),
      5,
      'has no TZOFFSETTO: write one, such as TZOFFSETTO:+0100',
    ],
    [
      'without the offset before it',
      zone('Our Time', observance('DAYLIGHT', 'TZOFFSETTO:+0200', 'DTSTART:19700101T000000')),
      5,
      'has no TZOFFSETFROM: write one, such as TZOFFSETFROM:+0100',
    ],
    [
      'without a begin',
      zone('Our Time', observance('STANDARD', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0100')),
      5,
      'has no DTSTART: write one, such as DTSTART:19700101T000000',
    ],
    [
      'that begins in UTC',
      zone(
        'Our Time',
        observance('STANDARD', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0100', 'DTSTART:19700101T000000Z'),
      ),
      8,
      'must be a time without a time zone, such as 19700101T000000',
    ],
    [
      'that changes every minute',
      zone('Our Time', winter('DTSTART:20200101T000000', 'RRULE:FREQ=MINUTELY')),
      9,
      'changes too often: a time zone has 2000 changes at most',
    ],
    [
      'in two different ways',
      [...zone('Our Time', SUMMER, WINTER), ...zone('Our Time', SUMMER)],
      18,
      'defines Our Time otherwise than line 3: keep one of them',
    ],
  ])('%s is a fault at its line', (_, definition, line, problem) => {
    expect(frozen(inZone('Our Time', ...definition))).toEqual([{ file: FILE, line, problem }]);
  });

  test('is not looked at where no event names it', () => {
    expect(frozen(inZone('Europe/Amsterdam', ...zone('Our Time')))).toEqual([IN_AMSTERDAM]);
  });
});

describe('a time zone that nobody knows is a fault at the line that names it', () => {
  test.each([['Europe/Berlinn'], ['/example.org/Europe/Berlin'], ['"+01:00"'], ['Heure de Paris']])(
    '%s',
    (tzid) => {
      expect(frozen(inZone(tzid))).toMatchObject([
        { line: 4, problem: expect.stringContaining(`${tzid.replaceAll('"', '')} is no time zone`) },
        { line: 5, problem: expect.stringContaining(`${tzid.replaceAll('"', '')} is no time zone`) },
      ]);
    },
  );

  test.each([
    [
      'a time in UTC that has another zone too',
      'DTSTART;TZID=America/New_York:20260701T120000Z',
      'names a time zone, and Z says UTC: write one of them',
    ],
  ])('%s', (_, line, problem) => {
    const text = inZone('UTC').replace('DTSTART;TZID=UTC:20260701T120000', line);
    expect(frozen(text)).toMatchObject([{ line: 4, problem }]);
  });
});

describe('times without a time zone', () => {
  const floating = (...lines: readonly string[]) =>
    [
      'BEGIN:VCALENDAR',
      ...lines,
      'BEGIN:VEVENT',
      'DTSTART:20260701T120000',
      'DURATION:PT6H',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');

  test('are on the clocks of the installation, or on those that the file names for them', () => {
    expect(frozen(floating())).toEqual([IN_AMSTERDAM]);
    expect(frozen(floating('X-WR-TIMEZONE:America/New_York'))).toEqual([IN_NEW_YORK]);
    expect(frozen(floating('X-WR-TIMEZONE:Berlin'))).toMatchObject([
      { line: 2, problem: expect.stringContaining('Berlin is no time zone') },
    ]);
  });

  test('whole days are on the clocks of the installation: calendars of holidays say UTC for them', () => {
    const day = floating('X-WR-TIMEZONE:UTC')
      .replace('DTSTART:20260701T120000', 'DTSTART;VALUE=DATE:20260701')
      .replace('\r\nDURATION:PT6H', '');
    expect(frozen(day)).toEqual(['2026-06-30T22:00 2026-07-01T22:00']);
  });

  test('a whole day that names a time zone is one there', () => {
    const day = floating()
      .replace('DTSTART:20260701T120000', 'DTSTART;VALUE=DATE;TZID=America/New_York:20260701')
      .replace('\r\nDURATION:PT6H', '');
    expect(frozen(day)).toEqual(['2026-07-01T04:00 2026-07-02T04:00']);
  });
});

test('the horizon of a reader does not move a time zone', () => {
  const { freezes } = read(inZone('Our Time', ...VTIMEZONE), { ...OPTIONS, horizon: OPTIONS.since + 1 });
  expect(freezes.map(({ from }) => minute(from))).toEqual(['2026-07-01T10:00']);
});
