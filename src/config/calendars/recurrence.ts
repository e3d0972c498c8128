/** A recurrence rule of iCalendar (RFC 5545, 3.3.10). Numbers are as written there. */
export interface Rule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count?: number | undefined;
  /** Local time on the clock of the start, as if it were UTC, in milliseconds. */
  readonly until?: number | undefined;
  /** The day on which weeks begin: 1 (Monday) to 7 (Sunday). */
  readonly wkst: number;
  readonly byMonth: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byMonthDay: readonly number[];
  readonly byDay: readonly Weekday[];
  readonly byHour: readonly number[];
  readonly byMinute: readonly number[];
  readonly bySecond: readonly number[];
  readonly bySetPos: readonly number[];
}

export const FREQUENCIES = [
  'YEARLY',
  'MONTHLY',
  'WEEKLY',
  'DAILY',
  'HOURLY',
  'MINUTELY',
  'SECONDLY',
] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export interface Weekday {
  /** 1 (Monday) to 7 (Sunday). */
  readonly day: number;
  /** Which one in the month or the year, counted from the end when negative; 0: each one. */
  readonly nth: number;
}

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;
/** The length of the periods that are parts of a day, in milliseconds. */
const PARTS = { HOURLY: 3_600 * SECOND, MINUTELY: 60 * SECOND, SECONDLY: SECOND } as const;

/** A date of a rule, or the beginning of a period (a year, an hour) that has none. */
export interface RecurrenceStep {
  /** Local time on the clock of the start, as if it were UTC, in milliseconds. */
  readonly local: number;
  readonly isDate: boolean;
}

/**
 * Yields the dates of a rule in their order, and also the periods without a date, so that the caller can count the work and stop. The start
 * is not yielded when the rule does not give it.
 *
 * @param from earlier dates are left out, unless the rule has a COUNT and they must be counted
 */
export function* datesOf(rule: Rule, start: number, from: number): Generator<RecurrenceStep, void> {
  const { count = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY } = rule;
  const periods = rule.freq in PARTS ? partsOfDays(rule, start) : daysOf(rule, start);
  let dateCount = 0;
  for (let n = rule.count === undefined ? periods.before(from) : 0; dateCount < count; n += 1) {
    const { begin, dates } = periods.at(n);
    if (begin > until) return;
    let hasDate = false;
    for (const local of dates) {
      if (local < start) continue;
      if (local > until || dateCount >= count) return;
      dateCount += 1;
      hasDate = true;
      yield { local, isDate: true };
    }
    if (!hasDate) yield { local: begin, isDate: false };
  }
}

/** Returns the most dates that a rule gives on one day of its periods: one for each time of day. All of them are worked out. */
export const timesIn = ({ byHour, byMinute, bySecond }: Rule): number =>
  Math.max(byHour.length, 1) * Math.max(byMinute.length, 1) * Math.max(bySecond.length, 1);

/** The periods of a rule, numbered from the one that contains its start. */
interface Periods {
  /** Returns a period that ends before this time, or the first period. */
  readonly before: (from: number) => number;
  readonly at: (n: number) => { readonly begin: number; readonly dates: Iterable<number> };
}

/** Returns the periods of a rule whose periods are whole days or longer: some days of each, at some times. */
function daysOf(rule: Rule, start: number): Periods {
  const first = dateOf(Math.floor(start / DAY));
  const complete = withDefaults(rule, first);
  const matches = dayFilter(complete);
  const time = start - first.day * DAY;
  const times = timesOf(
    rule.byHour.length > 0 ? rule.byHour : [Math.floor(time / PARTS.HOURLY)],
    rule.byMinute.length > 0 ? rule.byMinute : [Math.floor(time / PARTS.MINUTELY) % 60],
    rule.bySecond.length > 0 ? rule.bySecond : [Math.floor(time / SECOND) % 60],
  );
  const { of, at } = calendarPeriods(rule, first);
  return {
    before: (from) => Math.max(0, Math.floor(of(dateOf(Math.floor(from / DAY))) / rule.interval) - 1),
    at: (n) => {
      const { begin, end } = at(n * rule.interval);
      const days: number[] = [];
      for (let day = begin; day < end; day += 1) {
        const date = dateOf(day);
        // Whole months are skipped at once, because a rule may go back to 1601.
        if (complete.byMonth.length > 0 && !complete.byMonth.includes(date.month))
          day += daysInMonth(date) - date.dayOfMonth;
        else if (matches(date)) days.push(day);
      }
      return { begin: begin * DAY, dates: chosenTimes(days, times, rule.bySetPos) };
    },
  };
}

