import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import { instantOf } from '../../domain/calendar/local-time.ts';
import type { Override, Schedule } from '../../domain/calendar/on-call-schedule.ts';
import type { Person } from '../../domain/installation/person.ts';
import { iso } from '../../domain/shared/sentence.ts';
import { icalendarName, localDate } from '../calendars/calendar.ts';
import { type IcalendarOptions, readIcalendar } from '../calendars/icalendar.ts';
import type { CalendarEvent } from '../calendars/icalendar-event.ts';
import { firstOf } from '../calendars/icalendar-lines.ts';
import { timeZone } from '../catalog/entity.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { duration, key, refuseValue, strict } from '../source/schema.ts';
import type { Source } from '../source/yaml-files.ts';
import { type NamedPerson, type Names, namesOf, personNamedIn } from './named-person.ts';

const HOUR = 3_600_000;
/** The shortest turn, in milliseconds: clocks never change by more. */
const SHORTEST = 4 * HOUR;
const NOBODY = 'nobody';

const rotation = strict({
  people: key(
    z.array(identifier).min(1),
    'People of the catalog, who take turns in this order.',
    '[linus, noor]',
  ),
  from: key(localDate, 'The first handover.', '2026-01-05T09:00'),
  every: key(
    duration().refine(
      (ms) => ms >= SHORTEST && ms % HOUR === 0,
      'must be whole hours, 4h at least, such as 12h or 168h (a week)',
    ),
    'How long a turn is: whole hours, `4h` at least.',
    '168h',
  ),
}).transform(({ people, from, every }) => ({ people, startsOn: from, everyMs: every }));

const override = strict({
  from: key(localDate, 'When it begins.', '2026-12-24T18:00'),
  until: key(localDate, 'When it is over.', '2026-12-25T09:00'),
  person: key(identifier, 'Who is on call then; `nobody` for nobody.', 'ada'),
}).refine(({ from, until }) => from < until, {
  path: ['until'],
  message: 'must be after from: an override is over when this begins',
});

/** A schedule as countersign.yaml has it, without the events of its iCalendar file. */
export type WrittenSchedule = Schedule & { readonly icalendar?: string | undefined };

const schedule = strict({
  timeZone: key(timeZone, 'The clocks that all times of the schedule are on.', 'Europe/Berlin'),
  rotation: key(rotation.optional(), 'People who take turns. A schedule needs a rotation, a file or both.'),
  icalendar: key(
    icalendarName('schedules/', 'sre.ics').optional(),
    'A file in `schedules/`: each of its events is an override by the person whom it names.',
    'sre.ics',
  ),
  overrides: key(
    z.array(override).default([]),
    'Somebody in place of whose turn it is. Where two overlap, the later one in the list counts.',
  ),
}).transform(({ overrides, icalendar, ...rest }, context): WrittenSchedule => {
  if (!rest.rotation && icalendar === undefined)
    return refuseValue(context, 'needs a rotation, an icalendar or both');
  return {
    ...rest,
    ...(icalendar === undefined ? {} : { icalendar }),
    overrides: overrides.map(({ from, until, person }) => ({
      from: instantOf(from, rest.timeZone),
      until: instantOf(until, rest.timeZone),
      ...(person === NOBODY ? {} : { person }),
    })),
  };
});

/** The member `schedules` of countersign.yaml. */
export const schedulesSchema = z.record(identifier, schedule).default({});

type People = Readonly<Record<string, Person>>;

interface Completed {
  readonly schedules: Readonly<Record<string, Schedule>>;
  readonly faults: readonly ConfigFault[];
}

/**
 * Adds the events of the iCalendar files to the schedules that name the files, and checks that everybody in a schedule is in the catalog.
 * The overrides in countersign.yaml take precedence over the events of a file.
 *
 * @param texts the text of each file in schedules/, by its path
 * @param times the times to read, and the limit on the work
 */
