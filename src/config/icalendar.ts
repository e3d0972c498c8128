import { runInNewContext } from 'node:vm';
import ICAL from 'ical.js';
import type { Freeze } from '../domain/calendar.ts';
import { instantOf } from '../domain/local-time.ts';
import type { ConfigFault } from './fault.ts';
import { type DateProblem, problemIn } from './icalendar-dates.ts';
import { type EventLines, scanLines } from './icalendar-lines.ts';

type Component = InstanceType<typeof ICAL.Component>;
type Time = InstanceType<typeof ICAL.Time>;
type Event = InstanceType<typeof ICAL.Event>;
type Duration = InstanceType<typeof ICAL.Duration>;

/** What recurs more often than this is a mistake: in the time that is looked at, and since it began. */
const MOST = { freezes: 10_000, dates: 100_000 };
/** Milliseconds for so many dates: ical.js looks for ever for the next one of some rules. The machine may be busy. */
const PATIENCE = 10_000;
const DATES_AT_A_TIME = 100;
const DAY = 24 * 3_600_000;
const CENTURY = 100 * 365.25 * DAY;

/** Times in milliseconds since the epoch. */
export interface IcalendarOptions {
  /** For whole days and for times without a time zone. */
  readonly timeZone: string;
  /** What was over by then is left out. */
  readonly since: number;
  /** What recurs for ever is worked out to here. */
  readonly horizon: number;
}

export interface Freezes {
  readonly freezes: readonly Freeze[];
  readonly faults: readonly ConfigFault[];
}

/**
 * The events of an iCalendar file (RFC 5545) as freezes, also those that leave their time free, but not those that were
 * cancelled. What recurs beyond the horizon is frozen from there on: what is not known is not free.
 */
export function readIcalendar(file: string, text: string, options: IcalendarOptions): Freezes {
  const { lines, events, faults } = scanLines(file, text);
  if (faults.length > 0) return { freezes: [], faults };
  const components = new ICAL.Component(ICAL.parse(lines.join('\r\n'))).getAllSubcomponents('vevent');

  const faultAt = (lines: EventLines | undefined, { property, nth = 0, problem }: DateProblem) => {
    const line = lines?.properties.get(property)?.[nth] ?? lines?.line ?? 1;
    return { file, line, problem };
  };
  const checked = components.flatMap((component, i) => {
    const problem = attempt(() => inTime(() => problemIn(component)));
    return problem ? [faultAt(events[i], problem)] : [];
  });
  // Only now: the dates of one event may be compared with those of another, in the time zones that were looked up.
  if (checked.length > 0) return { freezes: [], faults: checked };

  const expanded = components.map((component, i) => {
    const named = { ...options, name: nameOf(component) ?? file };
    const found = attempt(() => freezesOf(component, components, named));
    return 'problem' in found
      ? { freezes: [], faults: [faultAt(events[i], found)] }
      : { freezes: found, faults: [] };
  });
  return {
    freezes: expanded.flatMap(({ freezes }) => freezes),
    faults: expanded.flatMap((each) => each.faults),
  };
}

/** Throws when the work does not end. */
const inTime = <Result>(work: () => Result): Result =>
  runInNewContext('work()', { work }, { timeout: PATIENCE });

