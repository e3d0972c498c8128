/** What is still to happen in an exercise, by time. What is due at the same time happens in the order in which it was added. */
export class Agenda {
  readonly #entries: { readonly at: number; readonly order: number; readonly work: () => Promise<void> }[] =
    [];
  #added = 0;

  /** @param at milliseconds since the epoch */
  add(at: number, work: () => Promise<void>): void {
    const entry = { at, order: this.#added, work };
    this.#added += 1;
    const place = this.#entries.findLastIndex((other) => other.at <= at);
    this.#entries.splice(place + 1, 0, entry);
  }

  /** When the next is due; undefined when nothing is left. */
  next = (): number | undefined => this.#entries[0]?.at;

  /** Takes out everything that is due by then, the earliest first. */
  takeUntil(at: number): (() => Promise<void>)[] {
    const count = this.#entries.findLastIndex((entry) => entry.at <= at) + 1;
    return this.#entries.splice(0, count).map(({ work }) => work);
  }
}
