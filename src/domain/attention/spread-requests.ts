import { ableIn, type Requirement } from '../approval/requirement.ts';
import { shortfallOf } from '../approval/vote-tally.ts';
import type { Route, RouteStep, Telling } from '../escalation/route.ts';

/** How much one person is asked. */
interface Load {
  /** How often each person was asked lately; whoever is not in it was not. */
  readonly asks: ReadonlyMap<string, number>;
  readonly atMost: number;
}

/**
 * A route that tells those first who were not asked too often, and the others halfway through the wait of the same step.
 * Nobody loses a right by it, no step ends later, and at no time are fewer told than could meet as much of the requirement.
 * Pages stay as they are: whom they wake is the pager's own rotation, and so do shifts, in which one person is told.
 */
export function sparing(route: Route, requirement: Requirement, load: Load): Route {
  const parts = route.steps.map((step) =>
    'by' in step && step.by === 'mail' && !step.shifts ? spared(step, requirement, load) : [step],
  );
  const moved = (index: number) => parts.slice(0, index).flat().length;
  return { ...route, steps: parts.flat().map((step) => relinked(step, moved)) };
}

/** Steps are numbered in the order of the list: what comes after one that became two has another number. */
function relinked(step: RouteStep, moved: (index: number) => number): RouteStep {
  if ('when' in step) return { ...step, next: moved(step.next), else: moved(step.else) };
  const on = step.next === undefined ? {} : { next: moved(step.next) };
  return 'repeatFrom' in step ? { ...step, ...on, repeatFrom: moved(step.repeatFrom) } : { ...step, ...on };
}

function spared(step: Telling, requirement: Requirement, { asks, atMost }: Load): Telling[] {
  const asked = (person: string) => asks.get(person) ?? 0;
  const able = new Set(ableIn(requirement));
  const missing = (people: readonly string[]) =>
    shortfallOf(
      requirement,
      people.filter((person) => able.has(person)),
    )?.missing ?? 0;
  const least = missing(step.people);
  const tired = step.people
    .filter((person) => asked(person) >= atMost)
    .toSorted((a, b) => asked(a) - asked(b));
  const first = step.people.filter((person) => !tired.includes(person));
  while (tired.length > 0 && missing(first) > least) first.push(...tired.splice(0, 1));
  if (tired.length === 0 || first.length === 0) return [step];
  const waitMs = Math.floor(step.waitMs / 2);
  const { next: _, ...here } = step;
  return [
    { ...here, people: first, waitMs },
    { ...step, people: tired, waitMs: step.waitMs - waitMs },
  ];
}
