import type { Series } from './series.ts';

/** Moments at even steps, in milliseconds since the epoch. */
export type Boundaries = readonly number[];

/** What events are counted in. */
export interface Counting {
  readonly boundaries: Boundaries;
  /** At which of the boundaries the first block begins. Those before it tell a new series from an old one. */
  readonly lead: number;
  /** Series that are there whenever the source was read, also where no event of the counted ones ever happened. */
  readonly beside: readonly Series[];
}

/**
 * Counts the events in each block from counters that only grow. Null: nothing is known of the block.
 *
 * - A counter that is less than before began anew at 0 (a restart), as Prometheus counts it.
 * - A series that was not there before began at 0: it is a new instance, or the first event with these labels. Prometheus' `increase` loses
 *   these events.
 * - A series that is missing for a while keeps its events for the block in which it is back.
 * - Where all series, and those beside them, are missing at one end of a block, nothing is known of the block. What was counted meanwhile belongs to no block.
 */
export function countedIn(
  series: readonly Series[],
  { boundaries, lead, beside }: Counting,
): (number | null)[] {
  const valuesIn = (all: readonly Series[]) => all.map(({ points }) => valuesAt(points, boundaries));
  const counters = valuesIn(series);
  const read = [...counters, ...valuesIn(beside)];
  const isRead = boundaries.map((_, i) => read.some((values) => values[i] !== undefined));
  return boundaries.slice(lead + 1).map((_, block) => {
    const from = lead + block;
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
  // It was there before the gap, so it is not new: what it counted since then belongs to no block.
  if (before === undefined && values.slice(0, gap).some((value) => value !== undefined)) return 0;
  return before === undefined || now < before ? now : now - before;
}
