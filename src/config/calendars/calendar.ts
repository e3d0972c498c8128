import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import type { Calendar } from '../../domain/calendar/calendar.ts';
import { instantOf } from '../../domain/calendar/local-time.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { timeZone } from '../catalog/entity.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { key, refuseValue, strict } from '../source/schema.ts';
import type { Path, Source } from '../source/yaml-files.ts';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const names = z.array(identifier).min(1).optional();

/** A time of day, as minutes from midnight. */
export const timeOfDay = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time in quotes, such as "09:00", up to "24:00"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
  .meta({ title: 'time of day, in quotes' });

const days = key(
  z
    .array(z.enum(DAYS))
    .min(1)
    .default([...DAYS]),
  'The days of the week.',
  '[mon, tue, wed, thu]',
);
const opensAt = key(
  timeOfDay.refine((minute) => minute < 24 * 60, 'must be before "24:00"'),
  'When they begin.',
  '"09:00"',
);
const closesAt = key(
  timeOfDay.refine((minute) => minute > 0, 'must be after "00:00": write "24:00" for midnight'),
  'When they are over. Where it is not after `from`, it is on the next day.',
  '"17:00"',
);
const WHOLE_DAYS = 'must not be the time it opens: write "00:00" to "24:00" for whole days';
const weekdays = (names: readonly (typeof DAYS)[number][]) => names.map((day) => DAYS.indexOf(day) + 1);

/** The member `businessHours` of countersign.yaml. */
export const businessHours = strict({
  timeZone: key(timeZone, 'The clocks that they are on.', 'Europe/Berlin'),
  days,
  from: opensAt,
  to: closesAt,
})
  .refine(({ from, to }) => from !== to, { path: ['to'], message: WHOLE_DAYS })
  .transform(({ days: names, ...rest }) => ({ ...rest, days: weekdays(names) }));

const window = strict({
  days,
  from: opensAt,
  to: closesAt,
  services: key(
    names,
    'The services that go by it. A service that no window names goes by the windows without `services`.',
    '[checkout]',
  ),
})
  .refine(({ from, to }) => from !== to, { path: ['to'], message: WHOLE_DAYS })
  .transform(({ days: names, ...rest }) => ({ ...rest, days: weekdays(names) }));

const DATE = 'must be a date, or a date and a time, such as 2026-12-18T18:00';

/** A local date or time, as if it were UTC, in milliseconds. */
export const localDate = z
  .string(DATE)
  .transform((text, context) => {
    const at = Date.parse(text.includes('T') ? `${text}Z` : text);
    const real = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/.test(text) && !Number.isNaN(at);
    // ECMAScript accepts 30 February and reads it as 2 March.
    return real && new Date(at).toISOString().startsWith(text.slice(0, 16)) ? at : refuseValue(context, DATE);
  })
  .meta({ title: 'date, or date and time' });

const freeze = strict({
  name: key(z.string().trim().min(1).max(100), 'What people are told.', 'year end'),
  from: key(localDate, 'When it begins.', '2026-12-18T18:00'),
  until: key(localDate, 'When it is over.', '2027-01-04'),
  services: key(names, 'The services that are frozen; all of them without it.', '[cart, checkout]'),
}).refine(({ from, until }) => from < until, {
  path: ['until'],
  message: 'must be after from: a freeze is over when this begins',
});

/** The name of an iCalendar file in one of the folders of an installation. */
export const icalendarName = (folder: string, example: string) =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]*\.ics$/,
      `must be the name of a file in ${folder}, such as ${example}`,
    );

const busyCalendar = strict({
  icalendar: key(
    icalendarName('busy/', 'campaigns.ics'),
    'A file in `busy/`: each of its events is a busy time, with its summary as the name.',
    'campaigns.ics',
  ),
  services: key(names, 'The services that are busy then; all of them without it.', '[web, checkout]'),
});

/** The calendar as countersign.yaml has it, without the events of its iCalendar files. */
export type WrittenCalendar = Omit<Calendar, 'busy'> & {
  readonly busy: readonly z.infer<typeof busyCalendar>[];
};

/** The member `calendar` of countersign.yaml. */
export const calendarSchema = strict({
  timeZone: key(
    timeZone.default('UTC'),
    'The clocks of services that have none of their own.',
    'Europe/Berlin',
  ),
  environments: key(names, 'The environments where it holds; all of them without it.', '[production]'),
  windows: key(
    z.array(window).default([]),
    'The parts of the week in which actions may run by themselves. Without a window they may at any time.',
  ),
  freezes: key(z.array(freeze).default([]), 'The times in which nothing runs by itself.'),
  busy: key(
    z.array(busyCalendar).default([]),
    'Calendars of times when much depends on a service, such as a campaign. Then an action has more risk; it may still run by itself.',
  ),
})
  .prefault({})
  .transform(
    ({ freezes, ...rest }): WrittenCalendar => ({
      ...rest,
      freezes: freezes.map((entry) => ({
        ...entry,
        from: instantOf(entry.from, rest.timeZone),
        until: instantOf(entry.until, rest.timeZone),
      })),
    }),
  );

/** Checks that the environments and services that the calendar names exist. */
export function checkCalendar(
  source: Source,
  { environments, services }: Pick<Installation, 'environments' | 'services'>,
  calendar: WrittenCalendar,
): ConfigFault[] {
  const nameFaults = (path: Path, nameList: readonly string[] = [], table: object, problem: string) =>
    nameList.flatMap((name, i) =>
      Object.hasOwn(table, name)
        ? []
        : [
            source.fault(
              ['calendar', ...path, i],
              `${name} is ${problem}; ${hint(name, Object.keys(table))}`,
            ),
          ],
    );
  const serviceFaults = (member: 'windows' | 'freezes' | 'busy') =>
    calendar[member].flatMap((period, i) =>
      nameFaults([member, i, 'services'], period.services, services, 'not a service of the catalog'),
    );
  return [
    ...nameFaults(['environments'], calendar.environments, environments, 'not an environment'),
    ...serviceFaults('windows'),
    ...serviceFaults('freezes'),
    ...serviceFaults('busy'),
  ];
}
