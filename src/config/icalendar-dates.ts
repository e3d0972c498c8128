import ICAL from 'ical.js';
import { instantOf, isTimeZone } from '../domain/local-time.ts';

type Component = InstanceType<typeof ICAL.Component>;
type Property = InstanceType<typeof ICAL.Property>;
type Time = InstanceType<typeof ICAL.Time>;

/** What is wrong with an event. */
export interface DateProblem {
  /** The property in lower case, such as `dtstart`. */
  readonly property: string;
  /** Which of those with this name, from 0, which it is unless it is said. */
  readonly nth?: number;
  readonly problem: string;
}

const DATES = ['dtstart', 'dtend', 'duration', 'recurrence-id', 'rrule', 'rdate', 'exdate'];

/** Checks the dates of an event, and looks up the time zones that they name: nothing may read a date before. */
export function problemIn(component: Component): DateProblem | undefined {
  const dates = DATES.flatMap((name) =>
    component.getAllProperties(name).map((property, nth) => ({ property, nth })),
  );
  const first = (check: (property: Property) => string | undefined) => {
    for (const { property, nth } of dates) {
      const problem = check(property);
      if (problem !== undefined) return { property: property.name, nth, problem };
    }
    return undefined;
  };
  const start = component.getFirstProperty('dtstart');
  return (
    first((property) => zoneProblem(property, component) ?? valueProblem(property)) ??
    (start
      ? first((property) => formProblem(property, start))
      : { property: 'dtstart', problem: 'has no begin: write DTSTART' }) ??
    lengthProblem(component)
  );
}

/**
 * A time zone that the file defines counts as it says there. One that it only names is the one of the IANA database, and
 * is made known to ical.js, which would take its times for times without a time zone.
 */
function zoneProblem(property: Property, component: Component): string | undefined {
  const written = property.getFirstParameter('tzid');
  const zone = written && String(written);
  if (!zone || component.getTimeZoneByID(zone) || ICAL.TimezoneService.get(zone)) return undefined;
  if (!isTimeZone(zone))
    return `${zone} is no time zone: name one of the IANA database, or define it with VTIMEZONE`;
  ICAL.TimezoneService.register(new IanaZone({ tzid: zone }), zone);
  return undefined;
}

class IanaZone extends ICAL.Timezone {
  override utcOffset({ year, month, day, hour, minute, second }: Time): number {
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    return (local - instantOf(local, this.tzid)) / 1000;
  }
}

/** ical.js reads a value when it is asked for, and takes 30 February for 2 March. */
function valueProblem(property: Property): string | undefined {
  if (property.type === 'period') return 'periods are not read here: write dates';
  try {
    const unreal = property
      .getValues()
      .findIndex((value, i) => value instanceof ICAL.Time && !isWritten(value, property.jCal[3 + i]));
    return unreal < 0 ? undefined : `there is no ${property.jCal[3 + unreal]}`;
  } catch (error) {
    return `this cannot be understood: ${error instanceof Error ? error.message : error}`;
  }
}

/** The `Z` is added to what has UTC for its TZID. */
const isWritten = (value: Time, written: unknown) =>
  String(value).replace('Z', '') === String(written).replace('Z', '');

const FORMS = {
  date: 'a date, such as 20261218',
  local: 'a time without a time zone, such as 20261218T180000',
  moment: 'a time in UTC, such as 20261218T170000Z, or with TZID',
} as const;

const formOf = ({ isDate, zone }: Time): keyof typeof FORMS =>
  isDate ? 'date' : zone === ICAL.Timezone.localTimezone ? 'local' : 'moment';

/** Dates of different forms do not meet: a rule would end too early, or a date would not be left out. */
function formProblem(property: Property, start: Property): string | undefined {
  const value = start.getFirstValue();
  if (!(value instanceof ICAL.Time)) return 'must be a date';
  const wanted = formOf(value);
  const problem = `must be written as DTSTART is: ${FORMS[wanted]}`;
  switch (property.name) {
    case 'rrule': {
      const { until } = Object(property.getFirstValue());
      return until instanceof ICAL.Time && formOf(until) !== wanted ? `UNTIL ${problem}` : undefined;
    }
    case 'dtend':
    case 'rdate':
    case 'exdate': {
      const forms = property.getValues().map((each) => (each instanceof ICAL.Time ? formOf(each) : 'none'));
      const leavesOutDays = property.name === 'exdate';
      return forms.every((form) => form === wanted || (leavesOutDays && form === 'date'))
        ? undefined
        : problem;
    }
    default:
      return undefined;
  }
}

function lengthProblem(component: Component): DateProblem | undefined {
  const ends = component.hasProperty('dtend') || component.hasProperty('duration');
  const { startDate, endDate } = new ICAL.Event(component, { exceptions: [] });
  if (!ends && !startDate.isDate)
    return { property: 'dtend', problem: 'has no end: write DTEND or DURATION' };
  if (startDate.compare(endDate) < 0) return undefined;
  const property = component.hasProperty('dtend') ? 'dtend' : 'duration';
  return { property, problem: 'ends before it begins: nothing would be frozen' };
}
