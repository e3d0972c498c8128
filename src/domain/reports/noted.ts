/** One thing that a report tells, in one sentence. */
export interface Noted {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What it is about, as the ledger names it: an action, an agent's standing, the rules. */
  readonly about: string;
  readonly what: string;
}

/** How many there are, and the first of them. */
export interface Few {
  readonly count: number;
  readonly first: readonly Noted[];
}

/** The most of one kind that a report tells one by one. A report may be about millions of entries, and people read it. */
export const MOST_NOTED = 200;

/** Gathers what a report tells of one kind, in constant memory. */
export function few() {
  const first: Noted[] = [];
  let count = 0;
  return {
    add(...noted: readonly Noted[]): void {
      count += noted.length;
      first.push(...noted.slice(0, MOST_NOTED - first.length));
    },
    all: (): Few => ({ count, first: first.toSorted((a, b) => a.at - b.at) }),
  };
}
