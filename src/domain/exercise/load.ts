import type { PlayedAction } from './account.ts';

/** What an exercise asked of one person. */
export interface Load {
  readonly person: string;
  /** The messages that arrived. */
  readonly messages: number;
  readonly pages: number;
  /** The most messages within an hour. */
  readonly mostInAnHour: number;
  /** The votes, revocations and other decisions that counted. */
  readonly decisions: number;
}

const HOUR_MS = 3_600_000;

/** Works out the load of each person who got a message or decided, the busiest first. */
export function loadsOf(actions: readonly PlayedAction[]): Load[] {
  const arrivals = new Map<string, { at: number; by: string }[]>();
  const decisions = new Map<string, number>();
  const person = (name: string) => {
    const known = arrivals.get(name) ?? [];
    arrivals.set(name, known);
    return known;
  };
  for (const { entries, sightings } of actions) {
    for (const sighting of sightings)
      if (sighting.kind === 'message' && sighting.taken)
        for (const name of sighting.people) person(name).push(sighting);
    for (const name of entries.flatMap(decidersIn)) {
      person(name);
      decisions.set(name, (decisions.get(name) ?? 0) + 1);
    }
  }
  return [...arrivals]
    .map(([name, all]) => ({
      person: name,
      messages: all.length,
      pages: all.filter(({ by }) => by === 'page').length,
      mostInAnHour: mostWithin(
        all.map(({ at }) => at),
        HOUR_MS,
      ),
      decisions: decisions.get(name) ?? 0,
    }))
    .sort((a, b) => b.messages - a.messages || (a.person < b.person ? -1 : 1));
}

/** The largest number of times that lie within a length of each other. Both in milliseconds. */
export function mostWithin(times: readonly number[], length: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= length) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** The people whose decision an entry holds. */
function decidersIn({ kind, body }: PlayedAction['entries'][number]): string[] {
  const { votes, by } = Object(body);
  const names = (all: unknown) =>
    Array.isArray(all)
      ? all.map((vote) => Object(vote).person).filter((name) => typeof name === 'string')
      : [];
  switch (kind) {
    case 'settled':
    case 'reviewed':
      return names(votes);
    case 'revoked':
    case 'kept':
    case 'extended':
      return typeof by === 'string' ? [by] : [];
    default:
      return [];
  }
}
