import type { NamedTime } from '../../domain/calendar/calendar.ts';
import type { WrittenCalendar } from '../calendars/calendar.ts';
import { type IcalendarOptions, readIcalendar } from '../calendars/icalendar.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { Source } from '../source/yaml-files.ts';
import { eventTimes } from './freezes.ts';

interface BusyTimes {
  readonly busy: readonly NamedTime[];
  readonly faults: readonly ConfigFault[];
}

/**
 * Returns the events of the iCalendar files that `calendar.busy` names as busy times of the services that it names with them.
 *
 * @param texts the text of each file in busy/, by its path
 * @param times the times to read, and the limit on the work
 */
export function readBusyTimes(
  source: Source,
  { busy, timeZone }: WrittenCalendar,
  texts: Readonly<Record<string, string>>,
  times: Omit<IcalendarOptions, 'timeZone'>,
): BusyTimes {
  const faults: ConfigFault[] = [];
  const busyTimes = busy.flatMap(({ icalendar, services }, i): NamedTime[] => {
    const file = `busy/${icalendar}`;
    const text = texts[file];
    if (text === undefined) {
      const problem = `${file} is not there; ${hint(file, Object.keys(texts))}`;
      faults.push(source.fault(['calendar', 'busy', i, 'icalendar'], problem));
      return [];
    }
    const options = { timeZone, ...times };
    const calendar = readIcalendar(file, text, options);
    faults.push(...calendar.faults);
    if (calendar.closedByDefault) {
      const problem = 'DEFAULT_CLOSED is for calendars of changes: leave it out of a calendar of busy times';
      faults.push({ file, line: calendar.closedByDefault.line, problem });
    }
    return eventTimes(calendar, file, options).map((time) => (services ? { ...time, services } : time));
  });
  const usedFiles = new Set(busy.map(({ icalendar }) => `busy/${icalendar}`));
  for (const file of Object.keys(texts)) {
    const problem = 'is not read: name it as icalendar under calendar.busy in countersign.yaml, or remove it';
    if (!usedFiles.has(file)) faults.push({ file, line: 1, problem });
  }
  return { busy: busyTimes, faults };
}
