import { instantOf, localTime } from '../calendar/local-time.ts';

export const REPORT_KINDS = ['weekly', 'monthly'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** The time that a report is about: a week from Monday to Sunday (ISO 8601), or a month, by the clocks of one place. */
export interface Period {
  /** For example `2026-W48` or `2026-11`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  /** When it is over: milliseconds since the epoch, exclusive. */
  readonly until: number;
  /** A name of the IANA database, for example `Europe/Berlin`. */
  readonly timeZone: string;
}

const DAY = 24 * 3_600_000;

/** The last period that is over. @param now milliseconds since the epoch */
export function lastPeriod(kind: ReportKind, now: number, timeZone: string): Period {
  const { date, weekday } = localTime(now, timeZone);
  const today = Date.parse(date);
  return kind === 'weekly'
    ? weekFrom(today - (weekday - 1 + 7) * DAY, timeZone)
    : monthFrom(monthBefore(today), timeZone);
}

/** The period of a name. Undefined: it names none. */
export function periodNamed(kind: ReportKind, name: string, timeZone: string): Period | undefined {
  const [, yearText = '', number = ''] =
    (kind === 'weekly' ? /^(\d{4})-W(\d\d)$/ : /^(\d{4})-(\d\d)$/).exec(name) ?? [];
  const year = Number(yearText);
  const period =
    kind === 'weekly'
      ? weekFrom(firstMonday(year) + (Number(number) - 1) * 7 * DAY, timeZone)
      : monthFrom(Date.UTC(year, Number(number) - 1), timeZone);
  return period.name === name ? period : undefined;
}

/** @param monday midnight of a Monday, as if local time were UTC: milliseconds */
const weekFrom = (monday: number, timeZone: string): Period => ({
  name: weekName(monday),
  ...between(monday, monday + 7 * DAY, timeZone),
});

/** @param first midnight of the first day of a month, as if local time were UTC: milliseconds */
function monthFrom(first: number, timeZone: string): Period {
  const date = new Date(first);
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return { name: date.toISOString().slice(0, 7), ...between(first, next, timeZone) };
}

const between = (from: number, until: number, timeZone: string) => ({
  from: instantOf(from, timeZone),
  until: instantOf(until, timeZone),
  timeZone,
});

function monthBefore(day: number): number {
  const date = new Date(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1);
}

/** A week belongs to the year that has its Thursday (ISO 8601). */
function weekName(monday: number): string {
  const year = new Date(monday + 3 * DAY).getUTCFullYear();
  const number = Math.round((monday - firstMonday(year)) / (7 * DAY)) + 1;
  return `${year}-W${String(number).padStart(2, '0')}`;
}

/** The Monday of a year's first week, which has the 4th of January. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY;
}
