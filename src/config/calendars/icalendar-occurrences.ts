import { momentOf } from '../../domain/calendar/local-time.ts';
import type { Budget } from './icalendar-budget.ts';
import { type CalendarEvent, onClockOf } from './icalendar-event.ts';
import type { CalendarProblem } from './icalendar-lines.ts';
import { atOf, DAY, type Time, UTC } from './icalendar-times.ts';
import { datesOf, timesIn } from './recurrence.ts';

/** A time that an event takes: milliseconds since the epoch. */
export interface Occurrence {
  readonly event: CalendarEvent;
  readonly from: number;
  readonly until: number;
}

/** So long after the horizon no date of a rule is looked for any more: thirty years. */
const GIVEN_UP = 30 * 365.25 * DAY;

export interface Occurrences {
  /** In the order of time. */
  readonly occurrences: readonly Occurrence[];
  /** Those that come round beyond the time that was looked at. */
  readonly endless: readonly CalendarEvent[];
  readonly problems: readonly CalendarProblem[];
}

/** The time that is looked at. */
export interface Span {
  /** What was over by then is left out. */
  readonly since: number;
  /** What recurs is worked out to here. */
  readonly horizon: number;
}

/**
 * When the events of a calendar are. One that stands for an occurrence of another takes its place, with all that it says: its
 * times, its words, its status. Where it meets none, it is an event all the same. Cancelled ones are left out.
 */
export function occurrencesOf(events: readonly CalendarEvent[], span: Span, budget: Budget): Occurrences {
  const occurrences: Occurrence[] = [];
  const endless: CalendarEvent[] = [];
  const problems: CalendarProblem[] = [];
  for (const series of bySeries(events)) {
    const latest = latestRevisions(series);
    problems.push(...latest.problems);
    for (const event of latest.whole) {
      if (event.status === 'CANCELLED') continue;
      const found = expand(event, latest.changes, span, budget);
      if ('problem' in found) return { occurrences: [], endless: [], problems: [...problems, found] };
      occurrences.push(...found.occurrences);
      if (found.isEndless) endless.push(event);
    }
    for (const event of latest.changes)
      if (event.status !== 'CANCELLED') occurrences.push(occurrence(event, event.start.local));
  }
  const current = occurrences.filter(({ until }) => until > span.since);
  return { occurrences: current.sort((a, b) => a.from - b.from || a.until - b.until), endless, problems };
}

/** Events of one UID belong together; one without is alone. */
function bySeries(events: readonly CalendarEvent[]): Iterable<readonly CalendarEvent[]> {
  const series = new Map<unknown, CalendarEvent[]>();
  for (const event of events) {
    const key = event.uid ?? event;
    const known = series.get(key);
    if (known) known.push(event);
    else series.set(key, [event]);
  }
  return series.values();
}

/** Of several revisions the last one counts (RFC 5546, 2.1.5): of the whole series, and of each change to it. */
function latestRevisions(series: readonly CalendarEvent[]) {
  const problems: CalendarProblem[] = [];
  const wholes = series.filter(({ replaces }) => !replaces);
  const highest = Math.max(...wholes.map(({ revision: [sequence] }) => sequence));
  const whole = wholes.filter(({ revision: [sequence] }) => sequence === highest);
  const changes = new Map<string, CalendarEvent>();
  for (const event of series) {
    if (!event.replaces) continue;
    const key = keyOf(event.replaces.id, whole[0]?.start);
    const other = changes.get(key);
    const order = other ? compareRevisions(event, other) : 1;
    if (order > 0) changes.set(key, event);
    else if (order === 0)
      problems.push({
        line: event.line,
        problem: `is the same occurrence as that of line ${other?.line}, with the same SEQUENCE and DTSTAMP: keep one of them`,
      });
  }
  return { whole, changes: [...changes.values()], problems };
}

function compareRevisions(a: CalendarEvent, b: CalendarEvent): number {
  const [sequence, stamp] = a.revision;
  const [otherSequence, otherStamp] = b.revision;
  return sequence - otherSequence || (stamp === otherStamp ? 0 : stamp > otherStamp ? 1 : -1);
}

const keyOf = (id: Time, start: Time | undefined): string => {
  const day = start && dayOf(id, start);
  return day === undefined ? `at ${atOf(start ? onSameClock(id, start) : id)}` : `on ${day}`;
};

/** A time without a time zone is on the clock of its series. */
const onSameClock = (id: Time, start: Time): Time =>
  id.form === 'local' && start.form === 'moment' ? { ...id, offsetAt: start.offsetAt } : id;

const dayBegin = (local: number): number => Math.floor(local / DAY) * DAY;

/** The day that a RECURRENCE-ID or an EXDATE names, where it names one: that of the calendar, or of the series. */
function dayOf(id: Time, start: Time): number | undefined {
  if (id.form === 'date') return id.local;
  if (start.form !== 'date') return undefined;
  // Some write the midnight of the place in UTC, some that of UTC, and some the day on the clock of whoever changed it.
  const shown = onClockOf(start, atOf(id));
  const isOfPlace = shown === dayBegin(shown) || id.local !== dayBegin(id.local);
  return dayBegin(id.offsetAt === UTC && isOfPlace ? shown : id.local);
}

