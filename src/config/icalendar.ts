import { runInNewContext } from 'node:vm';
import ICAL from 'ical.js';
import type { Freeze } from '../domain/calendar.ts';
import { instantOf, isTimeZone } from '../domain/local-time.ts';
import type { ConfigFault } from './fault.ts';
import { scanLines } from './icalendar-lines.ts';

type Component = InstanceType<typeof ICAL.Component>;
type Property = InstanceType<typeof ICAL.Property>;
type Time = InstanceType<typeof ICAL.Time>;

/** What recurs more often than this is a mistake. */
const MOST_OCCURRENCES = 10_000;
/** Milliseconds. ical.js looks for ever for the next date of a rule that has none. */
const PATIENCE = 2_000;
const CENTURY = 100 * 365.25 * 24 * 3_600_000;

export interface IcalendarOptions {
  /** For whole days and for times that are local everywhere. */
  readonly timeZone: string;
  /** Milliseconds since the epoch: what recurs for ever is worked out to here. */
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
  const { events, faults } = scanLines(file, text);
  if (faults.length > 0) return { freezes: [], faults };
  const components = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  const read = components.map((component, i): Freezes => {
    const found = freezesOf(component, components, { ...options, name: nameOf(component) ?? file });
    if (found.kind === 'freezes') return { freezes: found.freezes, faults: [] };
    const lines = events[i];
    const line = lines?.properties.get(found.property) ?? lines?.line ?? 1;
    return { freezes: [], faults: [{ file, line, problem: found.problem }] };
  });
  return {
    freezes: read.flatMap(({ freezes }) => freezes),
    faults: read.flatMap((one) => one.faults),
  };
}

type Found =
  | { readonly kind: 'freezes'; readonly freezes: readonly Freeze[] }
  | { readonly kind: 'fault'; readonly property: string; readonly problem: string };

const fault = (property: string, problem: string): Found => ({ kind: 'fault', property, problem });

function freezesOf(
  component: Component,
  all: readonly Component[],
  options: IcalendarOptions & { name: string },
): Found {
  for (const property of DATES.flatMap((name) => component.getAllProperties(name))) {
    const problem = problemOf(property, component);
    if (problem !== undefined) return fault(property.name, problem);
  }
  const problem = lengthProblem(component);
  if (problem !== undefined) return fault('dtend', problem);
  if (isCancelled(component) || changesAnother(component, all)) return { kind: 'freezes', freezes: [] };
  try {
    const work = () => expand(component, all, options);
    return runInNewContext('work()', { work }, { timeout: PATIENCE });
  } catch (error) {
    const endless = Reflect.get(Object(error), 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    return fault('rrule', endless ? 'no further date follows from this rule' : notUnderstood(error));
  }
}

const DATES = ['dtstart', 'dtend', 'duration', 'recurrence-id', 'rrule', 'rdate', 'exdate'];

/** ical.js reads a value when it is asked for, takes 30 February for 2 March, and an unknown time zone for none. */
function problemOf(property: Property, component: Component): string | undefined {
  const zone = zoneOf(property);
  if (zone !== undefined && !component.getTimeZoneByID(zone) && !isTimeZone(zone))
    return `${zone} is no time zone: name one of the IANA database, or define it with VTIMEZONE`;
  if (property.type === 'period') return 'periods are not read here: write dates';
  try {
    const values = property.getValues();
    const unreal = values.find(
      (value, i) => value instanceof ICAL.Time && String(value) !== property.jCal[3 + i],
    );
    return unreal ? `there is no ${property.jCal[3]}` : undefined;
  } catch (error) {
    return notUnderstood(error);
  }
}

function lengthProblem(component: Component): string | undefined {
  const start = component.getFirstProperty('dtstart');
  if (!start) return 'has no begin: write DTSTART';
  const ends = component.hasProperty('dtend') || component.hasProperty('duration');
  if (!ends && start.type !== 'date') return 'has no end: write DTEND or DURATION';
  const { startDate, endDate } = new ICAL.Event(component, { exceptions: [] });
  return startDate.compare(endDate) < 0 ? undefined : 'ends before it begins: nothing would be frozen';
}

const notUnderstood = (error: unknown) =>
  `this cannot be understood: ${error instanceof Error ? error.message : error}`;

const uidOf = (component: Component) => component.getFirstPropertyValue('uid');
const isException = (component: Component) => component.hasProperty('recurrence-id');
const isCancelled = (component: Component) => component.getFirstPropertyValue('status') === 'CANCELLED';

/** Whether it stands for one occurrence of another event, which is read with that one. */
const changesAnother = (component: Component, all: readonly Component[]) =>
  isException(component) &&
  all.some((other) => !isException(other) && !isCancelled(other) && uidOf(other) === uidOf(component));

function expand(
  component: Component,
  all: readonly Component[],
  { name, timeZone, horizon }: IcalendarOptions & { name: string },
): Found {
  const exceptions = all.filter((other) => isException(other) && uidOf(other) === uidOf(component));
  const event = new ICAL.Event(component, { exceptions: isException(component) ? [] : exceptions });
  const at = (time: Time, of: Component) => momentOf(time, of, timeZone);
  if (!event.isRecurring()) {
    const from = at(event.startDate, component);
    return { kind: 'freezes', freezes: [{ name, from, until: at(event.endDate, component) }] };
  }
  const freezes: Freeze[] = [];
  const occurrences = event.iterator();
  for (let next = occurrences.next(); next; next = occurrences.next()) {
    if (at(next, component) >= horizon) {
      const beyond = `${name}, of which dates are known to here; start the worker again`;
      return {
        kind: 'freezes',
        freezes: [...freezes, { name: beyond, from: horizon, until: horizon + CENTURY }],
      };
    }
    if (freezes.length === MOST_OCCURRENCES)
      return fault('rrule', `comes round more than ${MOST_OCCURRENCES} times in the time that is looked at`);
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    const of = item.component;
    if (!isCancelled(of)) freezes.push({ name, from: at(startDate, of), until: at(endDate, of) });
  }
  return { kind: 'freezes', freezes };
}

/** A time zone that the file defines counts as it says there; one that it only names is the one of the IANA database. */
function momentOf(time: Time, component: Component, timeZone: string): number {
  if (time.zone === ICAL.Timezone.utcTimezone || time.zone?.component) return time.toUnixTime() * 1000;
  const local = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  const start = component.getFirstProperty('dtstart');
  return instantOf(local, (start && zoneOf(start)) ?? timeZone);
}

function zoneOf(property: Property): string | undefined {
  const zone = property.getFirstParameter('tzid');
  return zone ? String(zone) : undefined;
}

function nameOf(component: Component): string | undefined {
  const summary = component.getFirstPropertyValue('summary');
  const name = String(summary ?? '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 100);
  return name || undefined;
}
