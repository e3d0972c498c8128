import type { Freeze, NamedTime } from '../../domain/calendar/calendar.ts';
import { type Icalendar, type IcalendarOptions, readIcalendar } from '../calendars/icalendar.ts';
import type { CalendarEvent } from '../calendars/icalendar-event.ts';
import { calendarText } from '../calendars/icalendar-lines.ts';
import type { ConfigFault } from '../source/fault.ts';

const DAY = 24 * 3_600_000;
const CENTURY = 100 * 365.25 * DAY;
/** The value of AWS Systems Manager for events that count; its other events only inform. */
const STANDARD = 'STANDARD';
const LONGEST_NAME = 100;
const KNOWN_TO_HERE = 'of which dates are known to here; start the worker again';

export interface Freezes {
  readonly freezes: readonly Freeze[];
  readonly faults: readonly ConfigFault[];
}

/**
 * Returns the events of an iCalendar file as freezes, including events that leave their time free. In a calendar that is closed by default,
 * the freezes are the time between the events. An event that recurs beyond the horizon freezes everything from the horizon on, because
 * unknown time is not free.
 */
export function readFreezes(file: string, text: string, options: IcalendarOptions): Freezes {
  const calendar = readIcalendar(file, text, options);
  const freezes = calendar.closedByDefault
    ? closedTimes(calendar, file, options)
    : eventTimes(calendar, file, options);
  return { freezes: calendar.faults.length > 0 ? [] : freezes, faults: calendar.faults };
}

/** Returns the time of each event. Of one that recurs beyond the horizon, all time from the horizon on. */
export function eventTimes(calendar: Icalendar, file: string, { horizon }: IcalendarOptions): NamedTime[] {
  const nameOf = (event: CalendarEvent) =>
    (event.summary ?? calendar.seriesOf(event)?.summary ?? file).slice(0, LONGEST_NAME);
  return [
    ...calendar.occurrences.map(({ event, from, until }) => ({ name: nameOf(event), from, until })),
    ...calendar.endless.map((event) => ({
      name: `${nameOf(event)}, ${KNOWN_TO_HERE}`,
      from: horizon,
      until: horizon + CENTURY,
    })),
  ];
}

/** Returns the time between the events. An event opens nothing if it is not confirmed, or if it only informs. */
function closedTimes(calendar: Icalendar, file: string, { since, horizon }: IcalendarOptions): Freeze[] {
  const name = `${(calendar.name ?? file).slice(0, LONGEST_NAME)}, closed by default`;
  const openEvents = calendar.occurrences.filter(
    ({ event }) =>
      event.status === 'CONFIRMED' &&
      (calendarText(event.component, 'x-event-type') ?? STANDARD) === STANDARD,
  );
  const freezes: Freeze[] = [];
  let from = since;
  for (const event of openEvents) {
    if (event.from > from) freezes.push({ name, from, until: event.from });
    from = Math.max(from, event.until);
  }
  const last = calendar.endless.length > 0 ? `${name}, ${KNOWN_TO_HERE}` : name;
  return [...freezes, { name: last, from, until: Math.max(from, horizon) + CENTURY }];
}
