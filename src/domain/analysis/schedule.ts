import type { MetricSpec } from './metrics.ts';
import type { Stretch } from './series.ts';

/** How much longer each wait is than the time watched so far, once it is more than an interval. */
const SPARSER = 0.25;

/** The most blocks of time that a comparison is cut into. */
const MOST_BLOCKS = 120;

/**
 * Returns when a metric is measured, in milliseconds after the begin of the watch. A comparison looks when a block is over and its samples
 * can be read.
 */
export function dueTimesOf({ initialDelayMs, intervalMs, count, lengthMs, compare }: MetricSpec): number[] {
  const afterDelay =
    lengthMs === undefined
      ? Array.from({ length: count }, (_, n) => (compare ? n + 1 : n) * intervalMs)
      : sparserUntil(lengthMs, intervalMs);
  return afterDelay.map((ms) => initialDelayMs + ms + (compare?.lagMs ?? 0));
}

/** Dense at first, because the first minute decides most; then each wait is a quarter of the time so far. */
export function sparserUntil(lengthMs: number, intervalMs: number): number[] {
  const times: number[] = [];
  for (
    let at = intervalMs;
    at < lengthMs;
    at += Math.max(intervalMs, wholeIntervals(at * SPARSER, intervalMs))
  )
    times.push(at);
  return [...times, lengthMs];
}

const wholeIntervals = (ms: number, intervalMs: number) => Math.floor(ms / intervalMs) * intervalMs;

/** The length of the blocks that a comparison is cut into, in milliseconds: whole intervals. @param longestMs the longest that it may last */
export function blockLengthOf({ intervalMs, count, lengthMs }: MetricSpec, longestMs: number): number {
  const length = Math.max(lengthMs ?? count * intervalMs, longestMs);
  return intervalMs * Math.max(1, Math.ceil(length / intervalMs / MOST_BLOCKS));
}

/** The most values that are read of the time between two checks. */
const MOST_BETWEEN = 60;

/**
 * Returns the time between two readings of a metric that are more than an interval apart. Undefined: they are not.
 *
 * @param lastAt when it was read before, in milliseconds since the epoch
 */
export function stretchBetween(intervalMs: number, lastAt: number, now: number): Stretch | undefined {
  const missed = Math.ceil((now - lastAt) / intervalMs) - 1;
  if (missed < 1) return undefined;
  const stepMs = intervalMs * Math.ceil(missed / MOST_BETWEEN);
  const stretch = { from: lastAt + stepMs, until: now - intervalMs / 2, stepMs };
  return stretch.until < stretch.from ? undefined : stretch;
}
