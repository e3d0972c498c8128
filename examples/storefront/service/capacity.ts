import { Problem } from './problem.ts';

/** What bounds a service right now: requests worked on at once, and requests that may wait for a turn. */
export interface Limits {
  slots: number;
  waiting: number;
}

/** A first-come-first-served semaphore whose limits may change while requests hold it. */
export class Capacity {
  readonly #limits: () => Limits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: () => Limits) {
    this.#limits = limits;
  }

  /** Runs `work` when there is a slot. Throws Problem 503 at once when the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.admit();
    }
  }

  /** Lets waiting requests in while there are slots; to be called when the limits rose. */
  admit(): void {
    while (this.#running < this.#limits().slots) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#running += 1;
      next();
    }
  }

  async #enter(): Promise<void> {
    const limits = this.#limits();
    if (this.#running < limits.slots) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= limits.waiting) {
      throw new Problem(
        'overloaded',
        `All ${limits.slots} slots are busy and ${limits.waiting} requests wait`,
      );
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