/** Work with what ical.js makes of a file, which may throw. */
function attempt<Result>(work: () => Result): Result | DateProblem {
  try {
    return work();
  } catch (error) {
    const endless = Reflect.get(Object(error), 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    const problem = endless
      ? 'no further date follows from this rule'
      : `this cannot be understood: ${error instanceof Error ? error.message : error}`;
    return { property: 'rrule', problem };
  }
}

const uidOf = (component: Component) => component.getFirstPropertyValue('uid');
const isException = (component: Component) => component.hasProperty('recurrence-id');
const isCancelled = (component: Component) => component.getFirstPropertyValue('status') === 'CANCELLED';

/** Whether it stands for one occurrence of another event, which is read with that one. */
const changesAnother = (component: Component, all: readonly Component[]) =>
  isException(component) &&
  all.some((other) => !isException(other) && !isCancelled(other) && uidOf(other) === uidOf(component));

function freezesOf(
  component: Component,
  all: readonly Component[],
  { name, timeZone, since, horizon }: IcalendarOptions & { readonly name: string },
): readonly Freeze[] | DateProblem {
  if (isCancelled(component) || changesAnother(component, all)) return [];
  const exceptions = isException(component)
    ? []
    : all.filter((other) => isException(other) && uidOf(other) === uidOf(component));
  const event = new ICAL.Event(component, { exceptions });
  const freezes: Freeze[] = [];
  /** Of the events that occurrences were found to be. */
  const lengths = new Map<Component, Duration>();
  const add = (start: Time, item: Event) => {
    const length = lengths.get(item.component) ?? lengthOf(item);
    lengths.set(item.component, length);
    const end = start.clone();
    end.addDuration(length);
    const until = momentOf(end, timeZone);
    if (until > since && !isCancelled(item.component))
      freezes.push({ name, from: momentOf(start, timeZone), until });
  };

  const occurrences = occurrencesOf(event);
  const longest = lengthOf(event).toSeconds() * 1000 + 2 * DAY;
  /** Without looking up the time zone, which takes most of the time where there are many dates. */
  const isLongOver = (occurrence: Time) => exceptions.length === 0 && wallOf(occurrence) + longest < since;
  /** Whether there are more. */
  const addSome = (): boolean => {
    for (let n = 0; n < DATES_AT_A_TIME; n += 1) {
      const { value: occurrence } = occurrences.next();
      if (!occurrence) return false;
      if (isLongOver(occurrence)) continue;
      if (event.isRecurring() && momentOf(occurrence, timeZone) >= horizon) {
        const beyond = `${name}, of which dates are known to here; start the worker again`;
        freezes.push({ name: beyond, from: horizon, until: horizon + CENTURY });
        return false;
      }
      const { startDate, item } = event.getOccurrenceDetails(occurrence);
      add(startDate, item);
    }
    return true;
  };
  for (let dates = 0; inTime(addSome); dates += DATES_AT_A_TIME) {
    if (freezes.length > MOST.freezes || dates > MOST.dates)
      return { property: 'rrule', problem: 'comes round too often: write one event for all of the time' };
  }
  // One that changes no occurrence, such as one that was also left out by EXDATE, is an event all the same.
  for (const lost of exceptions.filter((exception) => !lengths.has(exception))) {
    const own = new ICAL.Event(lost, { exceptions: [] });
    add(own.startDate, own);
  }
  return freezes;
}

/** The start is one also where the rule does not say so, or where there are only dates (RFC 5545, 3.8.5.3). */
function* occurrencesOf(event: Event): Generator<Time, undefined> {
  const { startDate: start } = event;
  const occurrences = event.isRecurring() ? event.iterator() : undefined;
  let next = occurrences?.next();
  const startsLater = !next || next.compare(start) > 0;
  if (startsLater && !isLeftOut(event.component, start)) yield start;
  for (; next; next = occurrences?.next()) yield next;
  return undefined;
}

const isLeftOut = (component: Component, start: Time) =>
  component
    .getAllProperties('exdate')
    .flatMap((property) => property.getValues())
    .some(
      (date) =>
        date instanceof ICAL.Time &&
        (date.isDate ? String(start).startsWith(String(date)) : date.compare(start) === 0),
    );

/**
 * As long as it is on clocks: a freeze that ends on Monday at eight does so in every week, also where clocks change in
 * between.
 */
const lengthOf = ({ startDate, endDate }: Event): Duration =>
  endDate.convertToZone(startDate.zone).subtractDate(startDate);

function momentOf(time: Time, timeZone: string): number {
  if (!time.isDate && time.zone !== ICAL.Timezone.localTimezone) return time.toUnixTime() * 1000;
  return instantOf(wallOf(time), timeZone);
}

/** As it would be written for UTC. */
const wallOf = ({ year, month, day, hour, minute, second }: Time) =>
  Date.UTC(year, month - 1, day, hour, minute, second);

function nameOf(component: Component): string | undefined {
  const summary = component.getFirstPropertyValue('summary');
  const name = String(summary ?? '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 100);
  return name || undefined;
}
