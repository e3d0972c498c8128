import { Random } from '../oversight/random.ts';

const MOST = 2_147_483_646;

/** Draws from the distributions that the services have, the same for the same seed. */
export class Chance {
  readonly #random: Random;

  /** @param seed a whole number from 1 */
  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** More than 0 and less than 1. */
  uniform(): number {
    return this.#random.between(1, MOST - 1) / MOST;
  }

  exponential(mean: number): number {
    return -mean * Math.log(this.uniform());
  }

  normal(): number {
    return Math.sqrt(this.exponential(2)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** How many events a Poisson process has in the time in which this many are expected. */
  poisson(mean: number): number {
    // Far from 0 the normal distribution is as good, and takes two draws instead of hundreds.
    if (mean > 100) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let events = -1;
    for (let at = 0; at <= mean; at += this.exponential(1)) events += 1;
    return events;
  }

  /** A mean that itself varies: the greater `shape`, the less. Poisson events of it are negatively binomial. @param shape a whole number */
  varying(mean: number, shape: number): number {
    let sum = 0;
    for (let i = 0; i < shape; i++) sum += this.exponential(mean / shape);
    return sum;
  }
}
