/** Seats that distinct people must fill, for example two people of a group. */
export interface Seats {
  readonly count: number;
  readonly people: readonly string[];
}

export interface Gap {
  readonly missing: number;
  /** Positions of the entries where one more person would help: this one, and each whose people could move over to fill this one. */
  readonly from: readonly number[];
}

/**
 * Fills the seats with as many of these people as possible, at most one seat for each person, and returns the seats that stay empty. A
 * maximum bipartite matching by augmenting paths (Berge 1957): a person who has a seat already moves to another when that makes room.
 */
export function gapsOf(places: readonly Seats[], people: readonly string[]): Gap[] {
  const seats = places.map(({ count, people }) => ({
    count,
    fits: new Set(people),
    taken: [] as string[],
  }));
  type Seat = (typeof seats)[number];

  function place(person: string, triedSeats: Set<Seat>): boolean {
    for (const seat of seats) {
      if (triedSeats.has(seat) || !seat.fits.has(person)) continue;
      triedSeats.add(seat);
      if (seat.taken.length < seat.count) {
        seat.taken.push(person);
        return true;
      }
      const movedIndex = seat.taken.findIndex((occupant) => place(occupant, triedSeats));
      if (movedIndex < 0) continue;
      seat.taken[movedIndex] = person;
      return true;
    }
    return false;
  }
  for (const person of new Set(people)) place(person, new Set());

  /** Finds every entry whose people could move, one after the other, to fill this empty seat. The loop walks the set while it grows. */
  function wayTo(empty: Seat): number[] {
    const reachedSeats = new Set([empty]);
    for (const next of reachedSeats) {
      for (const seat of seats)
        if (seat.taken.some((person) => next.fits.has(person))) reachedSeats.add(seat);
    }
    return seats.flatMap((seat, i) => (reachedSeats.has(seat) ? [i] : []));
  }
  return seats.flatMap((seat) => {
    const missing = seat.count - seat.taken.length;
    return missing > 0 ? [{ missing, from: wayTo(seat) }] : [];
  });
}
