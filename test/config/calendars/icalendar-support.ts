import { folderBudget } from '../../../src/config/calendars/icalendar-budget.ts';
import { readFreezes } from '../../../src/config/rules/freezes.ts';

export const FILE = 'calendars/freezes.ics';
export const OPTIONS = {
  timeZone: 'Europe/Berlin',
  since: Date.parse('2026-01-01T00:00Z'),
  horizon: Date.parse('2031-01-01T00:00Z'),
};

/** As in Berlin since 1996. */
export const VTIMEZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:Our Time',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'DTSTART:19960331T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'DTSTART:19961027T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'END:STANDARD',
  'END:VTIMEZONE',
];

/** A calendar with one event for each list of lines; the first line of the first one is line 5. */
export const calendar = (...events: readonly (readonly string[])[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//storefront//freezes//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n');

export const read = (text: string, options = OPTIONS) =>
  readFreezes(FILE, text, { ...options, budget: folderBudget() });

export const minute = (ms: number) => new Date(ms).toISOString().slice(0, 16);

export const BERLIN = 'TZID=Europe/Berlin';
export const weekend = (...more: readonly string[]) => [
  'UID:weekend',
  'SUMMARY:weekend',
  `DTSTART;${BERLIN}:20260313T180000`,
  `DTEND;${BERLIN}:20260316T080000`,
  ...more,
];
