/** A moment in the local time of a time zone. */
export interface LocalTime {
  readonly hour: number;
  readonly minute: number;
  /** 1 (Monday) to 7 (Sunday), as in ISO 8601. */
  readonly weekday: number;
  /** For example `2026-12-24`. */
  readonly date: string;
}

const SHOWN = {
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
} as const;

/** One formatter for each time zone, because making one takes twenty times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { ...SHOWN, timeZone });
  formats.set(timeZone, format);
  return format;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Returns the local time of a moment.
 *
 * @param at milliseconds since the epoch
 * @param timeZone a name of the IANA database, for example `Europe/Berlin`
 * @throws RangeError when there is no such time zone: the loader checks them
 */
export function localTime(at: number, timeZone: string): LocalTime {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (partType: string) => parts.find(({ type }) => type === partType)?.value ?? '';
  return {
    hour: Number(part('hour')),
    minute: Number(part('minute')),
    weekday: WEEKDAYS.indexOf(part('weekday')) + 1,
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Returns how far local time is ahead of UTC at a moment: both in milliseconds, the moment since the epoch. */
export type OffsetAt = (at: number) => number;

/**
 * Returns the moment of a local time. If clocks show the time twice, it is the first one. If clocks skip the time, it is counted from
 * before the change, so that 02:30 is 03:30 by the new time (RFC 5545, 3.3.5).
 *
 * @param local the local time as if it were UTC: milliseconds from 1970-01-01T00:00 on the same clock
 */
export function momentOf(local: number, offsetAt: OffsetAt): number {
  const offsetBefore = offsetAt(local - DAY);
  const offsetAfter = offsetAt(local + DAY);
  if (offsetBefore === offsetAfter) return local - offsetBefore;
  const instants = [local - offsetBefore, local - offsetAfter].filter((at) => at + offsetAt(at) === local);
  return instants.length === 0 ? local - offsetBefore : Math.min(...instants);
}

/** Returns the moment of a local time in a time zone: see `momentOf`. */
export const instantOf = (local: number, timeZone: string): number =>
  momentOf(local, (at) => offsetAt(at, timeZone));

/** Returns how far a time zone is ahead of UTC, in milliseconds. */
export function offsetAt(at: number, timeZone: string): number {
  const { date, hour, minute } = localTime(at, timeZone);
  return Date.parse(date) + (hour * 60 + minute) * MINUTE - Math.floor(at / MINUTE) * MINUTE;
}

/** All names of three letters in the IANA database. */
const SHORT = ['CET', 'EET', 'EST', 'GMT', 'HST', 'MET', 'MST', 'PRC', 'ROC', 'ROK', 'UCT', 'UTC', 'WET'];

/** Whether a name is one of ICU's own, for example BST, which ICU reads as the time of Dhaka. An operator who writes BST means London. */
const isNameOfIcu = (name: string): boolean =>
  /^SystemV\//i.test(name) || (/^[A-Za-z]{3}$/.test(name) && !SHORT.includes(name.toUpperCase()));

/** Whether the IANA database has such a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Intl also accepts an offset such as +01:00, which has no summer time.
    return /^[A-Za-z]/.test(name) && !isNameOfIcu(name);
  } catch {
    return false;
  }
}

const DAY_MS = 24 * 3_600_000;

/** Returns the same time so many days earlier by the clocks of a time zone. @param at milliseconds since the epoch */
export const daysBefore = (at: number, days: number, timeZone: string): number =>
  instantOf(at + offsetAt(at, timeZone) - days * DAY_MS, timeZone);
