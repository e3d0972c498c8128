import { describe, expect, test } from 'vitest';
import { BERLIN, calendar, FILE, minute, OPTIONS, read, VTIMEZONE, weekend } from './icalendar-support.ts';

/** From and until of each freeze, in UTC. */
function freezes(...events: readonly (readonly string[])[]): string[] {
  const { freezes: found, faults } = read(calendar(...events));
  expect(faults).toEqual([]);
  return found.map(({ from, until }) => `${minute(from)} ${minute(until)}`);
}

describe('when a freeze begins and ends', () => {
  test.each([
    ['in UTC', ['DTSTART:20261218T180000Z', 'DTEND:20270104T080000Z'], '2026-12-18T18:00 2027-01-04T08:00'],
    [
      'in a time zone of the IANA database',
      ['DTSTART;TZID=America/New_York:20261218T180000', 'DTEND;TZID=America/New_York:20270104T080000'],
      '2026-12-18T23:00 2027-01-04T13:00',
    ],
    [
      'in two time zones',
      ['DTSTART;TZID=Asia/Kolkata:20261218T180000', 'DTEND;TZID=America/New_York:20261218T180000'],
      '2026-12-18T12:30 2026-12-18T23:00',
    ],
    [
      'with UTC as its time zone',
      ['DTSTART;TZID=UTC:20261218T180000', 'DTEND;TZID=UTC:20261219T180000'],
      '2026-12-18T18:00 2026-12-19T18:00',
    ],
    [
      'local: in the time zone of the calendar',
      ['DTSTART:20261218T180000', 'DTEND:20261219T180000'],
      '2026-12-18T17:00 2026-12-19T17:00',
    ],
    ['a whole day', ['DTSTART;VALUE=DATE:20261224'], '2026-12-23T23:00 2026-12-24T23:00'],
    [
      'whole days, the last of which is not in it',
      ['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227'],
      '2026-12-23T23:00 2026-12-26T23:00',
    ],
    [
      'a whole day on which clocks go forward',
      ['DTSTART;VALUE=DATE:20260329'],
      '2026-03-28T23:00 2026-03-29T22:00',
    ],
    [
      'a whole day on which clocks go back',
      ['DTSTART;VALUE=DATE:20261025'],
      '2026-10-24T22:00 2026-10-25T23:00',
    ],
    [
      'with a duration',
      ['DTSTART:20261218T180000Z', 'DURATION:P1DT12H'],
      '2026-12-18T18:00 2026-12-20T06:00',
    ],
    [
      'over the night in which clocks go back',
      [`DTSTART;${BERLIN}:20261024T180000`, `DTEND;${BERLIN}:20261026T080000`],
      '2026-10-24T16:00 2026-10-26T07:00',
    ],
    [
      'at a time that clocks skip',
      [`DTSTART;${BERLIN}:20260329T023000`, `DTEND;${BERLIN}:20260329T060000`],
      '2026-03-29T01:30 2026-03-29T04:00',
    ],
    [
      'at a time that clocks show twice',
      [`DTSTART;${BERLIN}:20261025T023000`, `DTEND;${BERLIN}:20261025T060000`],
      '2026-10-25T00:30 2026-10-25T05:00',
    ],
    [
      'where clocks change by half an hour',
      ['DTSTART;TZID=Australia/Lord_Howe:20261003T120000', 'DTEND;TZID=Australia/Lord_Howe:20261004T120000'],
      '2026-10-03T01:30 2026-10-04T01:00',
    ],
  ])('%s', (_, lines, expected) => {
    expect(freezes(lines)).toEqual([expected]);
  });

  test('a time zone that the file defines counts as it says there', () => {
    const text = calendar(['DTSTART;TZID=Our Time:20260701T120000', 'DTEND;TZID=Our Time:20261201T120000']);
    const { freezes: found, faults } = read(
      text.replace('BEGIN:VEVENT', [...VTIMEZONE, 'BEGIN:VEVENT'].join('\r\n')),
    );
    expect(faults).toEqual([]);
    expect(found.map(({ from, until }) => [minute(from), minute(until)])).toEqual([
      ['2026-07-01T10:00', '2026-12-01T11:00'],
    ]);
  });

  test('what was over before is left out, what is still on is not', () => {
    const lines = (from: string, to: string) => [`DTSTART:${from}T000000Z`, `DTEND:${to}T000000Z`];
    expect(freezes(lines('20251220', '20260101'))).toEqual([]);
    expect(freezes(lines('20251220', '20260102'))).toEqual(['2025-12-20T00:00 2026-01-02T00:00']);
  });
});

