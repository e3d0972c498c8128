import type { Series } from './series.ts';

/** The boundaries of blocks of time that follow one another, in milliseconds since the epoch: one more than there are blocks. */
export type Boundaries = readonly number[];

/**
 * Counts the events in each block from counters that only grow. Null: nothing is known of the block.
 *
 * - A counter that is less than before began anew at 0 (a restart), as Prometheus counts it.
 * - A series that was not there before began at 0: it is a new instance, or the first event with these labels. Prometheus' `increase` loses
 *   these events.
 * - A series that is missing for a while keeps its events for the block in which it is back.
 * - Where all series are missing at one end of a block, nothing is known of the block. What was counted meanwhile belongs to no block.
 *
 * @param boundaries the first one is only there to tell a new series from an old one: no block begins at it
 * @param beside counters that are there whenever these could be read. Where they are, a series that is not had no event yet: a client
 *   library of Prometheus has no counter of errors before the first error, nor between a restart and the next one
 */
export function countedIn(
  series: readonly Series[],
  boundaries: Boundaries,
  beside: readonly Series[] = [],
): (number | null)[] {
  const counters = series.map(({ points }) => valuesAt(points, boundaries));
  const allCounters = [...counters, ...beside.map(({ points }) => valuesAt(points, boundaries))];
  const isRead = boundaries.map((_, i) => allCounters.some((values) => values[i] !== undefined));
  return boundaries.slice(2).map((_, block) => {
    const from = block + 1;
    if (!isRead[from] || !isRead[from + 1]) return null;
    return counters.reduce((sum, values) => sum + grownBy(values, from, isRead), 0);
  });
}

/** The value at each boundary; undefined where there is none. A later value for the same time stands for the earlier one. */
function valuesAt(points: Series['points'], boundaries: Boundaries): (number | undefined)[] {
  const byTime = new Map(points.filter(([, value]) => Number.isFinite(value) && value >= 0));
  return boundaries.map((at) => byTime.get(at));
}

/** By how much a counter grew between a boundary and the next. */
function grownBy(values: readonly (number | undefined)[], from: number, isRead: readonly boolean[]): number {
  const now = values[from + 1];
  if (now === undefined) return 0;
  const gap = isRead.lastIndexOf(false, from) + 1;
  const before = values.slice(gap, from + 1).findLast((value) => value !== undefined);
  return before === undefined || now < before ? now : now - before;
}
