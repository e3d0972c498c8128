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
  const newIndexOf = (index: number) => parts.slice(0, index).flat().length;
  return { ...route, steps: parts.flat().map((step) => relinked(step, newIndexOf)) };
}

/** Renumbers the references of a step, because a step before it may have become two. */
function relinked(step: RouteStep, newIndexOf: (index: number) => number): RouteStep {
  if ('when' in step) return { ...step, next: newIndexOf(step.next), else: newIndexOf(step.else) };
  const nextMember = step.next === undefined ? {} : { next: newIndexOf(step.next) };
  return 'repeatFrom' in step
    ? { ...step, ...nextMember, repeatFrom: newIndexOf(step.repeatFrom) }
    : { ...step, ...nextMember };
}

function spared(step: Telling, requirement: Requirement, { asks, atMost }: Load): Telling[] {
  const requestsTo = (person: string) => asks.get(person) ?? 0;
  const ablePeople = new Set(ableIn(requirement));
  const missingWith = (people: readonly string[]) =>
    shortfallOf(
      requirement,
      people.filter((person) => ablePeople.has(person)),
    )?.missing ?? 0;
  const leastMissing = missingWith(step.people);
  const tiredPeople = step.people
    .filter((person) => requestsTo(person) >= atMost)
    .toSorted((a, b) => requestsTo(a) - requestsTo(b));
  const first = step.people.filter((person) => !tiredPeople.includes(person));
  while (tiredPeople.length > 0 && missingWith(first) > leastMissing) first.push(...tiredPeople.splice(0, 1));
  if (tiredPeople.length === 0 || first.length === 0) return [step];
  const waitMs = Math.floor(step.waitMs / 2);
  const { next: _, ...firstStep } = step;
  return [
    { ...firstStep, people: first, waitMs },
    { ...step, people: tiredPeople, waitMs: step.waitMs - waitMs },
  ];
}
