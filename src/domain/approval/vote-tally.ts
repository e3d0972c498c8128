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

/** What is missing until a requirement is met. */
export interface Shortfall {
  /** How many more people must approve, at the least. */
  readonly missing: number;
  /** Of which groups, for people to read, such as "1 of security". */
  readonly needed: string;
}

/** Where the votes on a requirement stand; `by` names all whose approvals count. */
export type Tally =
  | ({ readonly kind: 'open'; readonly by: readonly string[] } & Shortfall)
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'denied'; readonly by: string; readonly reason: string };

/**
 * INVARIANT 4: one person counts once, for one place of one group even when they are in several; the requester's side
 * never counts; and a denial by anyone entitled wins over any number of approvals seen with it.
 */
export function tallyOf(requirement: Requirement, votes: readonly Vote[]): Tally {
  const entitled = new Set(peopleIn(requirement));
  const denying = new Set([...entitled, ...denyingIn(requirement).map(({ person }) => person)]);
  const counted = votes.filter(({ person }) => entitled.has(person));
  const denial = votes.find(({ person, verdict }) => verdict === 'deny' && denying.has(person));
  if (denial) return { kind: 'denied', by: denial.person, reason: denial.reason ?? '' };
  const by = [...new Set(counted.map(({ person }) => person))];
  const shortfall = shortfallOf(requirement, by);
  return shortfall ? { kind: 'open', by, ...shortfall } : { kind: 'approved', by };
}

/** What would still be missing if these people approved, each once; undefined when they are enough. */
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
  // Nobody is never enough, not even for a requirement that asks for nobody.
  if (people.length > 0 && ways.some(({ missing }) => missing === 0)) return undefined;
  const nearest = ways.toSorted((a, b) => a.missing - b.missing);
  const texts = [...new Set(nearest.map(({ needed }) => needed))];
  const others = texts.length - MOST_SAID;
  const said = others > 0 ? [...texts.slice(0, MOST_SAID), `${others} other combinations`] : texts;
  return { missing: nearest[0]?.missing ?? Number.POSITIVE_INFINITY, needed: joined(said, 'or') };
}

/** So many ways to meet a requirement are told, the nearest first. */
const MOST_SAID = 4;

/** A requirement that its approvers could never meet. */
export const isUnsatisfiable = (requirement: Requirement) => whyUnsatisfiable(requirement) !== undefined;

/** Why it could not be met even if everybody approved who can sign. */
export function whyUnsatisfiable(requirement: Requirement): string | undefined {
  const able = ableIn(requirement);
  const shortfall = shortfallOf(requirement, able);
  if (!shortfall) return undefined;
  const could =
    'group' in requirement
      ? `${able.length} could`
      : `${shortfall.needed} would be missing if all did who could`;
  return `${textOf(requirement)} must approve, and ${could}`;
}
