import { describe, expect, test } from 'vitest';
import { calendar } from '../calendars/icalendar-support.ts';
import { onCall, person } from './schedule-support.ts';

const PEOPLE = [
  person('mary', 'Mary'),
  person('mary-ann', 'Mary Ann Lopez'),
  person('jonas', 'Jonas Weber'),
  person('jonas.meier', 'Jonas Meier'),
  person('neil', 'Neil Okafor'),
  person('jurgen', 'Jürgen Groß'),
  person('call-bot', 'Call'),
];
const whoIs = (...lines: readonly string[]) => {
  const shift = [...lines, 'DTSTART:20360107T090000', 'DTEND:20360108T090000'];
  const [answer = ''] = onCall(calendar(shift), ['2036-01-07T12:00'], PEOPLE);
  return answer;
};

describe('an event of a schedule names whoever its summary has in whole words', () => {
  test.each([
    ['Primary on-call: Mary', 'mary'],
    ['Primary: Mary', 'mary'],
    ['Primary on-duty: Mary', 'mary'],
    ['primary (mary)', 'mary'],
    ["Mary's week", 'mary'],
    ['Mary’s week', 'mary'],
    ['Mary.', 'mary'],
    ['Week of Mary, week 3', 'mary'],
    ['SRE | jonas.meier | week 3', 'jonas.meier'],
    ['Jonas Meier', 'jonas.meier'],
    ['Mary Ann Lopez', 'mary-ann'],
    ['mary-ann', 'mary-ann'],
    ['JÜRGEN GROSS'.replace('SS', 'ß'), 'jurgen'],
    ['Jürgen Groß'.normalize('NFD'), 'jurgen'],
    ['Nobody', 'nobody'],
    ['Public holiday: nobody', 'nobody'],
  ])('%s', (summary, expected) => {
    expect(whoIs(`SUMMARY:${summary}`)).toBe(expected);
  });

  test.each([
    ['Primary duty'],
    ['Maryland office'],
    ["O'Neil"],
    ['Mary-Jane'],
    ['neil.armstrong'],
    ['x_mary'],
    ['Jonas'.concat('ina')],
  ])('%s names nobody of the catalog', (summary) => {
    expect(whoIs(`SUMMARY:${summary}`)).toContain(`names nobody of the catalog`);
  });

  test.each([
    ['Mary and Neil Okafor', 'mary, neil'],
    ['nobody (Mary is away)', 'nobody, mary'],
  ])('%s is ambiguous', (summary, names) => {
    expect(whoIs(`SUMMARY:${summary}`)).toBe(
      `5: the event ${JSON.stringify(summary)} names several people (${names}): name one`,
    );
  });
});

describe('an address in the summary counts before all names', () => {
  test.each([
    ['jonas.meier@storefront.example', 'jonas.meier'],
    ['Mary: jonas@storefront.example', 'jonas'],
    ['Jonas <jonas.meier@storefront.example>', 'jonas.meier'],
    ['JONAS@STOREFRONT.EXAMPLE', 'jonas'],
  ])('%s', (summary, expected) => {
    expect(whoIs(`SUMMARY:${summary}`)).toBe(expected);
  });

  test.each([['mary@elsewhere.example'], ['jonas@storefront.example.org'], ['x-jonas@storefront.example']])(
    '%s is the address of a stranger',
    (summary) => {
      expect(whoIs(`SUMMARY:${summary}`)).toContain('names nobody of the catalog');
    },
  );
});

describe('where the summary names nobody, who attends counts, and then who organizes', () => {
  const attends = (address: string, params = '') => `ATTENDEE;CN=X${params}:mailto:${address}`;
  const MARY = 'mary@storefront.example';
  const NEIL = 'neil@storefront.example';

  test.each<[string, readonly string[], string]>([
    ['one attendee', ['SUMMARY:On duty', attends(MARY)], 'mary'],
    ['no summary', [attends(MARY)], 'mary'],
    ['an attendee before the organizer', [attends(MARY), `ORGANIZER:mailto:${NEIL}`], 'mary'],
    ['the organizer alone', [attends('x@y.example'), `ORGANIZER:MAILTO:${NEIL}`], 'neil'],
    ['an address in EMAIL', [`ATTENDEE;EMAIL=${MARY}:/aMTIz/principal/`], 'mary'],
    ['one who did not decline', [attends(MARY, ';PARTSTAT=DECLINED'), attends(NEIL)], 'neil'],
    ['no room', [attends(MARY, ';CUTYPE=ROOM'), attends(NEIL)], 'neil'],
    ['the summary first', ['SUMMARY:Mary', attends(NEIL)], 'mary'],
  ])('%s', (_, lines, expected) => {
    expect(whoIs(...lines)).toBe(expected);
  });

  test('several attendees are ambiguous', () => {
    expect(whoIs('SUMMARY:On duty', attends(MARY), attends(NEIL))).toBe(
      '5: the event "On duty" names several people (mary, neil): name one',
    );
  });
});

describe('one person is on call at a time', () => {
  const shift = (name: string, from: string, to: string, ...more: readonly string[]) => [
    `SUMMARY:${name}`,
    `DTSTART:203601${from}`,
    `DTEND:203601${to}`,
    ...more,
  ];

  test('shifts of two people that overlap are a fault: the order of a file says nothing', () => {
    const text = calendar(shift('mary', '07T090000', '08T100000'), shift('neil', '08T090000', '09T090000'));
    const problem =
      '9: neil is on call from 2036-01-08T08:00:00.000Z, while mary of the event on line 4 is until 2036-01-08T09:00:00.000Z: one person is on call at a time, so end the one before the other begins';
    expect(onCall(text, [], PEOPLE)).toEqual([problem]);
  });

  test('shifts that touch, and shifts of one person that overlap, are none', () => {
    const text = calendar(
      shift('mary', '07T090000', '08T090000'),
      shift('mary', '08T080000', '08T100000'),
      shift('neil', '08T100000', '09T090000'),
    );
    expect(onCall(text, ['2036-01-08T09:30', '2036-01-08T10:00'], PEOPLE)).toEqual(['mary', 'neil']);
  });

  test('an event that says somebody is out of office is a fault', () => {
    const text = calendar(shift('mary', '07T090000', '08T090000', 'X-MICROSOFT-CDO-BUSYSTATUS:OOF'));
    expect(onCall(text, [], PEOPLE)).toEqual([
      '8: says that somebody is away, and not on call: leave the event out',
    ]);
  });
});
