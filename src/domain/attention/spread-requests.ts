import { ableIn, type Requirement } from '../approval/requirement.ts';
import { shortfallOf } from '../approval/vote-tally.ts';
import type { Route, RouteStep, Telling } from '../escalation/route.ts';

/** How often people were asked lately, and the limit. */
interface Load {
  /** How often each person was asked lately. A person who is absent from the map was not asked. */
  readonly asks: ReadonlyMap<string, number>;
  readonly atMost: number;
}

/**
 * Changes a route so that people who were asked too often are told later: halfway through the wait of the same step, after the others.
 * Nobody loses a right, and no step ends later. The people who are told first can meet as much of the requirement as all people of the step
 * could. Pages are unchanged, because the pager's own rotation decides who is woken. Shifts are unchanged, because they tell one person.
 */
export function sparing(route: Route, requirement: Requirement, load: Load): Route {
  const parts = route.steps.map((step) =>
    'by' in step && step.by === 'mail' && !step.shifts ? spared(step, requirement, load) : [step],
  );
  const moved = (index: number) => parts.slice(0, index).flat().length;
  return { ...route, steps: parts.flat().map((step) => relinked(step, moved)) };
}

/** Renumbers the references of a step, because a step before it may have become two. */
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
