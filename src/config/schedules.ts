import { z } from 'zod';
import { identifier } from '../contract/json.ts';
import { instantOf } from '../domain/local-time.ts';
import type { Person } from '../domain/person.ts';
import type { Override, Schedule } from '../domain/shifts.ts';
import { localDate } from './calendar.ts';
import { timeZone } from './entity.ts';
import { type ConfigFault, hint } from './fault.ts';
import { readIcalendar } from './icalendar.ts';
import { duration, refuse, strict } from './schema.ts';
import type { Source } from './yaml-files.ts';

const HOUR = 3_600_000;
/** Clocks never change by more. */
const SHORTEST = 4 * HOUR;
const NOBODY = 'nobody';

const rotation = strict({
  people: z.array(identifier).min(1),
  from: localDate,
  every: duration().refine(
    (ms) => ms >= SHORTEST && ms % HOUR === 0,
    'must be whole hours, 4h at least, such as 12h or 168h (a week)',
  ),
}).transform(({ people, from, every }) => ({ people, startsOn: from, everyMs: every }));

const override = strict({ from: localDate, until: localDate, person: identifier }).refine(
  ({ from, until }) => from < until,
  { path: ['until'], message: 'must be after from: an override is over when this begins' },
);

/** A schedule as countersign.yaml has it: what an iCalendar file adds is not in it yet. */
export type WrittenSchedule = Schedule & { readonly icalendar?: string | undefined };

const schedule = strict({
  timeZone,
  rotation: rotation.optional(),
  icalendar: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.ics$/, 'must be the name of a file in schedules/, such as sre.ics')
    .optional(),
  overrides: z.array(override).default([]),
}).transform(({ overrides, icalendar, ...rest }, context): WrittenSchedule => {
  if (!rest.rotation && icalendar === undefined)
    return refuse(context, 'needs a rotation, an icalendar or both');
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
 * Adds the events of the iCalendar files to the schedules that name them, and checks that everybody on them is in the catalog.
 * What countersign.yaml overrides counts over what a file says.
 *
 * @param texts each file of schedules/, by its path
 * @param times of what recurs, and what was over: milliseconds since the epoch
 */
export function completeSchedules(
  source: Source,
  written: Readonly<Record<string, WrittenSchedule>>,
  texts: Readonly<Record<string, string>>,
  people: People,
  times: { readonly since: number; readonly horizon: number },
): Completed {
  const faults: ConfigFault[] = [];
  const schedules = Object.entries(written).map(([name, { icalendar, ...schedule }]) => {
    faults.push(...unknownPeople(source, name, schedule, people));
    if (icalendar === undefined) return [name, schedule];
    const file = `schedules/${icalendar}`;
    const text = texts[file];
    if (text === undefined) {
      const problem = `${file} is not there; ${hint(file, Object.keys(texts))}`;
      faults.push(source.fault(['schedules', name, 'icalendar'], problem));
      return [name, schedule];
    }
    const read = readIcalendar(file, text, { timeZone: schedule.timeZone, ...times });
    faults.push(...read.faults);
    // What recurs is worked out to there, and stands for a freeze beyond it: nobody is on call for ever.
    const events = read.freezes.filter(({ from }) => from !== times.horizon);
    const overrides = events.flatMap(({ name: summary, from, until }): Override[] => {
      const named = personIn(summary, people);
      if (named.kind === 'fault') {
        faults.push({ file, line: 1, problem: named.problem });
        return [];
      }
      return [{ from, until, ...named.who }];
    });
    return [name, { ...schedule, overrides: [...overrides, ...schedule.overrides] }];
  });
  const used = new Set(Object.values(written).map(({ icalendar }) => `schedules/${icalendar}`));
  for (const file of Object.keys(texts)) {
    const problem = 'belongs to no schedule: name it as icalendar of one in countersign.yaml, or remove it';
    if (!used.has(file)) faults.push({ file, line: 1, problem });
  }
  return { schedules: Object.fromEntries(schedules), faults: once(faults) };
}

function unknownPeople(source: Source, schedule: string, read: Schedule, people: People): ConfigFault[] {
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
    ...(read.rotation?.people ?? []).flatMap((person, i) => at(person, 'rotation', 'people', i)),
    ...read.overrides.flatMap(({ person }, i) =>
      person === undefined ? [] : at(person, 'overrides', i, 'person'),
    ),
  ];
}

type Named =
  | { readonly kind: 'named'; readonly who: { readonly person?: string } }
  | { readonly kind: 'fault'; readonly problem: string };

/** The one person whom the summary of an event names: by name, display name or address, as a whole word. */
function personIn(summary: string, people: People): Named {
  const words = ` ${summary.toLowerCase()} `;
  if (summary.trim().toLowerCase() === NOBODY) return { kind: 'named', who: {} };
  const isIn = (text: string) => {
    const at = text === '' ? -1 : words.indexOf(text.toLowerCase());
    return at >= 0 && !/[\p{L}\p{N}]/u.test(`${words[at - 1]}${words[at + text.length]}`);
  };
  const found = Object.values(people).filter(({ name, displayName, email }) =>
    [name, displayName, email].some(isIn),
  );
  const [first, second] = found;
  if (first && !second) return { kind: 'named', who: { person: first.name } };
  const what = JSON.stringify(summary);
  return {
    kind: 'fault',
    problem: second
      ? `the event ${what} names several people (${found.map(({ name }) => name).join(', ')}): name one`
      : `the event ${what} names nobody of the catalog: put a name or an address of it there, or "${NOBODY}"`,
  };
}

/** An event that recurs says the same every time. */
const once = (faults: readonly ConfigFault[]) => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
];