export function completeSchedules(
  source: Source,
  writtenSchedules: Readonly<Record<string, WrittenSchedule>>,
  texts: Readonly<Record<string, string>>,
  people: People,
  times: Omit<IcalendarOptions, 'timeZone'>,
): Completed {
  const faults: ConfigFault[] = [];
  const names = namesOf(Object.values(people));
  const schedules = Object.entries(writtenSchedules).map(([name, { icalendar, ...schedule }]) => {
    faults.push(...unknownPeople(source, name, schedule, people));
    if (icalendar === undefined) return [name, schedule];
    const file = `schedules/${icalendar}`;
    const text = texts[file];
    if (text === undefined) {
      const problem = `${file} is not there; ${hint(file, Object.keys(texts))}`;
      faults.push(source.fault(['schedules', name, 'icalendar'], problem));
      return [name, schedule];
    }
    const fileOverrides = overridesIn(file, text, names, {
      timeZone: schedule.timeZone,
      ...times,
    });
    faults.push(...fileOverrides.faults);
    return [name, { ...schedule, overrides: [...fileOverrides.overrides, ...schedule.overrides] }];
  });
  const usedFiles = new Set(Object.values(writtenSchedules).map(({ icalendar }) => `schedules/${icalendar}`));
  for (const file of Object.keys(texts)) {
    const problem = 'belongs to no schedule: name it as icalendar of one in countersign.yaml, or remove it';
    if (!usedFiles.has(file)) faults.push({ file, line: 1, problem });
  }
  return { schedules: Object.fromEntries(schedules), faults };
}

function unknownPeople(
  source: Source,
  schedule: string,
  parsedSchedule: Schedule,
  people: People,
): ConfigFault[] {
  const at = (person: string, ...path: readonly PropertyKey[]) =>
    Object.hasOwn(people, person)
      ? []
      : [
          source.fault(
            ['schedules', schedule, ...path],
            `${person} is not a person of the catalog; ${hint(person, Object.keys(people))}`,
          ),
        ];
  return [
    ...(parsedSchedule.rotation?.people ?? []).flatMap((person, i) => at(person, 'rotation', 'people', i)),
    ...parsedSchedule.overrides.flatMap(({ person }, i) =>
      person === undefined ? [] : at(person, 'overrides', i, 'person'),
    ),
  ];
}

/** Returns the events of a file as overrides, in the order of time. At any moment they name one person, or nobody. */
function overridesIn(
  file: string,
  text: string,
  names: Names,
  options: IcalendarOptions,
): { readonly overrides: readonly Override[]; readonly faults: readonly ConfigFault[] } {
  const { occurrences, closedByDefault, faults } = readIcalendar(file, text, options);
  if (faults.length > 0) return { overrides: [], faults };
  const problems = new Map<string, ConfigFault>();
  const refuseValue = (line: number, problem: string) =>
    problems.set(`${line} ${problem}`, { file, line, problem });
  if (closedByDefault)
    refuseValue(
      closedByDefault.line,
      'DEFAULT_CLOSED is for calendars of changes: leave it out of an on-call schedule',
    );

  const personByEvent = new Map<CalendarEvent, NamedPerson>();
  const overrides: (Override & { readonly line: number })[] = [];
  for (const { event, from, until } of occurrences) {
    const namedPerson = personByEvent.get(event) ?? personNamedIn(event, names);
    personByEvent.set(event, namedPerson);
    const busyStatus = firstOf(event.component, 'x-microsoft-cdo-busystatus');
    if (busyStatus && /^OOF$/i.test(busyStatus.written.trim()))
      refuseValue(busyStatus.line, 'says that somebody is away, and not on call: leave the event out');
    if (namedPerson.kind === 'fault') refuseValue(namedPerson.line, namedPerson.problem);
    else
      overrides.push({
        from,
        until,
        ...(namedPerson.kind === 'person' ? { person: namedPerson.person } : {}),
        line: event.line,
      });
  }
  let last: (typeof overrides)[number] | undefined;
  for (const override of overrides) {
    if (last && override.from < last.until && override.person !== last.person)
      refuseValue(override.line, overlapProblem(last, override));
    if (!last || override.until > last.until) last = override;
  }
  return {
    overrides: problems.size > 0 ? [] : overrides.map(({ line: _, ...override }) => override),
    faults: [...problems.values()],
  };
}

const overlapProblem = (first: Override & { readonly line: number }, second: Override) =>
  `${second.person ?? NOBODY} is on call from ${iso(second.from)}, while ${first.person ?? NOBODY} of the event on line ${first.line} is until ${iso(first.until)}: one person is on call at a time, so end the one before the other begins`;
