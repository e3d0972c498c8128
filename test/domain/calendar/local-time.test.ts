import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTimeZone, localTime } from '../../../src/domain/calendar/local-time.ts';

const SUNDAY = 7;

test.each([
  ['UTC', '2026-03-14T15:30:00Z', { hour: 15, minute: 30, weekday: 6, date: '2026-03-14' }],
  ['Europe/Berlin', '2026-03-14T15:30:00Z', { hour: 16, minute: 30, weekday: 6, date: '2026-03-14' }],
  ['Europe/Berlin', '2026-03-14T23:30:00Z', { hour: 0, minute: 30, weekday: SUNDAY, date: '2026-03-15' }],
  ['America/Los_Angeles', '2026-01-01T07:59:59Z', { hour: 23, minute: 59, weekday: 3, date: '2025-12-31' }],
  ['Asia/Kathmandu', '2026-12-31T18:15:00Z', { hour: 0, minute: 0, weekday: 5, date: '2027-01-01' }],
])('in %s, %s is %j', (timeZone, instant, expected) => {
  expect(localTime(Date.parse(instant), timeZone)).toEqual(expected);
});

test('clocks that go forward skip an hour', () => {
  const hourAt = (instant: string) => localTime(Date.parse(instant), 'Europe/Berlin').hour;
  expect([hourAt('2026-03-29T00:59:59Z'), hourAt('2026-03-29T01:00:00Z')]).toEqual([1, 3]);
});

test('clocks that go back have an hour twice', () => {
  const hourAt = (instant: string) => localTime(Date.parse(instant), 'Europe/Berlin').hour;
  expect(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'].map(hourAt)).toEqual([
    2, 2, 3,
  ]);
});

test('in UTC it is what the date says in ISO 8601, at any time', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true }), (date) => {
      const { hour, minute, date: day, weekday } = localTime(date.getTime(), 'UTC');
      const two = (n: number) => String(n).padStart(2, '0');
      expect(`${day}T${two(hour)}:${two(minute)}`).toBe(date.toISOString().slice(0, 16));
      expect(weekday % 7).toBe(date.getUTCDay());
    }),
    { numRuns: 300 },
  );
});

test('a time zone that does not exist is an error, never the time of this machine', () => {
  expect(() => localTime(0, 'Europe/Berlyn')).toThrow(RangeError);
});

test.each([
  ['Europe/Berlin', true],
  ['CET', true],
  ['UTC', true],
  ['Berlin', false],
  ['+01:00', false],
  // ICU knows these, for Dhaka, Kolkata and Anchorage; the IANA database does not.
  ['BST', false],
  ['ist', false],
  ['SystemV/YST9', false],
])('whether %s is a time zone of the IANA database: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
