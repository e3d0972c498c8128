import { offsetAt } from '../../domain/calendar/local-time.ts';
import type { ConfigFault } from '../source/fault.ts';
import { type Budget, fileBudget } from './icalendar-budget.ts';
import { type CalendarEvent, readEvent } from './icalendar-event.ts';
import {
  allOf,
  type CalendarProblem,
  type Component,
  calendarText,
  firstOf,
  misspelt,
  readLines,
} from './icalendar-lines.ts';
import { type Occurrences, occurrencesOf, type Span, tooMuch } from './icalendar-occurrences.ts';
import type { Clocks } from './icalendar-times.ts';
import { zonesOf } from './icalendar-zones.ts';

export interface IcalendarOptions extends Span {
  /** The time zone of whole days and of times without a time zone. */
  readonly timeZone: string;
  /** The budget of all files of the folder together. */
  readonly budget: Budget;
}

export interface Icalendar extends Pick<Occurrences, 'occurrences' | 'endless'> {
  /** The name of the calendar for people. */
  readonly name?: string | undefined;
  /** Returns the whole series of an event, by UID; an event that replaces one occurrence belongs to it. */
  readonly seriesOf: (event: CalendarEvent) => CalendarEvent | undefined;
  /** Set when its events are the times that are open and all other time is closed; the line that says so. */
  readonly closedByDefault?: { readonly line: number } | undefined;
  readonly faults: readonly ConfigFault[];
}

/** Reads an iCalendar file (RFC 5545). Everything doubtful in it is a fault with its line, and then nothing of the file counts. */
export function readIcalendar(file: string, text: string, options: IcalendarOptions): Icalendar {
  const budget = fileBudget(options.budget);
  const overspending = budget.spend('characters', text.length);
  if (overspending)
    return faultyCalendar([
      { file, line: 1, problem: `is too long, as ${overspending}: leave out what is over` },
    ]);
  const { calendar, faults } = readLines(file, text);
  if (!calendar) return faultyCalendar(faults);
  const clocks = clocksOf(calendar, options.timeZone);
  const problems: CalendarProblem[] = [...misspelt(calendar), ...headProblems(calendar)];
  const events: CalendarEvent[] = [];
  for (const component of calendar.components) {
    if (component.name !== 'VEVENT') continue;
    const overflow = tooMuch(budget, datesWritten(component), component.line);
    if (overflow) return faultyCalendar(faultsAt(file, [...problems, overflow]));
    const event = readEvent(component, clocks);
    if ('start' in event) events.push(event);
    else problems.push(...event);
  }
  if (problems.length > 0) return faultyCalendar(faultsAt(file, problems));
  const expanded = occurrencesOf(events, options, budget);
  if (expanded.problems.length > 0) return faultyCalendar(faultsAt(file, expanded.problems));
  const series = new Map(events.flatMap((event) => (event.replaces ? [] : [[event.uid, event] as const])));
  const type = firstOf(calendar, 'x-calendar-type');
  return {
    occurrences: expanded.occurrences,
    endless: expanded.endless,
    name: calendarText(calendar, 'x-wr-calname') ?? calendarText(calendar, 'name'),
    seriesOf: ({ uid }) => series.get(uid),
    closedByDefault: type && /^DEFAULT_CLOSED$/i.test(type.written.trim()) ? { line: type.line } : undefined,
    faults: [],
  };
}

/** Returns the number of dates that an event writes: its start, and those of its lists. */
const datesWritten = (component: Component): number =>
  ['rdate', 'exdate']
    .flatMap((name) => allOf(component, name))
    .reduce((count, { written }) => count + written.split(',').length, 1);

const faultyCalendar = (faults: readonly ConfigFault[]): Icalendar => ({
  occurrences: [],
  endless: [],
  seriesOf: () => undefined,
  faults,
});

/** Returns each fault once: several events may name the same time zone with a wrong definition. */
function faultsAt(file: string, problems: readonly CalendarProblem[]): ConfigFault[] {
  const faultByText = new Map(
    problems.map(({ line, problem }) => [`${line} ${problem}`, { file, line, problem }]),
  );
  return [...faultByText.values()].sort((a, b) => a.line - b.line);
}

function clocksOf(calendar: Component, timeZone: string): Clocks {
  const zoneNamed = zonesOf(calendar);
  const ownOffset = (at: number) => offsetAt(at, timeZone);
  const zoneProperty = firstOf(calendar, 'x-wr-timezone');
  return {
    named: zoneNamed,
    days: ownOffset,
    times: zoneProperty ? zoneNamed(zoneProperty.written.trim(), zoneProperty.line) : ownOffset,
  };
}

/** The accepted values in the head of a calendar. Other values mean that the file is not a calendar of events. */
const HEAD: Readonly<Record<string, { readonly values: readonly string[]; readonly otherwise: string }>> = {
  version: { values: ['2.0'], otherwise: 'only iCalendar 2.0 is read: export it again' },
  calscale: { values: ['GREGORIAN'], otherwise: 'only dates of the Gregorian calendar are read' },
  method: {
    values: ['PUBLISH', 'REQUEST', 'ADD'],
    otherwise: 'this is a message about events, not a calendar: export the calendar itself',
  },
  'x-calendar-type': {
    values: ['DEFAULT_OPEN', 'DEFAULT_CLOSED'],
    otherwise: 'write DEFAULT_OPEN (closed in its events) or DEFAULT_CLOSED (open only in its events)',
  },
};

const headProblems = ({ properties }: Component): CalendarProblem[] =>
  properties.flatMap(({ name, line, written }) => {
    const headRule = HEAD[name];
    if (!headRule || headRule.values.includes(written.trim().toUpperCase())) return [];
    return [
      { line, problem: `${name.toUpperCase()}:${written.slice(0, 100)} is not read: ${headRule.otherwise}` },
    ];
  });
