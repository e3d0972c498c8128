import type { Action } from '../action/action.ts';
import { lookup } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';
import { instantOf, localTime } from './local-time.ts';

/** A time from `from` until just before `until`, in milliseconds since the epoch. */
export interface NamedTime {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  /** Absent: it applies to all services. */
  readonly services?: readonly string[] | undefined;
}

/** A change freeze: nothing runs by itself while it is on. */
export type Freeze = NamedTime;

/** A change window: a part of the week in which actions may run by themselves, in the time zone of the service. */
export interface ChangeWindow {
  /** The days on which it opens: 1 (Monday) to 7 (Sunday), as in ISO 8601. */
  readonly days: readonly number[];
  /** Minutes from midnight, local time. */
  readonly from: number;
  /** Minutes from midnight. If not after `from`, it is on the next day. */
  readonly to: number;
  /** Absent: it applies to the services that no other window names. */
  readonly services?: readonly string[] | undefined;
}

export interface Calendar {
  /** The time zone of services without one of their own. */
  readonly timeZone: string;
  /** The environments in which it applies. Absent: all. */
  readonly environments?: readonly string[] | undefined;
  readonly freezes: readonly Freeze[];
  readonly windows: readonly ChangeWindow[];
  /** The times when much depends on a service, such as a campaign. Absent: none. */
  readonly busy?: readonly NamedTime[] | undefined;
}

/** What the calendar says about an action at one moment. With `frozen` or `outsideWindow` the action may not run by itself. */
export interface Circumstances {
  readonly frozen?: { readonly name: string; readonly until: number } | undefined;
  /** The busy time that is on. It stops nothing. */
  readonly busy?: { readonly name: string; readonly until: number } | undefined;
  /** `opensAt`: when the next change window opens, in milliseconds since the epoch. */
  readonly outsideWindow?: { readonly opensAt: number } | undefined;
}

/** The part of an installation that the calendar needs. */
interface Times {
  readonly rules: { readonly calendar: Calendar };
  readonly services: Readonly<Record<string, { readonly timeZone?: string | undefined }>>;
}

/** Returns the time zone of a service: its own, or the calendar's. */
export const timeZoneOf = ({ services, rules }: Times, target: string): string =>
  lookup(services, target)?.timeZone ?? rules.calendar.timeZone;

/** Returns what the calendar says about an action at a time. @param at milliseconds since the epoch */
export function circumstancesOf(
  times: Times,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
  at: number,
): Circumstances {
  const { calendar } = times.rules;
  if (calendar.environments && !calendar.environments.includes(environment)) return {};
  const frozen = lastOn(calendar.freezes, target, at);
  const busy = lastOn(calendar.busy ?? [], target, at);
  const timeZone = timeZoneOf(times, target);
  const windows = windowsOf(calendar, target);
  const isOutsideWindows = windows.length > 0 && !isOpen(windows, at, timeZone);
  return {
    ...(frozen ? { frozen: { name: frozen.name, until: frozen.until } } : {}),
    ...(busy ? { busy: { name: busy.name, until: busy.until } } : {}),
    ...(isOutsideWindows ? { outsideWindow: { opensAt: nextOpening(windows, at, timeZone) } } : {}),
  };
}

/** Returns the freezes of an action's target that began after a moment and are on now. Both in milliseconds since the epoch. */
export function freezesBegunSince(
  { rules: { calendar } }: Times,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
  since: number,
  now: number,
): readonly Freeze[] {
  if (calendar.environments && !calendar.environments.includes(environment)) return [];
  return timesOn(calendar.freezes, target, now).filter(({ from }) => from > since);
}

/** Returns why only people may let the action run now, in words. */
export function whyPeopleOnly({ frozen, outsideWindow }: Circumstances): string[] {
  return [
    ...(frozen ? [`the freeze "${frozen.name}" lets nothing run by itself until ${iso(frozen.until)}`] : []),
    ...(outsideWindow
      ? [`it is outside the change window of the service, which opens ${iso(outsideWindow.opensAt)}`]
      : []),
  ];
}

/** Returns the busy time that is on, in words. */
export const busyText = ({ busy }: Circumstances): string[] =>
  busy ? [`it is the busy time "${busy.name}" until ${iso(busy.until)}`] : [];

/** Returns the one that lasts longest of the times that are on for a service. */
function lastOn(times: readonly NamedTime[], service: string, at: number): NamedTime | undefined {
  return timesOn(times, service, at).sort((a, b) => b.until - a.until)[0];
}

const timesOn = (times: readonly NamedTime[], service: string, at: number): NamedTime[] =>
  times.filter(
    ({ services, from, until }) => (services?.includes(service) ?? true) && from <= at && at < until,
  );

/** Returns the windows of a service: its own if it has any, otherwise those for all services. The more specific rule counts. */
function windowsOf({ windows }: Calendar, service: string): readonly ChangeWindow[] {
  const ownWindows = windows.filter(({ services }) => services?.includes(service));
  return ownWindows.length > 0 ? ownWindows : windows.filter(({ services }) => services === undefined);
}

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;

/**
 * Returns the openings of these windows on local days, given as numbers of days after the day of `at`. If clocks show a time twice, the
 * first one counts, for the start and for the end: the time in between is in the window.
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

/** Returns the openings of these windows between two moments, including one that began before. */
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

/** Returns the next opening. 15 days are searched: a window opens once a week, except when a change of the clocks skips it. */
function nextOpening(windows: readonly ChangeWindow[], at: number, timeZone: string): number {
  const ahead = Array.from({ length: 15 }, (_, day) => day);
  const openings = openingsOn(ahead, windows, at, timeZone).map(({ from }) => from);
  return Math.min(...openings.filter((opening) => opening > at));
}
