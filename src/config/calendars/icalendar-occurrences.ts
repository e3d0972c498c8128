import { momentOf } from '../../domain/calendar/local-time.ts';
import type { Budget } from './icalendar-budget.ts';
import { type CalendarEvent, onClockOf } from './icalendar-event.ts';
import type { CalendarProblem } from './icalendar-lines.ts';
import { atOf, DAY, type Time, UTC } from './icalendar-times.ts';
import { datesOf, timesIn } from './recurrence.ts';

/** A time that an event takes: milliseconds since the epoch, `until` exclusive. */
export interface Occurrence {
  readonly event: CalendarEvent;
  readonly from: number;
  readonly until: number;
}

/** How long after the horizon a rule's dates are still searched, in milliseconds: thirty years. */
const GIVEN_UP = 30 * 365.25 * DAY;

export interface Occurrences {
  /** In the order of time. */
  readonly occurrences: readonly Occurrence[];
  /** The events that recur beyond the horizon. */
  readonly endless: readonly CalendarEvent[];
  readonly problems: readonly CalendarProblem[];
}

/** The time that is looked at, in milliseconds since the epoch. */
export interface Span {
  /** What ended before this is left out. */
  readonly since: number;
  /** Recurring events are worked out until here. */
  readonly horizon: number;
}

/**
 * Returns the occurrences of the events of a calendar. An event that replaces an occurrence of another one replaces all of it: its times,
 * its text, its status. If there is no such occurrence, the replacing event still counts. Cancelled events are left out.
 */
export function occurrencesOf(events: readonly CalendarEvent[], span: Span, budget: Budget): Occurrences {
  const occurrences: Occurrence[] = [];
  const endless: CalendarEvent[] = [];
  const problems: CalendarProblem[] = [];
  for (const series of bySeries(events)) {
    const latestEvents = latestRevisions(series);
    problems.push(...latestEvents.problems);
    for (const event of latestEvents.whole) {
      if (event.status === 'CANCELLED') continue;
      const expanded = expand(event, latestEvents.changes, span, budget);
      if ('problem' in expanded) return { occurrences: [], endless: [], problems: [...problems, expanded] };
      occurrences.push(...expanded.occurrences);
      if (expanded.isEndless) endless.push(event);
    }
    for (const event of latestEvents.changes)
      if (event.status !== 'CANCELLED') occurrences.push(occurrence(event, event.start.local));
  }
  const current = occurrences.filter(({ until }) => until > span.since);
  return { occurrences: current.sort((a, b) => a.from - b.from || a.until - b.until), endless, problems };
}

/** Groups events by UID. An event without a UID is a group of its own. */
function bySeries(events: readonly CalendarEvent[]): Iterable<readonly CalendarEvent[]> {
  const series = new Map<unknown, CalendarEvent[]>();
  for (const event of events) {
    const key = event.uid ?? event;
    const sameSeries = series.get(key);
    if (sameSeries) sameSeries.push(event);
    else series.set(key, [event]);
  }
  return series.values();
}

