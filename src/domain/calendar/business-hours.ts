import type { ChangeWindow } from './calendar.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WEEK = 7 * DAY;
/** The largest change of clocks, in milliseconds: the one at Troll. */
const CLOCKS_CHANGE = 2 * 60 * MINUTE;

/** Returns the longest time in which none of these windows is open, in milliseconds. A change of the clocks is included. */
export function longestClosedMs(windows: readonly Pick<ChangeWindow, 'days' | 'from' | 'to'>[]): number {
  const openings = windows
    .flatMap(({ days, from, to }) =>
      days.map((day) => ({
        from: day * DAY + from * MINUTE,
        until: day * DAY + to * MINUTE + (to > from ? 0 : DAY),
      })),
    )
    .sort((a, b) => a.from - b.from);
  let longestClosed = 0;
  let openUntil = Math.max(...openings.map(({ until }) => until)) - WEEK;
  for (const { from, until } of openings) {
    longestClosed = Math.max(longestClosed, from - openUntil);
    openUntil = Math.max(openUntil, until);
  }
  return longestClosed === 0 ? 0 : longestClosed + CLOCKS_CHANGE;
}