describe('what is frozen', () => {
  const lines = ['DTSTART:20261218T180000Z', 'DTEND:20261219T180000Z'];

  test.each([
    ['its summary', ['SUMMARY:Year end\\, all teams'], 'Year end, all teams'],
    ['a folded summary', ['SUMMARY:Year', '  end'], 'Year end'],
    ['its file, where it has no summary', [], FILE],
    ['its file, where the summary is empty', ['SUMMARY: '], FILE],
    ['one line, however it is written', ['SUMMARY:Year\\nend\u2028of it'], 'Year end of it'],
    ['100 characters at most', [`SUMMARY:${'x'.repeat(101)}`], 'x'.repeat(100)],
  ])('is named by %s', (_, summary, name) => {
    expect(read(calendar([...lines, ...summary])).freezes).toMatchObject([{ name }]);
  });

  test.each([
    ['STATUS:CANCELLED', 0],
    ['STATUS:TENTATIVE', 1],
    ['TRANSP:TRANSPARENT', 1],
  ])('an event with %s is %i freezes', (line, count) => {
    expect(freezes([...lines, line])).toHaveLength(count);
  });

  test('only events are: tasks and alarms are not, and a calendar may have none', () => {
    const task = ['BEGIN:VTODO', 'DTSTART:20261218T180000Z', 'END:VTODO', 'END:VCALENDAR'].join('\r\n');
    expect(read(calendar().replace('END:VCALENDAR', task))).toEqual({ freezes: [], faults: [] });
    const alarm = ['BEGIN:VALARM', 'TRIGGER:-PT15M', 'ACTION:DISPLAY', 'END:VALARM'];
    expect(freezes([...lines, ...alarm])).toHaveLength(1);
  });

  test('lines may end in any of the three ways, and the file begin with a byte order mark', () => {
    const text = calendar(lines);
    const { freezes: found } = read(text);
    for (const end of ['\n', '\r', '\r\n'])
      expect(read(`\uFEFF${text.replaceAll('\r\n', end)}${end}`)).toEqual({ freezes: found, faults: [] });
  });
});

