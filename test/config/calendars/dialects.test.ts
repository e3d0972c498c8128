import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folderBudget } from '../../../src/config/calendars/icalendar-budget.ts';
import { readFreezes } from '../../../src/config/rules/freezes.ts';
import { onCall } from '../rules/schedule-support.ts';
import { minute } from './icalendar-support.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/calendars/', import.meta.url));
const textOf = (file: string) => readFileSync(`${FOLDER}${file}`, 'utf8');
const OPTIONS = {
  timeZone: 'Europe/Berlin',
  since: Date.parse('2036-01-01T00:00Z'),
  horizon: Date.parse('2041-01-01T00:00Z'),
};

/** Name, begin and end in UTC. */
const FREEZES: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  'google-freezes.ics': [
    ['Friday evening', '2036-01-04T17:00', '2036-01-04T21:00'],
    ['Friday evening, on Thursday this time', '2036-01-17T17:00', '2036-01-17T19:00'],
    ['Friday evening', '2036-01-25T17:00', '2036-01-25T21:00'],
    ['Christmas', '2036-12-23T23:00', '2036-12-26T23:00'],
  ],
  'exchange-freezes.ics': [
    ['Month end', '2036-01-25T22:00', '2036-01-28T13:00'],
    ['Month end, a day longer', '2036-03-28T21:00', '2036-04-01T12:00'],
  ],
  'outlook-freezes.ics': [
    ['Umzug des Rechenzentrums', '2036-07-04T16:00', '2036-07-07T06:00'],
    ['Jahresende', '2036-12-21T23:00', '2037-01-04T23:00'],
  ],
  'apple-freezes.ics': [
    ['Database move', '2036-03-08T03:00', '2036-03-10T10:00'],
    ['Database move', '2036-03-22T02:00', '2036-03-24T10:00'],
    ['Floating', '2036-05-01T07:00', '2036-05-01T09:00'],
  ],
  'nextcloud-freezes.ics': [
    ['Nacht der Zeitumstellung', '2036-10-25T18:00', '2036-10-26T07:00'],
    ['Nacht der Zeitumstellung', '2036-10-26T19:00', '2036-10-27T07:00'],
  ],
  'aws-change-calendar-open.ics': [['Inventory', '2036-01-31T15:00', '2036-02-01T15:00']],
  'aws-change-calendar-closed.ics': [
    ['calendars/aws-change-calendar-closed.ics, closed by default', '2036-01-01T00:00', '2036-01-06T23:00'],
    ['calendars/aws-change-calendar-closed.ics, closed by default', '2036-01-07T09:00', '2036-01-07T23:00'],
    ['calendars/aws-change-calendar-closed.ics, closed by default', '2036-01-08T09:00', '2141-01-02T00:00'],
  ],
};

const TIMES = [
  '2036-01-07T08:59',
  '2036-01-07T09:00',
  '2036-01-14T12:00',
  '2036-01-21T12:00',
  '2036-02-04T12:00',
];
/** Who is on call at those times. */
const SCHEDULES: Readonly<Record<string, readonly string[]>> = {
  'google-rotation.ics': ['linus', 'linus', 'noor', 'ada', 'linus'],
  'pagerduty-schedule.ics': ['nobody', 'linus', 'noor', 'nobody', 'nobody'],
  'opsgenie-schedule.ics': ['nobody', 'linus', 'noor', 'nobody', 'nobody'],
  'grafana-oncall-schedule.ics': ['nobody', 'linus', 'noor', 'nobody', 'nobody'],
};

describe('calendars as others write them are read as they mean it', () => {
  test.each(Object.entries(FREEZES))('%s: freezes', (file, expected) => {
    const options = { ...OPTIONS, budget: folderBudget() };
    const { freezes, faults } = readFreezes(`calendars/${file}`, textOf(file), options);
    expect(faults).toEqual([]);
    expect(freezes.map(({ name, from, until }) => [name, minute(from), minute(until)])).toEqual(expected);
  });

  test.each(Object.entries(SCHEDULES))('%s: an on-call schedule', (file, expected) => {
    expect(onCall(textOf(file), TIMES)).toEqual(expected);
  });

  test('each file is tried here, and documented', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ics'));
    expect(files.sort()).toEqual([...Object.keys(FREEZES), ...Object.keys(SCHEDULES)].sort());
    const documented = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');
    for (const file of files) {
      expect(textOf('README.md')).toContain(file);
      expect(documented).toContain(file);
    }
  });
});