function expand(
  event: CalendarEvent,
  changes: readonly CalendarEvent[],
  { since, horizon }: Span,
  budget: Budget,
): { readonly occurrences: readonly Occurrence[]; readonly isEndless: boolean } | CalendarProblem {
  const { start, rules, dates } = event;
  const isLeftOut = leftOutOf(event, changes);
  const later = changes
    .flatMap((change) => (change.replaces?.andLater ? [laterFrom(change, change.replaces.id, start)] : []))
    .sort((a, b) => a.from - b.from);
  const reach = Math.max(...[event, ...changes].map(({ length: { onClock, exact } }) => onClock + exact));
  const shift = Math.max(0, ...later.map(({ shift: by }) => Math.abs(by)));
  /** On any clock: so that time zones are looked up only where they may matter. */
  const begin = since - reach - shift - 2 * DAY;

  const occurrences: Occurrence[] = [];
  const seen = new Set<number>();
  const add = (local: number): 'beyond' | 'over' | 'within' => {
    if (local < begin || seen.has(local)) return 'within';
    seen.add(local);
    if (isLeftOut(local)) return 'within';
    const change = later.findLast(({ from }) => from <= local);
    if (change?.event.status === 'CANCELLED') return local < horizon + 2 * DAY ? 'within' : 'over';
    const found = occurrence(change?.event ?? event, local + (change?.shift ?? 0));
    if (found.from >= horizon && rules.length > 0) return 'beyond';
    occurrences.push(found);
    return 'within';
  };

  const overspent = (spent: number, line: number) => tooMuch(budget, spent, line);
  let isEndless = add(start.local) === 'beyond';
  for (const date of dates) isEndless = add(onSame(date, start)) === 'beyond' || isEndless;
  for (const { rule, line } of rules) {
    const often = overspent(timesIn(rule), line);
    if (often) return often;
    let given = false;
    for (const { local, isDate } of datesOf(rule, start.local, begin)) {
      const tooOften = overspent(1, line);
      if (tooOften) return tooOften;
      given ||= isDate;
      const found = isDate ? add(local) : local > horizon + GIVEN_UP ? 'over' : 'within';
      isEndless ||= found === 'beyond';
      if (found !== 'within') break;
    }
    if (!given && rule.until === undefined)
      return { line, problem: 'no further date follows from this rule' };
  }
  return ambiguousIn(changes, start, seen) ?? { occurrences, isEndless };
}

/** A change that names a day, where the series has several dates on it. */
function ambiguousIn(
  changes: readonly CalendarEvent[],
  start: Time,
  dates: ReadonlySet<number>,
): CalendarProblem | undefined {
  const named = changes.flatMap(({ replaces }) => (replaces?.id.form === 'date' ? [replaces.id] : []));
  if (start.form === 'date' || named.length === 0) return undefined;
  const counts = new Map<number, number>();
  for (const date of dates) counts.set(dayBegin(date), (counts.get(dayBegin(date)) ?? 0) + 1);
  const id = named.find(({ local }) => (counts.get(local) ?? 0) > 1);
  const problem = 'names a day on which the event comes round several times: write the time';
  return id && { line: id.line, problem };
}

/** Takes so many dates out of the budget: what is wrong where it does not have them. */
export function tooMuch(budget: Budget, dates: number, line: number): CalendarProblem | undefined {
  const used = budget.spend('dates', dates);
  const advice = 'write one event for all of the time, or leave out what is over';
  return used === undefined ? undefined : { line, problem: `comes round too often, as ${used}: ${advice}` };
}

/** A date of the series on its own clock. */
const onSame = (date: Time, start: Time): number =>
  date.offsetAt === start.offsetAt || date.form !== 'moment' ? date.local : onClockOf(start, atOf(date));

/** Which dates of a series are not: EXDATE says so, or another event stands for them. */
function leftOutOf(
  { start, leftOut }: CalendarEvent,
  changes: readonly CalendarEvent[],
): (local: number) => boolean {
  const days = new Set<number>();
  const moments = new Set<number>();
  for (const id of [...leftOut, ...changes.flatMap(({ replaces }) => replaces?.id ?? [])]) {
    const day = dayOf(id, start);
    if (day !== undefined) days.add(day);
    else moments.add(atOf(onSameClock(id, start)));
  }
  if (days.size === 0 && moments.size === 0) return () => false;
  return (local) =>
    days.has(dayBegin(local)) || (moments.size > 0 && moments.has(momentOf(local, start.offsetAt)));
}

/** From which date of a series on a change holds for all later ones, and by how much it moves them on the clock. */
function laterFrom(event: CalendarEvent, id: Time, start: Time) {
  const day = dayOf(id, start);
  const from = day ?? onClockOf(start, atOf(onSameClock(id, start)));
  const moved = day === undefined ? from : day + start.local - dayBegin(start.local);
  return { event, from, shift: event.start.local - moved };
}

function occurrence(event: CalendarEvent, local: number): Occurrence {
  const from = momentOf(local, event.start.offsetAt);
  return { event, from, until: endOf(local, from, event) };
}

/** Where clocks skip the begin of a short one, its end would come first. */
function endOf(
  local: number,
  from: number,
  { start: { offsetAt }, length: { onClock, exact } }: CalendarEvent,
): number {
  const until = (onClock === 0 ? from : momentOf(local + onClock, offsetAt)) + exact;
  return until > from ? until : from + onClock + exact;
}
