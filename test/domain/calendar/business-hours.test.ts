import { describe, expect, test } from 'vitest';
import { longestClosedMs } from '../../../src/domain/calendar/business-hours.ts';
import type { ChangeWindow } from '../../../src/domain/calendar/calendar.ts';

const HOUR = 3_600_000;
const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const window = (from: string, to: string, days = [1, 2, 3, 4, 5, 6, 7]): ChangeWindow => ({
  days,
  from: minutes(from),
  to: minutes(to),
});

describe('the longest that windows are closed', () => {
  const week = [1, 2, 3, 4, 5];

  test.each<[string, readonly ChangeWindow[], number]>([
    ['over the weekend', [window('09:00', '17:00', week)], 64],
    ['over a night', [window('09:00', '17:00')], 16],
    ['from one week to the next', [window('09:00', '17:00', [1])], 6 * 24 + 16],
    ['between windows of a day', [window('00:00', '08:00'), window('09:00', '24:00')], 1],
    ['where one is open on the next day', [window('22:00', '06:00')], 16],
    ['never', [window('00:00', '24:00')], 0],
    ['not by one within another', [window('08:00', '20:00'), window('09:00', '10:00')], 12],
  ])('%s', (_, windows, hours) => {
    // And two hours more, by which clocks may change meanwhile.
    expect(longestClosedMs(windows)).toBe(hours === 0 ? 0 : (hours + 2) * HOUR);
  });
});
