/** Picks at random, the same for the same seed. */
export class Random {
  #state: number;

  /** @param seed a whole number from 1 */
  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from `least` to `most`: Park and Miller's minimal standard generator, multiplier 48271. */
  between(least: number, most: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return least + (this.#state % (most - least + 1));
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.between(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('there is nothing to pick from');
    return choice;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.flatMap(() => left.splice(this.between(0, left.length - 1), 1));
  }
}
