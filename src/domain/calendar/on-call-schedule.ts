import { instantOf, localTime } from './local-time.ts';

/** People who take turns, each for a length of local time. */
export interface Rotation {
  /** In the order of their turns. */
  readonly people: readonly string[];
  /** The first handover, in local time as if it were UTC, in milliseconds. Turns before it are counted backwards. */
  readonly startsOn: number;
  /** The length of a turn in local time, in milliseconds: at least four hours, because clocks never change by more. */
  readonly everyMs: number;
}

/** A person who replaces the one whose turn it is, from `from` until just before `until`: milliseconds since the epoch. */
export interface Override {
  readonly from: number;
  readonly until: number;
  /** Absent: nobody is on call. */
  readonly person?: string | undefined;
}

/** An on-call schedule. At any moment it names one person, or nobody: if an override says so, or if there is no rotation. */
export interface Schedule {
  readonly timeZone: string;
  readonly rotation?: Rotation | undefined;
  /** If two overlap, the later one in the list counts. */
  readonly overrides: readonly Override[];
}

/** Returns who is on call, by person's name; undefined when nobody is. @param at milliseconds since the epoch */
export function onCallAt({ timeZone, rotation, overrides }: Schedule, at: number): string | undefined {
  const override = overrides.findLast(({ from, until }) => from <= at && at < until);
  if (override) return override.person;
  return rotation && personOf(rotation, turnAt(rotation, timeZone, at));
}

function personOf({ people }: Rotation, turn: number): string | undefined {
  return people[((turn % people.length) + people.length) % people.length];
}

const MINUTE = 60_000;

/** Returns the turn that `at` is in, counted from the first handover. */
function turnAt(rotation: Rotation, timeZone: string, at: number): number {
  const { date, hour, minute } = localTime(at, timeZone);
  const local = Date.parse(date) + (hour * 60 + minute) * MINUTE;
  const turn = Math.floor((local - rotation.startsOn) / rotation.everyMs);
  // Around a change of clocks, local times are not in the order of time. So the moments of the handovers decide.
  const startedTurn = [turn + 1, turn, turn - 1].find(
    (candidate) => beginOf(rotation, timeZone, candidate) <= at,
  );
  return startedTurn ?? turn - 2;
}

const beginOf = ({ startsOn, everyMs }: Rotation, timeZone: string, turn: number) =>
  instantOf(startsOn + turn * everyMs, timeZone);

/** A time in which the same person, or nobody, is on call. Milliseconds since the epoch. */
export interface Shift {
  readonly from: number;
  readonly until: number;
  readonly people: readonly string[];
}

/** Returns who is on call from `from` until `until`, as plain times, so that readers of the result need no calendar. */
export function shiftsOf(wholeSchedule: Schedule, from: number, until: number): Shift[] {
  const overrides = wholeSchedule.overrides.filter(
    (override) => override.from < until && from < override.until,
  );
  const schedule = { ...wholeSchedule, overrides };
  const edges = [...new Set([from, ...handovers(schedule, from, until), ...overrides.flatMap(edgesOf)])]
    .filter((edge) => from <= edge && edge < until)
    .sort((a, b) => a - b);
  const shifts: Shift[] = [];
  for (const [i, edge] of edges.entries()) {
    const person = onCallAt(schedule, edge);
    const people = person === undefined ? [] : [person];
    const last = shifts.at(-1);
    const end = edges[i + 1] ?? until;
    if (last && last.people[0] === person) shifts[shifts.length - 1] = { ...last, until: end };
    else shifts.push({ from: edge, until: end, people });
  }
  return shifts;
}

const edgesOf = ({ from, until }: Override) => [from, until];

function handovers({ rotation, timeZone }: Schedule, from: number, until: number): number[] {
  if (!rotation) return [];
  const first = turnAt(rotation, timeZone, from);
  const turns = Math.ceil((until - from) / rotation.everyMs) + 3;
  return Array.from({ length: turns }, (_, i) => beginOf(rotation, timeZone, first + i));
}

export const shiftAt = (shifts: readonly Shift[], at: number): Shift | undefined =>
  shifts.find(({ from, until }) => from <= at && at < until);

/** Returns everybody who can be on call, each once. */
export const peopleOn = ({ rotation, overrides }: Schedule): string[] => [
  ...new Set([...(rotation?.people ?? []), ...overrides.flatMap(({ person }) => person ?? [])]),
];