describe('what recurs', () => {
  test('is at the same time on the clock in winter and in summer', () => {
    expect(freezes(weekend('RRULE:FREQ=WEEKLY;COUNT=4'))).toEqual([
      '2026-03-13T17:00 2026-03-16T07:00',
      '2026-03-20T17:00 2026-03-23T07:00',
      '2026-03-27T17:00 2026-03-30T06:00',
      '2026-04-03T16:00 2026-04-06T06:00',
    ]);
  });

  test('ends with the time of UNTIL, which is in UTC', () => {
    const until = (time: string) => freezes(weekend(`RRULE:FREQ=WEEKLY;UNTIL=${time}`)).length;
    expect(until('20260403T155959Z')).toBe(3);
    expect(until('20260403T160000Z')).toBe(4);
  });

  test.each([
    ['the last Friday of each month', 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', ['03-27', '04-24', '05-29']],
    ['the 31st, where there is one', 'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3', ['03-31', '05-31', '07-31']],
    ['two days a week', 'FREQ=WEEKLY;BYDAY=FR,TU;COUNT=3', ['03-13', '03-17', '03-20']],
  ])('%s', (_, rule, days) => {
    const lines = ['DTSTART;VALUE=DATE:20260313', `RRULE:${rule}`];
    const { freezes: found } = read(calendar(lines), { ...OPTIONS, timeZone: 'UTC' });
    // Where the first date does not follow from the rule, it is one all the same.
    expect(found.map(({ from }) => minute(from).slice(5, 10))).toEqual(expect.arrayContaining(days));
    expect(found.every(({ from, until }) => until - from === 24 * 3_600_000)).toBe(true);
  });

  test.each([
    [`EXDATE;${BERLIN}:20260320T180000`],
    ['EXDATE:20260320T170000Z'],
    ['EXDATE;VALUE=DATE:20260320'],
    [`EXDATE;${BERLIN}:20260101T180000,20260320T180000`],
  ])('leaves out what %s says', (line) => {
    expect(freezes(weekend('RRULE:FREQ=WEEKLY;COUNT=3', line))).toEqual([
      '2026-03-13T17:00 2026-03-16T07:00',
      '2026-03-27T17:00 2026-03-30T06:00',
    ]);
  });

  test.each([
    ['on the dates of RDATE', `RDATE;${BERLIN}:20260417T180000`],
    ['by a rule that begins later', 'RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=17;COUNT=1'],
  ])('is when it starts too, and %s', (_, line) => {
    expect(freezes(weekend(line))).toEqual([
      '2026-03-13T17:00 2026-03-16T07:00',
      '2026-04-17T16:00 2026-04-20T06:00',
    ]);
    for (const date of ['', 'T180000'])
      expect(
        freezes(weekend(line, `EXDATE;${date ? BERLIN : 'VALUE=DATE'}:20260313${date}`)),
        'the start is left out',
      ).toEqual(['2026-04-17T16:00 2026-04-20T06:00']);
  });

  const moved = (id: string, ...more: readonly string[]) => [
    'UID:weekend',
    id,
    `DTSTART;${BERLIN}:20260319T120000`,
    `DTEND;${BERLIN}:20260319T130000`,
    ...more,
  ];

  test.each([[`RECURRENCE-ID;${BERLIN}:20260320T180000`], ['RECURRENCE-ID:20260320T170000Z']])(
    'is moved where an event with %s says so, wherever that stands in the file',
    (id) => {
      const expected = ['2026-03-13T17:00 2026-03-16T07:00', '2026-03-19T11:00 2026-03-19T12:00'];
      const recurring = weekend('RRULE:FREQ=WEEKLY;COUNT=2');
      expect(freezes(recurring, moved(id))).toEqual(expected);
      expect(freezes(moved(id), recurring)).toEqual(expected);
      expect(freezes(recurring, moved(id, 'STATUS:CANCELLED'))).toEqual(expected.slice(0, 1));
    },
  );

  test.each([
    ['which it does not have', `RECURRENCE-ID;${BERLIN}:20260321T180000`, []],
    ['in another time zone', 'RECURRENCE-ID;TZID=Asia/Kolkata:20260320T223000', []],
    [
      'that is left out',
      `RECURRENCE-ID;${BERLIN}:20260320T180000`,
      [`EXDATE;${BERLIN}:20260320T180000`, 'RRULE:FREQ=WEEKLY;COUNT=1'],
    ],
  ])('an event in the place of an occurrence %s is frozen all the same', (_, id, more) => {
    const found = freezes(weekend(...(more.length > 0 ? more : ['RRULE:FREQ=WEEKLY;COUNT=2'])), moved(id));
    expect(found).toContain('2026-03-19T11:00 2026-03-19T12:00');
    expect(found).toContain('2026-03-13T17:00 2026-03-16T07:00');
  });

  test('of an event that is not there is an event of its own', () => {
    expect(freezes(moved(`RECURRENCE-ID;${BERLIN}:20260320T180000`))).toEqual([
      '2026-03-19T11:00 2026-03-19T12:00',
    ]);
  });

  test('all later ones are moved where THISANDFUTURE says so', () => {
    const id = `RECURRENCE-ID;RANGE=THISANDFUTURE;${BERLIN}:20260320T180000`;
    expect(freezes(weekend('RRULE:FREQ=WEEKLY;COUNT=3'), moved(id))).toEqual([
      '2026-03-13T17:00 2026-03-16T07:00',
      '2026-03-19T11:00 2026-03-19T12:00',
      '2026-03-26T11:00 2026-03-26T12:00',
    ]);
  });

  test('for ever is known up to the horizon, and frozen from there on', () => {
    const horizon = Date.parse('2026-04-01T00:00Z');
    const { freezes: found } = read(calendar(weekend('RRULE:FREQ=WEEKLY')), { ...OPTIONS, horizon });
    expect(found).toHaveLength(4);
    expect(found.at(-1)).toMatchObject({
      name: 'weekend, of which dates are known to here; start the worker again',
      from: horizon,
    });
    expect(found.at(-1)?.until).toBeGreaterThan(Date.parse('2100-01-01T00:00Z'));
  });

  test('since long ago counts from now: every night of thirty years is not too often', () => {
    const nights = ['DTSTART;TZID=Europe/Berlin:19970101T220000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY'];
    const { freezes: found, faults } = read(calendar(nights));
    expect(faults).toEqual([]);
    expect(minute(found[0]?.until ?? 0)).toBe('2026-01-01T05:00');
  });
});