/** Returns the periods of a rule whose periods are parts of a day: those that the rule permits, at some of their times. */
function partsOfDays(rule: Rule, start: number): Periods {
  const length = PARTS[rule.freq as keyof typeof PARTS];
  const firstPeriod = Math.floor(start / length);
  const matches = dayFilter(rule);
  let lastDay = { day: Number.NaN, isOpen: false };
  const isOpenOn = (day: number) => {
    if (lastDay.day !== day) lastDay = { day, isOpen: matches(dateOf(day)) };
    return lastDay.isOpen;
  };
  const placesWithin = (values: readonly number[], unit: number, size: number) => {
    if (unit >= length) return [0];
    return values.length > 0 ? values : [Math.floor(start / unit) % size];
  };
  const times = timesOf(
    [0],
    placesWithin(rule.byMinute, PARTS.MINUTELY, 60),
    placesWithin(rule.bySecond, SECOND, 60),
  );
  const limits = [
    { written: new Set(rule.byHour), unit: PARTS.HOURLY, size: 24 },
    { written: new Set(rule.byMinute), unit: PARTS.MINUTELY, size: 60 },
    { written: new Set(rule.bySecond), unit: SECOND, size: 60 },
  ].filter(({ written, unit }) => written.size > 0 && unit >= length);
  return {
    before: (from) => Math.max(0, Math.floor((Math.floor(from / length) - firstPeriod) / rule.interval) - 1),
    at: (n) => {
      const begin = (firstPeriod + n * rule.interval) * length;
      const isOpen =
        limits.every(({ written, unit, size }) => written.has(Math.floor(begin / unit) % size)) &&
        isOpenOn(Math.floor(begin / DAY));
      const dates = isOpen ? chosenTimes([0], times, rule.bySetPos) : [];
      return { begin, dates: dates.map((offset) => begin + offset) };
    },
  };
}

/** Fills in a rule from its start: the day of the year, of the month or of the week that the rule does not give. */
function withDefaults(rule: Rule, { month, dayOfMonth, weekday }: CalendarDate): Rule {
  const { freq, byMonth, byYearDay, byMonthDay, byDay } = rule;
  if (byYearDay.length > 0 || byMonthDay.length > 0 || byDay.length > 0) return rule;
  switch (freq) {
    case 'YEARLY':
      return { ...rule, byMonth: byMonth.length > 0 ? byMonth : [month], byMonthDay: [dayOfMonth] };
    case 'MONTHLY':
      return { ...rule, byMonthDay: [dayOfMonth] };
    case 'WEEKLY':
      return { ...rule, byDay: [{ day: weekday, nth: 0 }] };
    default:
      return rule;
  }
}

/** Returns the test of whether a rule permits a day. */
function dayFilter(rule: Rule): (date: CalendarDate) => boolean {
  const { freq, byMonth, byYearDay, byMonthDay, byDay } = rule;
  const ofYear = freq === 'YEARLY' && byMonth.length === 0;
  const isNth = (nth: number, date: CalendarDate) => {
    const place = ofYear ? dayOfYear(date) : date.dayOfMonth;
    if (nth > 0) return Math.ceil(place / 7) === nth;
    const size = ofYear ? daysInYear(date) : daysInMonth(date);
    return Math.ceil((size - place + 1) / 7) === -nth;
  };
  const checks: ((date: CalendarDate) => boolean)[] = [];
  if (byMonth.length > 0) checks.push(({ month }) => byMonth.includes(month));
  if (byMonthDay.length > 0)
    checks.push((date) => isAmong(byMonthDay, date.dayOfMonth, () => daysInMonth(date)));
  if (byYearDay.length > 0)
    checks.push((date) => isAmong(byYearDay, dayOfYear(date), () => daysInYear(date)));
  if (byDay.length > 0)
    checks.push((date) =>
      byDay.some(({ day, nth }) => day === date.weekday && (nth === 0 || isNth(nth, date))),
    );
  return (date) => checks.every((check) => check(date));
}

