import { gapsOf } from './bipartite-matching.ts';
import {
  ableIn,
  denyingIn,
  joined,
  peopleIn,
  type Requirement,
  textOf,
  type Vote,
  waysOf,
} from './requirement.ts';

/** What is still missing to meet a requirement. */
export interface Shortfall {
  /** The smallest number of people who must still approve. */
  readonly missing: number;
  /** The missing people by group, for people to read, for example "1 of security". */
  readonly needed: string;
}

/** The tally of the votes on a requirement; `by` names everybody whose approval counts. */
export type Tally =
  | ({ readonly kind: 'open'; readonly by: readonly string[] } & Shortfall)
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'denied'; readonly by: string; readonly reason: string };

/**
 * INVARIANT 4: one person counts once, for one seat of one group even when they are in several; the requester's side never counts; and a
 * denial by anyone entitled wins over any number of approvals seen with it. Returns the tally of the votes.
 */
export function tallyOf(requirement: Requirement, votes: readonly Vote[]): Tally {
  const entitledPeople = new Set(peopleIn(requirement));
  const denying = new Set([...entitledPeople, ...denyingIn(requirement).map(({ person }) => person)]);
  const countedVotes = votes.filter(({ person }) => entitledPeople.has(person));
  const denial = votes.find(({ person, verdict }) => verdict === 'deny' && denying.has(person));
  if (denial) return { kind: 'denied', by: denial.person, reason: denial.reason ?? '' };
  const by = [...new Set(countedVotes.map(({ person }) => person))];
  const shortfall = shortfallOf(requirement, by);
  return shortfall ? { kind: 'open', by, ...shortfall } : { kind: 'approved', by };
}

/** Returns what would still be missing if these people approved, each once; undefined when they are enough. */
export function shortfallOf(requirement: Requirement, people: readonly string[]): Shortfall | undefined {
  const ways = waysOf(requirement).map((way) => {
    const places = way.map(({ atLeast, approvers }) => ({
      count: atLeast,
      people: approvers.map(({ person }) => person),
    }));
    const gaps = gapsOf(places, people);
    const groups = (from: readonly number[]) => [...new Set(from.map((i) => way[i]?.group))].join(' or ');
    return {
      missing: gaps.reduce((sum, gap) => sum + gap.missing, 0),
      needed: joined(
        gaps.map(({ missing, from }) => `${missing} of ${groups(from)}`),
        'and',
      ),
    };
  });
  // An empty list is never enough, not even for a requirement that asks for 0 people.
  if (people.length > 0 && ways.some(({ missing }) => missing === 0)) return undefined;
  const nearestWays = ways.toSorted((a, b) => a.missing - b.missing);
  const texts = [...new Set(nearestWays.map(({ needed }) => needed))];
  const otherCount = texts.length - MOST_SAID;
  const shownTexts =
    otherCount > 0 ? [...texts.slice(0, MOST_SAID), `${otherCount} other combinations`] : texts;
  return { missing: nearestWays[0]?.missing ?? Number.POSITIVE_INFINITY, needed: joined(shownTexts, 'or') };
}

/** The most alternatives that are listed, those with the fewest missing people first. */
const MOST_SAID = 4;

/** Whether the requirement could never be met by its approvers. */
export const isUnsatisfiable = (requirement: Requirement) => whyUnsatisfiable(requirement) !== undefined;

/** Returns why the requirement could not be met even if everybody who can sign approved; undefined when it could. */
export function whyUnsatisfiable(requirement: Requirement): string | undefined {
  const ablePeople = ableIn(requirement);
  const shortfall = shortfallOf(requirement, ablePeople);
  if (!shortfall) return undefined;
  const coverage =
    'group' in requirement
      ? `${ablePeople.length} could`
      : `${shortfall.needed} would be missing if all did who could`;
  return `${textOf(requirement)} must approve, and ${coverage}`;
}
