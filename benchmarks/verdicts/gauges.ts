import type { Chance } from './chance.ts';
import { MINUTES } from './situations.ts';

/** A simulated gauge: 100 on average, give or take 20. */
export interface Gauge {
  readonly name: string;
  /** How much of what a value is off by it still has a minute later: from 0 to 1. */
  readonly memory: number;
  /** By how much it grows in an hour. */
  readonly growth?: number;
  /** Whether single values are far above all others. */
  readonly spikes?: true;
}

export const GAUGES: readonly Gauge[] = [
  { name: 'each value by chance alone', memory: 0 },
  { name: 'with spikes: a value in twenty is 5 times as high', memory: 0, spikes: true },
  { name: 'half of a deviation is left after a minute', memory: 0.5 },
  { name: 'nine tenths of a deviation are left after a minute', memory: 0.9 },
  { name: 'it grows by 40 in an hour', memory: 0, growth: 40 },
];

const LEVEL = 100;
const SPREAD = 20;

/** Draws the values that a watch meets, by minute. @param factor so many times as high after the action */
export function valuesOf({ memory, growth = 0, spikes }: Gauge, factor: number, chance: Chance) {
  const values = new Map<number, number>();
  let off = chance.normal();
  for (let at = -MINUTES; at <= MINUTES; at++) {
    off = memory * off + Math.sqrt(1 - memory ** 2) * chance.normal();
    const level = LEVEL + (growth * at) / 60 + SPREAD * off;
    const spike = spikes && chance.uniform() < 0.05 ? 5 : 1;
    values.set(at, level * spike * (at >= 0 ? factor : 1));
  }
  return (minute: number) => values.get(minute) ?? Number.NaN;
}