/** Whether a position is among the written ones; negative ones count from the end. */
const isAmong = (numbers: readonly number[], place: number, size: () => number): boolean =>
  numbers.some((number) => (number < 0 ? size() + 1 + number : number) === place);

/** Returns the times of the days, or only those at the positions of BYSETPOS among all of them. */
function chosenTimes(days: readonly number[], times: readonly number[], places: readonly number[]): number[] {
  const size = days.length * times.length;
  const dateAt = (n: number) =>
    (days[Math.floor(n / times.length)] ?? 0) * DAY + (times[n % times.length] ?? 0);
  if (places.length === 0) return Array.from({ length: size }, (_, n) => dateAt(n));
  const indexes = places.map((place) => (place < 0 ? size + place : place - 1));
  return [...new Set(indexes)]
    .filter((n) => n >= 0 && n < size)
    .sort((a, b) => a - b)
    .map(dateAt);
}

/** Returns times within a day or a part of it, in milliseconds from its beginning. */
const timesOf = (
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
): number[] =>
  [
    ...new Set(
      hours.flatMap((hour) =>
        minutes.flatMap((minute) => seconds.map((second) => ((hour * 60 + minute) * 60 + second) * SECOND)),
      ),
    ),
  ].sort((a, b) => a - b);

/** A day of the calendar. Days are numbered from 1970-01-01. */
interface CalendarDate {
  readonly day: number;
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  /** 1 (Monday) to 7 (Sunday). */
  readonly weekday: number;
}

function dateOf(day: number): CalendarDate {
  const date = new Date(day * DAY);
  return {
    day,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    weekday: date.getUTCDay() || 7,
  };
}

const daysInMonth = ({ year, month }: CalendarDate) => dayNumber(year, month + 1) - dayNumber(year, month);
const daysInYear = ({ year }: CalendarDate) => dayNumber(year + 1) - dayNumber(year);
const dayOfYear = ({ day, year }: CalendarDate) => day - dayNumber(year) + 1;

/** Returns the number of the first day of a month. `Date.UTC` would take the years before 100 for years of the last century. */
const dayNumber = (year: number, month = 1): number => new Date(0).setUTCFullYear(year, month - 1, 1) / DAY;

const weekBegin = (day: number, wkst: number): number => day - ((dateOf(day).weekday - wkst + 7) % 7);

/** Returns years, months, weeks or days as periods, numbered from that of the first date; `end` is exclusive. */
function calendarPeriods({ freq, wkst }: Rule, first: CalendarDate) {
  const week = weekBegin(first.day, wkst);
  switch (freq) {
    case 'YEARLY':
      return {
        of: ({ year }: CalendarDate) => year - first.year,
        at: (n: number) => ({ begin: dayNumber(first.year + n), end: dayNumber(first.year + n + 1) }),
      };
    case 'MONTHLY':
      return {
        of: ({ year, month }: CalendarDate) => (year - first.year) * 12 + month - first.month,
        at: (n: number) => ({
          begin: dayNumber(first.year, first.month + n),
          end: dayNumber(first.year, first.month + n + 1),
        }),
      };
    case 'WEEKLY':
      return {
        of: ({ day }: CalendarDate) => Math.floor((day - week) / 7),
        at: (n: number) => ({ begin: week + 7 * n, end: week + 7 * n + 7 }),
      };
    default:
      return {
        of: ({ day }: CalendarDate) => day - first.day,
        at: (n: number) => ({ begin: first.day + n, end: first.day + n + 1 }),
      };
  }
}
