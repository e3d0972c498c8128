import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantOf, isTimeZone, localTime } from '../../../src/domain/calendar/local-time.ts';

const instant = (local: string, zone: string) =>
  new Date(instantOf(Date.parse(`${local}Z`), zone)).toISOString().slice(0, 16);

describe('the moment when clocks show a time', () => {
  test.each([
    ['2026-01-15T12:00', 'UTC', '2026-01-15T12:00'],
    ['2026-01-15T12:00', 'Europe/Berlin', '2026-01-15T11:00'],
    ['2026-07-15T12:00', 'Europe/Berlin', '2026-07-15T10:00'],
    ['2026-07-15T00:00', 'Asia/Kolkata', '2026-07-14T18:30'],
    ['2026-07-15T00:00', 'Pacific/Kiritimati', '2026-07-14T10:00'],
    ['2026-01-15T00:00', 'Pacific/Pago_Pago', '2026-01-15T11:00'],
  ])('%s in %s is %s', (local, zone, utc) => {
    expect(instant(local, zone)).toBe(utc);
  });

  test.each([
    ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59', 'before clocks go forward'],
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30', 'skipped: 03:30 by the new time'],
    ['Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00', 'after clocks went forward'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30', 'shown twice: the first counts'],
    ['Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00', 'after clocks went back'],
    ['America/New_York', '2026-03-08T01:59', '2026-03-08T06:59', 'before clocks go forward'],
    ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30', 'skipped: 03:30 by the new time'],
    ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00', 'after clocks went forward'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30', 'shown twice: the first counts'],
    ['America/New_York', '2026-11-01T02:00', '2026-11-01T07:00', 'after clocks went back'],
    ['Australia/Lord_Howe', '2026-10-04T01:59', '2026-10-03T15:29', 'before clocks go forward'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45', 'skipped: 02:45 by the new time'],
    ['Australia/Lord_Howe', '2026-10-04T02:30', '2026-10-03T15:30', 'after clocks went forward'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45', 'shown twice: the first counts'],
    ['Australia/Lord_Howe', '2026-04-05T02:00', '2026-04-04T15:30', 'after clocks went back'],
    ['Asia/Kolkata', '2026-03-29T02:30', '2026-03-28T21:00', 'they do not'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00', 'a day that was skipped'],
  ])('where clocks change in %s: %s is %s, %s', (zone, local, utc) => {
    expect(instant(local, zone)).toBe(utc);
  });

  test('shows that time, in every zone that knows it', () => {
    const anyZone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Tehran',
    );
    const anyMinute = fc
      .integer({ min: 0, max: 2 * 365 * 24 * 60 })
      .map((n) => Date.UTC(2026, 0, 1) + n * 60_000);
    fc.assert(
      fc.property(anyZone, anyMinute, (zone, at) => {
        const { date, hour, minute } = localTime(at, zone);
        const local = Date.parse(date) + (hour * 60 + minute) * 60_000;
        const first = instantOf(local, zone);
        expect(localTime(first, zone)).toEqual(localTime(at, zone));
        expect(first).toBeLessThanOrEqual(at);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Europe/Berlinn', false],
  ['Mars/Olympus', false],
  ['+01:00', false],
  ['', false],
])('%j is a time zone: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known);
});
