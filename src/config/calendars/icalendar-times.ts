import { momentOf, type OffsetAt } from '../../domain/calendar/local-time.ts';
import type { CalendarProblem, Component, Property } from './icalendar-lines.ts';

export const isProblem = (result: object): result is CalendarProblem => 'problem' in result;

/** A date or a time, as written. */
export interface Time {
  readonly form: 'date' | 'local' | 'moment';
  /** Local time as if it were UTC, in milliseconds. */
  readonly local: number;
  /** How far its clock is ahead of UTC. */
  readonly offsetAt: OffsetAt;
  readonly line: number;
}

/** The clocks of a calendar. */
export interface Clocks {
  /** For whole days that name no time zone. */
  readonly days: OffsetAt;
  /** For times that name no time zone. */
  readonly times: OffsetAt | CalendarProblem;
  /** For dates and times that name a time zone. */
  readonly named: (timeZone: string, line: number) => OffsetAt | CalendarProblem;
}

export const SECOND = 1_000;
export const DAY = 24 * 3_600 * SECOND;

export const UTC: OffsetAt = () => 0;

/** Returns the moment of a time: milliseconds since the epoch. */
export const atOf = ({ local, offsetAt }: Pick<Time, 'local' | 'offsetAt'>): number =>
  momentOf(local, offsetAt);

const EXAMPLES = '20261218, 20261218T180000 or 20261218T170000Z';

/** Reads a date, a time without a time zone, or a moment. */
export function timeOf(property: Property, clocks: Clocks, text = property.written): Time | CalendarProblem {
  const { line, params, type } = property;
  const refuse = (problem: string): CalendarProblem => ({ line, problem });
  const [, date, time, utc] = /^(\d{8})(?:T(\d{6})(Z)?)?$/i.exec(text.trim()) ?? [];
  if (date === undefined) return refuse(`${text || 'nothing'} is no date or time: write ${EXAMPLES}`);
  const local = millisecondsOf(date, time);
  if (local === undefined) return refuse(`there is no ${text}`);
  if (type === 'date' && time !== undefined) return refuse(`${text} is a time, and VALUE=DATE says a date`);
  const zone = params.tzid === undefined ? undefined : String(params.tzid);
  if (utc !== undefined && zone !== undefined && !/^(Etc\/)?(UTC|GMT)$/i.test(zone))
    return refuse('names a time zone, and Z says UTC: write one of them');
  const form = time === undefined ? 'date' : utc !== undefined || zone !== undefined ? 'moment' : 'local';
  const offsetAt =
    utc !== undefined
      ? UTC
      : zone !== undefined
        ? clocks.named(zone, line)
        : clocks[`${form === 'date' ? 'day' : 'time'}s`];
  return 'problem' in offsetAt ? offsetAt : { form, local, offsetAt, line };
}

/** Reads all dates of a line that may have several, for example EXDATE. */
export const timesOf = (property: Property, clocks: Clocks): (Time | CalendarProblem)[] =>
  property.written.split(',').map((text) => timeOf(property, clocks, text));

/** Returns local milliseconds; undefined when there is no such date. `Date.UTC` would take 30 February for 2 March. */
function millisecondsOf(date: string, time = '000000'): number | undefined {
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}.000Z`;
  const local = Date.parse(iso);
  return !Number.isNaN(local) && new Date(local).toISOString() === iso ? local : undefined;
}

/** The length of an event: whole days in local time, and a time that passes independent of the clocks (RFC 5545, 3.3.6). */
export interface Length {
  readonly onClock: number;
  readonly exact: number;
}

/** Reads a duration, for example `P1DT12H`, in milliseconds. */
export function calendarDurationOf({ line, written }: Property): Length | CalendarProblem {
  const [match, sign, ...numbers] =
    /^([+-]?)P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(
      written.trim(),
    ) ?? [];
  if (match === undefined)
    return { line, problem: `${written || 'nothing'} is no duration: write one such as P1D or PT8H` };
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = numbers.map((number) =>
    Number(number ?? 0),
  );
  const direction = sign === '-' ? -1 : 1;
  return {
    onClock: direction * (weeks * 7 + days) * DAY,
    exact: direction * ((hours * 60 + minutes) * 60 + seconds) * SECOND,
  };
}

const FORMS = {
  date: 'a date, such as 20261218',
  local: 'a time without a time zone, such as 20261218T180000',
  moment: 'a time in UTC, such as 20261218T170000Z, or with TZID',
} as const;

/**
 * Returns the problem of a date whose form differs from that of the start. Such dates do not match: a rule would end too early, or a date
 * would not be left out.
 */
export const formProblem = ({ form }: Time, start: Time, prefix = ''): string | undefined =>
  form === start.form ? undefined : `${prefix}must be written as DTSTART is: ${FORMS[start.form]}`;

/** Returns the properties that occur twice although one is the most. Readers would take one of them, and the author may mean the other. */
export const repeated = ({ properties }: Component, names: readonly string[]): CalendarProblem[] =>
  names.flatMap((name) => {
    const [first, second] = properties.filter((property) => property.name === name);
    if (!first || !second) return [];
    return [
      {
        line: second.line,
        problem: `${name.toUpperCase()} stands twice, first on line ${first.line}: keep one`,
      },
    ];
  });
