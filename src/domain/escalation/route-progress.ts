import { shiftAt } from '../calendar/on-call-schedule.ts';
import type { Condition, Pause, Route, Telling } from './route.ts';
import { routeDurationOf } from './route-duration.ts';

/** A person's statement that they are looking at the action. */
export interface Acknowledgement {
  readonly person: string;
  /** Milliseconds since the epoch, as signed. */
  readonly at: number;
}

/** The progress of a route. Times in milliseconds since the epoch. */
export interface Walk {
  /** The number of the next step; the number of steps if none is left. */
  readonly next: number;
  /** When the next step is due. */
  readonly at: number;
  /** When silence ends: counted from the opening, plus what an acknowledgement added. */
  readonly deadline: number;
  /** How often each repeat went back, by its step number. */
  readonly repeated: Readonly<Record<number, number>>;
  /** How many messages were due so far; their names are `route-1`, `route-2`, ... */
  readonly told: number;
  /** Whether an acknowledgement has delayed a step. That happens only once. */
  readonly held: boolean;
}

export const openingOf = (openedAt: number, longestMs: number): Walk => ({
  next: 0,
  at: openedAt,
  deadline: openedAt + longestMs,
  repeated: {},
  told: 0,
  held: false,
});

export interface Told {
  readonly step: Telling;
  /** The people who are told; empty if nobody is on call. */
  readonly people: readonly string[];
  /** The name of the message within its round, for example `route-1`. */
  readonly name: string;
}

/**
 * Takes the step that is due. The time of the next step follows from the route and not from the time of this call, so a slow message or an
 * absent worker delays nothing. After the last step the walk waits for the deadline, even if it took a shorter way.
 *
 * @param delivered whether the message of a step, by its name, has arrived by now
 */
export function pass(
  { steps }: Route,
  walk: Walk,
  delivered: (name: string) => boolean,
): { readonly walk: Walk; readonly told?: Told } {
  const step = steps[walk.next];
  const goTo = (stepIndex: number, waitMs = 0): Walk => ({
    ...walk,
    next: Math.min(stepIndex, steps.length),
    at: stepIndex < steps.length ? walk.at + waitMs : walk.deadline,
  });
  if (!step) return { walk };
  if ('when' in step) return { walk: goTo(holds(step.when, walk, delivered) ? step.next : step.else) };
  const next = step.next ?? walk.next + 1;
  if ('repeatFrom' in step) {
    const repeatsDone = walk.repeated[walk.next] ?? 0;
    if (repeatsDone >= step.times) return { walk: goTo(next) };
    return {
      walk: { ...goTo(step.repeatFrom), repeated: { ...walk.repeated, [walk.next]: repeatsDone + 1 } },
    };
  }
  if (!('by' in step)) return { walk: goTo(next, waitOf(step, walk.at)) };
  const toldCount = walk.told + 1;
  const people = step.shifts ? (shiftAt(step.shifts, walk.at)?.people ?? []) : step.people;
  // If nobody is on call, there is nobody to wait for.
  const waitMs = step.shifts && people.length === 0 ? 0 : step.waitMs;
  return {
    walk: { ...goTo(next, waitMs), told: toldCount },
    told: { step, people, name: nameOf(toldCount) },
  };
}

function waitOf({ waitMs, until }: Pause, at: number): number {
  const times = until?.find((period) => at < period.until);
  return times ? Math.min(Math.max(times.from - at, 0), waitMs) : waitMs;
}

const nameOf = (toldCount: number) => `route-${toldCount}`;

function holds(condition: Condition, { at, told }: Walk, delivered: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'during':
      return condition.times.some(({ from, until }) => from <= at && at < until);
    case 'notDelivered':
      return told === 0 || !delivered(nameOf(told));
    case 'known':
      return condition.holds;
  }
}

/**
 * Applies an acknowledgement: the next step and all after it are delayed until the route's hold time after the acknowledgement. The next
 * step is the one that was not due yet when the person signed, even if the acknowledgement is seen later. Only the first acknowledgement
 * that delays something counts.
 *
 * @param at when they signed it
 */
export function acknowledged({ holdMs = 0 }: Route, walk: Walk, at: number): Walk {
  const heldMs = at + holdMs - walk.at;
  if (walk.held || at >= walk.at || heldMs <= 0) return walk;
  return { ...walk, at: walk.at + heldMs, deadline: walk.deadline + heldMs, held: true };
}

/** The whole way of a route while nobody decides: who is told when, and when the silence ends. */
export interface RouteWay {
  readonly tells: readonly (Told & { readonly at: number })[];
  readonly deadline: number;
}

/**
 * Walks a route to its end.
 *
 * @param openedAt milliseconds since the epoch
 * @param acknowledgements when people said that they are looking at it, as signed
 * @param delivered whether the message of a step, by its name, had arrived at a time
 */
export function wayOf(
  route: Route,
  openedAt: number,
  acknowledgements: readonly number[],
  delivered: (name: string, at: number) => boolean,
): RouteWay {
  const hold = (walk: Walk) =>
    acknowledgements.reduce((current, at) => acknowledged(route, current, at), walk);
  const tells: (Told & { readonly at: number })[] = [];
  let walk = hold(openingOf(openedAt, routeDurationOf(route)));
  while (walk.next < route.steps.length) {
    const { at } = walk;
    const passage = pass(route, walk, (name) => delivered(name, at));
    if (passage.told) tells.push({ ...passage.told, at });
    walk = hold(passage.walk);
  }
  return { tells, deadline: walk.deadline };
}
