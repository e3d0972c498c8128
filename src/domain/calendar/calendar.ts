import type { Action } from '../action/action.ts';
import { lookup } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';
import { instantOf, localTime } from './local-time.ts';

/** A time in which nothing runs by itself, from `from` until just before `until`: milliseconds since the epoch. */
export interface Freeze {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  /** Absent: it is on for all services. */
  readonly services?: readonly string[] | undefined;
}

/** A part of the week in which actions may run by themselves, on the clocks of the service. */
export interface ChangeWindow {
  /** Days on which it opens: 1 (Monday) to 7 (Sunday), as in ISO 8601. */
  readonly days: readonly number[];
  /** Minutes from midnight, where clocks show them. */
  readonly from: number;
  /** Not after `from`: on the next day. */
  readonly to: number;
  /** Absent: it is for the services that no other window names. */
  readonly services?: readonly string[] | undefined;
}

export interface Calendar {
  /** Of services that have none of their own. */
  readonly timeZone: string;
  /** Where it holds; absent: in every environment. */
  readonly environments?: readonly string[] | undefined;
  readonly freezes: readonly Freeze[];
  readonly windows: readonly ChangeWindow[];
}

/** What the calendar says of an action at one moment; empty when it may run by itself. */
export interface Circumstances {
  readonly frozen?: { readonly name: string; readonly until: number } | undefined;
  /** `opensAt`: when its next change window opens, in milliseconds since the epoch. */
  readonly outsideWindow?: { readonly opensAt: number } | undefined;
}

/** What it reads of an installation, which is made of calendars. */
interface Times {
  readonly rules: { readonly calendar: Calendar };
  readonly services: Readonly<Record<string, { readonly timeZone?: string | undefined }>>;
}

/** The clocks of a service: its own, or the calendar's. */
export const timeZoneOf = ({ services, rules }: Times, target: string): string =>
  lookup(services, target)?.timeZone ?? rules.calendar.timeZone;

/** @param at milliseconds since the epoch */
export function circumstancesOf(
  times: Times,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
  at: number,
): Circumstances {
  const { calendar } = times.rules;
  if (calendar.environments && !calendar.environments.includes(environment)) return {};
  const freezes = calendar.freezes.filter(
    (freeze) => (freeze.services?.includes(target) ?? true) && freeze.from <= at && at < freeze.until,
  );
  const [longest] = [...freezes].sort((a, b) => b.until - a.until);
  const timeZone = timeZoneOf(times, target);
  const windows = windowsOf(calendar, target);
  const outside = windows.length > 0 && !isOpen(windows, at, timeZone);
  return {
    ...(longest ? { frozen: { name: longest.name, until: longest.until } } : {}),
    ...(outside ? { outsideWindow: { opensAt: nextOpening(windows, at, timeZone) } } : {}),
  };
}

/** Why only people may let it run now, in words for them. */
export function whyPeopleOnly({ frozen, outsideWindow }: Circumstances): string[] {
  return [
    ...(frozen ? [`the freeze "${frozen.name}" lets nothing run by itself until ${iso(frozen.until)}`] : []),
    ...(outsideWindow
      ? [`it is outside the change window of the service, which opens ${iso(outsideWindow.opensAt)}`]
      : []),
  ];
}

/** A service's own windows, or those of all services where it has none: then the more special rule is the one that counts. */
function windowsOf({ windows }: Calendar, service: string): readonly ChangeWindow[] {
  const own = windows.filter(({ services }) => services?.includes(service));
  return own.length > 0 ? own : windows.filter(({ services }) => services === undefined);
}

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;

/**
 * When these windows are open, on the local days so many after the one of `at`. Of a time that clocks show twice the
 * first counts, for the opening and for the end: what is in between is in the window.
 */
function openingsOn(
  daysAhead: readonly number[],
  windows: readonly ChangeWindow[],
  at: number,
  timeZone: string,
) {
  const today = Date.parse(localTime(at, timeZone).date);
  return daysAhead
    .map((ahead) => today + ahead * DAY)
    .flatMap((day) =>
      windows
        .filter(({ days }) => days.includes(new Date(day).getUTCDay() || 7))
        .map(({ from, to }) => ({
          from: instantOf(day + from * MINUTE, timeZone),
          until: instantOf(day + to * MINUTE + (to > from ? 0 : DAY), timeZone),
        })),
    )
    .filter(({ from, until }) => from < until);
}

/** When these windows are open between two moments, also where they opened before. */
export function openingsBetween(
  windows: readonly ChangeWindow[],
  { from, until }: { readonly from: number; readonly until: number },
  timeZone: string,
) {
  const days = Array.from({ length: Math.ceil((until - from) / DAY) + 3 }, (_, day) => day - 1);
  return openingsOn(days, windows, from, timeZone)
    .filter((opening) => opening.from < until && opening.until > from)
    .sort((a, b) => a.from - b.from);
}

function isOpen(windows: readonly ChangeWindow[], at: number, timeZone: string): boolean {
  return openingsOn([-1, 0], windows, at, timeZone).some(({ from, until }) => from <= at && at < until);
}

/** Each window opens once a week, but for one that clocks skip when they change. */
function nextOpening(windows: readonly ChangeWindow[], at: number, timeZone: string): number {
  const ahead = Array.from({ length: 15 }, (_, day) => day);
  const openings = openingsOn(ahead, windows, at, timeZone).map(({ from }) => from);
  return Math.min(...openings.filter((opening) => opening > at));
}