/** Keeps the latest of several revisions (RFC 5546, 2.1.5): of the whole series, and of each change to it. */
function latestRevisions(series: readonly CalendarEvent[]) {
  const problems: CalendarProblem[] = [];
  const wholes = series.filter(({ replaces }) => !replaces);
  const highestSequence = Math.max(...wholes.map(({ revision: [sequence] }) => sequence));
  const newestWholes = wholes.filter(({ revision: [sequence] }) => sequence === highestSequence);
  const changes = new Map<string, CalendarEvent>();
  for (const event of series) {
    if (!event.replaces) continue;
    const key = keyOf(event.replaces.id, newestWholes[0]?.start);
    const previous = changes.get(key);
    const order = previous ? compareRevisions(event, previous) : 1;
    if (order > 0) changes.set(key, event);
    else if (order === 0)
      problems.push({
        line: event.line,
        problem: `is the same occurrence as that of line ${previous?.line}, with the same SEQUENCE and DTSTAMP: keep one of them`,
      });
  }
  return { whole: newestWholes, changes: [...changes.values()], problems };
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

/** Returns a time on the clock of its series, if it has no time zone itself. */
const onSameClock = (id: Time, start: Time): Time =>
  id.form === 'local' && start.form === 'moment' ? { ...id, offsetAt: start.offsetAt } : id;

const dayBegin = (local: number): number => Math.floor(local / DAY) * DAY;

/** Returns the day that a RECURRENCE-ID or an EXDATE means, if it means a whole day: its own date, or the day of an all-day series. */
function dayOf(id: Time, start: Time): number | undefined {
  if (id.form === 'date') return id.local;
  if (start.form !== 'date') return undefined;
  // Calendars write such a day in three ways: midnight of the place in UTC, midnight of UTC, or the day on the clock of the person who
  // changed it.
  const shownLocal = onClockOf(start, atOf(id));
  const isOfPlace = shownLocal === dayBegin(shownLocal) || id.local !== dayBegin(id.local);
  return dayBegin(id.offsetAt === UTC && isOfPlace ? shownLocal : id.local);
}

function expand(
  event: CalendarEvent,
  changes: readonly CalendarEvent[],
  { since, horizon }: Span,
  budget: Budget,
): { readonly occurrences: readonly Occurrence[]; readonly isEndless: boolean } | CalendarProblem {
  const { start, rules, dates } = event;
  const isLeftOut = leftOutOf(event, changes);
  const laterChanges = changes
    .flatMap((change) => (change.replaces?.andLater ? [laterFrom(change, change.replaces.id, start)] : []))
    .sort((a, b) => a.from - b.from);
  const reach = Math.max(...[event, ...changes].map(({ length: { onClock, exact } }) => onClock + exact));
  const shift = Math.max(0, ...laterChanges.map(({ shift: by }) => Math.abs(by)));
  /** A bound on any clock, so that time zones are only looked up when they can matter. */
  const begin = since - reach - shift - 2 * DAY;

  const occurrences: Occurrence[] = [];
  const addedTimes = new Set<number>();
  const add = (local: number): 'beyond' | 'over' | 'within' => {
    if (local < begin || addedTimes.has(local)) return 'within';
    addedTimes.add(local);
    if (isLeftOut(local)) return 'within';
    const change = laterChanges.findLast(({ from }) => from <= local);
    if (change?.event.status === 'CANCELLED') return local < horizon + 2 * DAY ? 'within' : 'over';
    const newOccurrence = occurrence(change?.event ?? event, local + (change?.shift ?? 0));
    if (newOccurrence.from >= horizon && rules.length > 0) return 'beyond';
    occurrences.push(newOccurrence);
    return 'within';
  };

  const overspent = (spent: number, line: number) => tooMuch(budget, spent, line);
  let isEndless = add(start.local) === 'beyond';
  for (const date of dates) isEndless = add(onSame(date, start)) === 'beyond' || isEndless;
  for (const { rule, line } of rules) {
    const overspending = overspent(timesIn(rule), line);
    if (overspending) return overspending;
    let hasDate = false;
    for (const { local, isDate } of datesOf(rule, start.local, begin)) {
      const tooOften = overspent(1, line);
      if (tooOften) return tooOften;
      hasDate ||= isDate;
      const position = isDate ? add(local) : local > horizon + GIVEN_UP ? 'over' : 'within';
      isEndless ||= position === 'beyond';
      if (position !== 'within') break;
    }
    if (!hasDate && rule.until === undefined)
      return { line, problem: 'no further date follows from this rule' };
  }
  return ambiguousIn(changes, start, addedTimes) ?? { occurrences, isEndless };
}

/** Returns the problem of a change that names a day on which the series has several dates. */
function ambiguousIn(
  changes: readonly CalendarEvent[],
  start: Time,
  dates: ReadonlySet<number>,
): CalendarProblem | undefined {
  const namedDates = changes.flatMap(({ replaces }) => (replaces?.id.form === 'date' ? [replaces.id] : []));
  if (start.form === 'date' || namedDates.length === 0) return undefined;
  const counts = new Map<number, number>();
  for (const date of dates) counts.set(dayBegin(date), (counts.get(dayBegin(date)) ?? 0) + 1);
  const id = namedDates.find(({ local }) => (counts.get(local) ?? 0) > 1);
  const problem = 'names a day on which the event comes round several times: write the time';
  return id && { line: id.line, problem };
}

/** Spends a number of dates from the budget. Returns the problem when the budget is exceeded. */
export function tooMuch(budget: Budget, dates: number, line: number): CalendarProblem | undefined {
  const overspending = budget.spend('dates', dates);
  const advice = 'write one event for all of the time, or leave out what is over';
  return overspending === undefined
    ? undefined
    : { line, problem: `comes round too often, as ${overspending}: ${advice}` };
}

/** Returns a date of the series on the clock of the series. */
const onSame = (date: Time, start: Time): number =>
  date.offsetAt === start.offsetAt || date.form !== 'moment' ? date.local : onClockOf(start, atOf(date));

/** Returns whether a date of a series is left out: EXDATE names it, or another event replaces it. */
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

/**
 * Returns the first date of a series for which a change holds that applies to all later ones, and by how much it moves them in local time.
 */
function laterFrom(event: CalendarEvent, id: Time, start: Time) {
  const day = dayOf(id, start);
  const from = day ?? onClockOf(start, atOf(onSameClock(id, start)));
  const movedFrom = day === undefined ? from : day + start.local - dayBegin(start.local);
  return { event, from, shift: event.start.local - movedFrom };
}

function occurrence(event: CalendarEvent, local: number): Occurrence {
  const from = momentOf(local, event.start.offsetAt);
  return { event, from, until: endOf(local, from, event) };
}

/** Returns the end of an occurrence. If the clocks skip the start of a short one, its local end would come first, so its length is used. */
function endOf(
  local: number,
  from: number,
  { start: { offsetAt }, length: { onClock, exact } }: CalendarEvent,
): number {
  const until = (onClock === 0 ? from : momentOf(local + onClock, offsetAt)) + exact;
  return until > from ? until : from + onClock + exact;
}
