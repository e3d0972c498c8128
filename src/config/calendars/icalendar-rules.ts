import type { CalendarProblem, Property } from './icalendar-lines.ts';
import type { Time } from './icalendar-times.ts';
import { FREQUENCIES, type Rule, type Weekday } from './recurrence.ts';

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** The smallest and the greatest number of a part; `true` when the part may also count from the end, with a minus. */
const NUMBERS: Readonly<Record<string, readonly [least: number, most: number, fromEnd?: true]>> = {
  INTERVAL: [1, 10_000],
  COUNT: [1, 1_000_000],
  BYMONTH: [1, 12],
  BYYEARDAY: [1, 366, true],
  BYMONTHDAY: [1, 31, true],
  BYHOUR: [0, 23],
  BYMINUTE: [0, 59],
  BYSECOND: [0, 59],
  BYSETPOS: [1, 366, true],
};
const KNOWN = ['FREQ', 'UNTIL', 'WKST', 'BYDAY', ...Object.keys(NUMBERS)];

/**
 * Reads a recurrence rule (RFC 5545, 3.3.10). A part that calendars read in different ways is a fault.
 *
 * @param untilOf returns UNTIL in the local time of the start
 */
export function ruleOf(
  { line, written }: Property,
  start: Time,
  untilOf: (text: string) => number | CalendarProblem,
): Rule | CalendarProblem {
  const refuse = (problem: string): CalendarProblem => ({ line, problem });
  const parts = new Map<string, string>();
  for (const part of written.split(';').filter(Boolean)) {
    const [key = '', value = ''] = part.toUpperCase().split('=');
    if (parts.has(key)) return refuse(`${key} stands twice in the rule: keep one`);
    const problem = partProblem(key, value);
    if (problem !== undefined) return refuse(problem);
    parts.set(key, value);
  }
  const listOf = (key: string) => parts.get(key)?.split(',') ?? [];
  const numbers = (key: string) => listOf(key).map(Number);
  const freq = FREQUENCIES.find((frequency) => frequency === parts.get('FREQ'));
  if (!freq) return refuse(`FREQ must be one of ${FREQUENCIES.join(', ')}`);
  const until = parts.has('UNTIL') ? untilOf(parts.get('UNTIL') ?? '') : undefined;
  if (typeof until === 'object') return until;
  const [count] = numbers('COUNT');
  const rule: Rule = {
    freq,
    interval: numbers('INTERVAL')[0] ?? 1,
    count,
    until,
    wkst: WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO') + 1,
    byMonth: numbers('BYMONTH'),
    byYearDay: numbers('BYYEARDAY'),
    byMonthDay: numbers('BYMONTHDAY'),
    byDay: listOf('BYDAY').map(weekdayOf),
    byHour: numbers('BYHOUR'),
    byMinute: numbers('BYMINUTE'),
    bySecond: numbers('BYSECOND'),
    bySetPos: numbers('BYSETPOS'),
  };
  const problem = contradictionIn(rule, start);
  return problem === undefined ? rule : refuse(problem);
}

function partProblem(key: string, value: string): string | undefined {
  if (key === 'BYWEEKNO') return 'BYWEEKNO is read in different ways by different calendars: write the dates';
  if (key === 'RSCALE' && value === 'GREGORIAN') return undefined;
  if (key === 'SKIP' && value === 'OMIT') return undefined;
  if (!KNOWN.includes(key))
    return `${key || 'an empty name'} is no part of a rule that is read here: ${KNOWN.join(', ')}`;
  const bounds = NUMBERS[key];
  const isSound = (text: string) => {
    if (key === 'BYDAY') return /^([+-]?([1-9]|[1-4]\d|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)$/.test(text);
    if (key === 'WKST') return WEEKDAYS.includes(text);
    if (!bounds) return true;
    const [least, most, fromEnd] = bounds;
    if (!(fromEnd ? /^[+-]?\d{1,7}$/ : /^\+?\d{1,7}$/).test(text)) return false;
    const number = fromEnd ? Math.abs(Number(text)) : Number(text);
    return least <= number && number <= most;
  };
  const isSingle = ['INTERVAL', 'COUNT', 'WKST'].includes(key);
  if ((isSingle ? [value] : value.split(',')).every(isSound)) return undefined;
  const range = bounds
    ? `: ${bounds[0]} to ${bounds[1]}${bounds[2] ? ', or with a minus from the end' : ''}`
    : '';
  return `${key}=${value} is not read${range}`;
}

function weekdayOf(text: string): Weekday {
  return { day: WEEKDAYS.indexOf(text.slice(-2)) + 1, nth: Number(text.slice(0, -2)) };
}

/** Returns a contradiction: parts that may not be combined, by the table of RFC 5545, 3.3.10. */
function contradictionIn(rule: Rule, start: Time): string | undefined {
  const { freq, byDay, byMonthDay, byYearDay, byMonth, byHour, byMinute, bySecond, bySetPos } = rule;
  if (rule.count !== undefined && rule.until !== undefined) return 'has COUNT and UNTIL: keep one of them';
  if (byMonthDay.length > 0 && freq === 'WEEKLY') return 'BYMONTHDAY may not stand with FREQ=WEEKLY';
  if (byYearDay.length > 0 && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq))
    return `BYYEARDAY may not stand with FREQ=${freq}`;
  if (byDay.some(({ nth }) => nth !== 0) && freq !== 'MONTHLY' && freq !== 'YEARLY')
    return `BYDAY may not count days with FREQ=${freq}: write BYDAY=MO and not BYDAY=1MO`;
  const times = [byHour, byMinute, bySecond];
  if (
    bySetPos.length > 0 &&
    [byDay, byMonthDay, byYearDay, byMonth, ...times].every(({ length }) => length === 0)
  )
    return 'BYSETPOS may not stand without another BY... part';
  if (start.form !== 'date') return undefined;
  const ofDay = ['HOURLY', 'MINUTELY', 'SECONDLY'].includes(freq) || times.some(({ length }) => length > 0);
  return ofDay ? 'gives times, and the event is of whole days: write DTSTART with a time' : undefined;
}
