/** Places that need distinct people, such as two of a group. */
export interface Seats {
  readonly count: number;
  readonly people: readonly string[];
}

export interface Gap {
  readonly missing: number;
  /** Positions of the places for which one more person would help: these, and those that could free somebody for them. */
  readonly from: readonly number[];
}

/**
 * What stays empty when as many of these people as possible get a place, and nobody gets two. A maximum bipartite matching
 * by augmenting paths (Berge 1957): somebody who is already placed moves on when that makes room.
 */
export function gapsOf(places: readonly Seats[], people: readonly string[]): Gap[] {
  const seats = places.map(({ count, people }) => ({
    count,
    fits: new Set(people),
    taken: [] as string[],
  }));
  type Seat = (typeof seats)[number];

  function place(person: string, tried: Set<Seat>): boolean {
    for (const seat of seats) {
      if (tried.has(seat) || !seat.fits.has(person)) continue;
      tried.add(seat);
      if (seat.taken.length < seat.count) {
        seat.taken.push(person);
        return true;
      }
      const moved = seat.taken.findIndex((other) => place(other, tried));
      if (moved < 0) continue;
      seat.taken[moved] = person;
      return true;
    }
    return false;
  }
  for (const person of new Set(people)) place(person, new Set());

  /** A set grows while it is walked: this finds every place whose people could, one by one, move up to this one. */
  function wayTo(empty: Seat): number[] {
    const reached = new Set([empty]);
    for (const next of reached) {
      for (const seat of seats) if (seat.taken.some((person) => next.fits.has(person))) reached.add(seat);
    }
    return seats.flatMap((seat, i) => (reached.has(seat) ? [i] : []));
  }
  return seats.flatMap((seat) => {
    const missing = seat.count - seat.taken.length;
    return missing > 0 ? [{ missing, from: wayTo(seat) }] : [];
  });
}
