import { describe, expect, test } from 'vitest';
import { lastPeriod, periodNamed, type ReportKind } from '../../../src/domain/reports/period.ts';

const at = (text: string) => Date.parse(text);
const asText = ({ name, from, until }: ReturnType<typeof lastPeriod>) => [
  name,
  new Date(from).toISOString(),
  new Date(until).toISOString(),
];

test.each<[string, ReportKind, string, string, string[]]>([
  [
    'on a Monday it is the week that ended at midnight',
    'weekly',
    '2026-11-30T08:00Z',
    'UTC',
    ['2026-W48', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
  ],
  [
    'on a Sunday it is the week before, as this one is not over',
    'weekly',
    '2026-11-29T23:00Z',
    'UTC',
    ['2026-W47', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ],
  [
    'a week begins at midnight of the place',
    'weekly',
    '2026-11-29T23:00Z',
    'Europe/Berlin',
    ['2026-W48', '2026-11-22T23:00:00.000Z', '2026-11-29T23:00:00.000Z'],
  ],
  [
    'a week in which clocks change has another hour',
    'weekly',
    '2026-10-26T08:00Z',
    'Europe/Berlin',
    ['2026-W43', '2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ],
  [
    'a week belongs to the year of its Thursday',
    'weekly',
    '2027-01-04T08:00Z',
    'UTC',
    ['2026-W53', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
  ],
  [
    'in January it is December',
    'monthly',
    '2027-01-01T08:00Z',
    'UTC',
    ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ],
  [
    'a month begins at midnight of the place',
    'monthly',
    '2026-12-01T00:00Z',
    'America/New_York',
    ['2026-10', '2026-10-01T04:00:00.000Z', '2026-11-01T04:00:00.000Z'],
  ],
])('the last period: %s', (_, kind, now, timeZone, period) => {
  expect(asText(lastPeriod(kind, at(now), timeZone))).toEqual(period);
});

describe('a period by its name', () => {
  test.each<[ReportKind, string]>([
    ['weekly', '2026-W48'],
    ['weekly', '2026-W53'],
    ['weekly', '2025-W01'],
    ['monthly', '2026-11'],
  ])('is the one of that name: %s %s', (kind, name) => {
    const period = periodNamed(kind, name, 'Europe/Berlin');
    expect(period?.name).toBe(name);
    expect(period && lastPeriod(kind, period.until, 'Europe/Berlin')).toEqual(period);
  });

  test.each<[ReportKind, string]>([
    ['weekly', '2026-W54'],
    ['weekly', '2025-W53'],
    ['weekly', '2026-W00'],
    ['weekly', '2026-11'],
    ['weekly', ''],
    ['monthly', '2026-13'],
    ['monthly', '2026-W48'],
    ['monthly', 'november'],
  ])('is none where there is no such: %s %s', (kind, name) => {
    expect(periodNamed(kind, name, 'UTC')).toBeUndefined();
  });
});
