import { isTimeZone, type OffsetAt, offsetAt } from '../../domain/calendar/local-time.ts';
import { hint } from '../source/fault.ts';
import {
  allOf,
  type CalendarProblem,
  type Component,
  firstOf,
  misspelt,
  type Property,
} from './icalendar-lines.ts';
import { ruleOf } from './icalendar-rules.ts';
import {
  type Clocks,
  isProblem,
  repeated,
  SECOND,
  type Time,
  timeOf,
  timesOf,
  UTC,
} from './icalendar-times.ts';
import { datesOf } from './recurrence.ts';
import { zoneOfWindows } from './windows-zones.ts';

/** The years for which a zone of a file is worked out: changes before 1970 are over, and changes after 2100 are not decided yet. */
const KNOWN = { from: Date.UTC(1970, 0), until: Date.UTC(2100, 0) };
const MOST_CHANGES = 2_000;
const OBSERVANCES = ['STANDARD', 'DAYLIGHT'];

/**
 * Returns the time zone of a TZID in a calendar. If it is a name of the IANA database or of Windows, it is that time zone, even if the file
 * defines it otherwise, because the calendars that write such names mean them. Any other name is as the file defines it.
 */
export function zonesOf(calendar: Component): (name: string, line: number) => OffsetAt | CalendarProblem {
  const definitions = calendar.components.filter(({ name }) => name === 'VTIMEZONE');
  const zonesByName = new Map<string, OffsetAt | CalendarProblem | undefined>();
  return (name, line) => {
    const definedZone = () => definedAs(name, definitions);
    // EST is a zone without summer time, but many calendars mean a zone with summer time, and define it so.
    const isAbbreviation = /^(?!UTC|GMT)[A-Z]{3}$/.test(name);
    if (!zonesByName.has(name))
      zonesByName.set(
        name,
        isAbbreviation ? (definedZone() ?? publicZone(name)) : (publicZone(name) ?? definedZone()),
      );
    const problem = `${name} is no time zone: name one of the IANA database or of Windows, or define it with VTIMEZONE`;
    return zonesByName.get(name) ?? { line, problem };
  };
}

function publicZone(name: string): OffsetAt | undefined {
  const zone = isTimeZone(name) ? name : zoneOfWindows(name);
  return zone === undefined ? undefined : (at) => offsetAt(at, zone);
}

function definedAs(name: string, definitions: readonly Component[]): OffsetAt | CalendarProblem | undefined {
  const [first, ...more] = definitions.filter((zone) => firstOf(zone, 'tzid')?.value === name);
  if (!first) return undefined;
  const differingZone = more.find((zone) => contentOf(zone) !== contentOf(first));
  if (differingZone)
    return {
      line: differingZone.line,
      problem: `defines ${name} otherwise than line ${first.line}: keep one of them`,
    };
  if (first.components.length === 0)
    return { line: first.line, problem: 'defines no STANDARD or DAYLIGHT time: write one of them' };
  const changes: Change[] = [];
  for (const component of first.components) {
    if (!OBSERVANCES.includes(component.name)) {
      const problem = `BEGIN:${component.name} is not known in VTIMEZONE; ${hint(component.name, OBSERVANCES)}`;
      return { line: component.line, problem };
    }
    const componentChanges = changesOf(component);
    if (isProblem(componentChanges)) return componentChanges;
    changes.push(...componentChanges);
  }
  return offsetsOf(changes.sort((a, b) => a.at - b.at));
}

const contentOf = ({ properties, components }: Component): string =>
  JSON.stringify([properties.map(({ name, written }) => [name, written]), components.map(contentOf)]);

/** A change of the clocks: offsets in milliseconds. */
interface Change {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Returns the offset at each time. Before the first change, the TZOFFSETFROM of that change applies (RFC 5545, 3.6.5). */
const offsetsOf =
  (changes: readonly Change[]): OffsetAt =>
  (at) => {
    let [low, high] = [0, changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((changes[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return changes[low - 1]?.to ?? changes[0]?.from ?? 0;
  };

/** Returns when an observance begins: at its start, by its rule and on its other dates, in the local time before the change. */
function changesOf(observance: Component): readonly Change[] | CalendarProblem {
  const ONCE = ['dtstart', 'tzoffsetfrom', 'tzoffsetto', 'rrule'];
  const [fault] = [...misspelt(observance), ...repeated(observance, ONCE)];
  if (fault) return fault;
  const from = offsetIn(observance, 'tzoffsetfrom');
  const to = offsetIn(observance, 'tzoffsetto');
  if (typeof from === 'object') return from;
  if (typeof to === 'object') return to;
  const clock: OffsetAt = () => from;
  const started = firstOf(observance, 'dtstart');
  if (!started)
    return { line: observance.line, problem: 'has no DTSTART: write one, such as DTSTART:19700101T000000' };
  const start = localTime(started);
  if (isProblem(start)) return start;
  const onsets = [start.local];
  for (const property of allOf(observance, 'rdate'))
    for (const date of timesOf(property, LOCAL)) {
      const problem = isProblem(date) ? date : localOnly(date);
      if (isProblem(problem)) return problem;
      onsets.push(problem.local);
    }
  const ruleProperty = firstOf(observance, 'rrule');
  if (ruleProperty) {
    const rule = ruleOf(ruleProperty, start, (text) => {
      const until = timeOf(ruleProperty, { ...LOCAL, named: () => clock }, text);
      return isProblem(until) ? until : until.form === 'moment' ? until.local + from : until.local;
    });
    if (isProblem(rule)) return rule;
    let dateCount = 0;
    for (const { local, isDate } of datesOf(rule, start.local, KNOWN.from)) {
      if (local > KNOWN.until) break;
      dateCount += 1;
      if (dateCount > MOST_CHANGES)
        return {
          line: ruleProperty.line,
          problem: `changes too often: a time zone has ${MOST_CHANGES} changes at most`,
        };
      if (isDate) onsets.push(local);
    }
  }
  return onsets.map((local) => ({ at: local - from, from, to }));
}

const NO_ZONES = (_: string, line: number): CalendarProblem => ({ line, problem: `must be ${A_LOCAL_TIME}` });
const A_LOCAL_TIME = 'a time without a time zone, such as 19700101T000000';
const LOCAL: Clocks = { days: UTC, times: UTC, named: NO_ZONES };

function localOnly(time: Time): Time | CalendarProblem {
  return time.form === 'local' ? time : { line: time.line, problem: `must be ${A_LOCAL_TIME}` };
}

function localTime(property: Property): Time | CalendarProblem {
  const time = timeOf(property, LOCAL);
  return isProblem(time) ? time : localOnly(time);
}

/** Returns an offset in milliseconds. */
function offsetIn(observance: Component, name: string): number | CalendarProblem {
  const property = firstOf(observance, name);
  const NAME = name.toUpperCase();
  if (!property)
    return { line: observance.line, problem: `has no ${NAME}: write one, such as ${NAME}:+0100` };
  const [, sign, hours, minutes, seconds = '0'] =
    /^([+-])([01]\d|2[0-3])([0-5]\d)([0-5]\d)?$/.exec(property.written.trim()) ?? [];
  if (sign === undefined)
    return { line: property.line, problem: 'must be an offset with its sign, such as +0100' };
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * SECOND;
}
