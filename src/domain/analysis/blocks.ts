import type { Block, Compared, Look, Side } from './comparison.ts';
import { countedIn } from './counters.ts';
import { onlySeriesIn, type Past, type Series, type Stretch } from './series.ts';

/** The blocks of time that a look reads anew. */
export interface NewBlocks {
  /** When the first of them begins, in milliseconds since the epoch. */
  readonly from: number;
  readonly lengthMs: number;
  readonly count: number;
}

/**
 * Returns the blocks that are over and can be read; a count of 0 where none is.
 *
 * @param from when the first block begins that was not read yet
 * @param readableUntil up to which moment samples can be read
 */
export function blocksUntil(from: number, lengthMs: number, readableUntil: number): NewBlocks {
  return { from, lengthMs, count: Math.max(0, Math.floor((readableUntil - from) / lengthMs)) };
}

export const endOf = ({ from, lengthMs, count }: NewBlocks): number => from + count * lengthMs;

/**
 * So many boundaries before the first block are read too. They tell a new series, which began at 0, from an old one that was not scraped for
 * a while.
 */
export const LEAD = 10;

/** The stretch to read for blocks: their boundaries, and some before. */
export const stretchOf = ({ from, lengthMs, count }: NewBlocks): Stretch => ({
  from: from - LEAD * lengthMs,
  until: from + count * lengthMs,
  stepMs: lengthMs,
});

/**
 * Returns the blocks of the same length that are as long before a moment as these are after another one, so that each pair is as near to
 * the action as can be. The first of them is the pair of the last.
 *
 * @param startsAt when the first block of all begins after the action
 * @param endedAt when the time before the action ended
 */
export function mirrored(blocks: NewBlocks, startsAt: number, endedAt: number): NewBlocks {
  return { ...blocks, from: endedAt - (endOf(blocks) - startsAt) };
}

/** The answers to the queries of one side, each by its name in the comparison. */
export type Answers = Readonly<Partial<Record<QueryName, Past>>>;

/** What a query of a comparison gives. */
export type QueryName = 'bad' | 'total' | 'buckets' | 'value';

/** The sides of blocks, or why they could not be read. */
export type Sides =
  | { readonly kind: 'sides'; readonly sides: readonly (Side | null)[] }
  | { readonly kind: 'none'; readonly reason: string };

/** The queries of one side of a comparison, by name. */
export function queriesOn(compared: Compared): Readonly<Partial<Record<QueryName, string>>> {
  switch (compared.form) {
    case 'counts':
      return { bad: compared.bad };
    case 'ratio':
      return { bad: compared.bad, total: compared.total };
    case 'latency':
      return { buckets: compared.buckets };
    case 'value':
      return { value: compared.value };
  }
}

/** Reads one side of blocks from the answers to its queries. */
export function sidesOf(compared: Compared, blocks: NewBlocks, answers: Answers): Sides {
  const read = seriesIn(answers);
  if (typeof read === 'string') return { kind: 'none', reason: read };
  const stretch = stretchOf(blocks);
  const boundaries = Array.from(
    { length: LEAD + blocks.count + 1 },
    (_, i) => stretch.from + i * stretch.stepMs,
  );
  const counted = (series: readonly Series[], beside: readonly Series[] = []) =>
    countedIn(series, { boundaries, lead: LEAD, beside });
  switch (compared.form) {
    case 'counts': {
      const minutes = blocks.lengthMs / 60_000;
      const bad = counted(read.bad ?? []);
      return sides(bad.map((count) => (count === null ? null : { bad: count, of: minutes })));
    }
    case 'ratio':
      return shares(counted(read.bad ?? [], read.total), counted(read.total ?? []));
    case 'latency': {
      const buckets = read.buckets ?? [];
      const bucketAt = (bound: number) => buckets.filter(({ labels }) => boundIn(labels) === bound);
      const within = bucketAt(compared.slowerThan);
      if (buckets.length > 0 && within.length === 0)
        return { kind: 'none', reason: `no bucket ends at ${compared.slowerThan}: ${boundsText(buckets)}` };
      const total = counted(bucketAt(Number.POSITIVE_INFINITY));
      const fast = counted(within);
      return shares(
        total.map((all, i) => (all === null ? null : Math.max(0, all - (fast[i] ?? 0)))),
        total,
      );
    }
    case 'value': {
      const points = onlySeriesIn({ kind: 'series', series: read.value ?? [] }, 'a comparison');
      if (points.kind === 'none') return points;
      const byTime = new Map(points.points);
      return sides(
        boundaries.slice(LEAD + 1).map((at) => {
          const value = byTime.get(at);
          return value === undefined || !Number.isFinite(value) ? null : { value };
        }),
      );
    }
  }
}

/** Puts the two sides of blocks together. */
export const blocksWith = (
  { from, lengthMs, count }: NewBlocks,
  after: readonly (Side | null)[],
  before: readonly (Side | null)[],
): Block[] =>
  Array.from({ length: count }, (_, i) => ({
    from: from + i * lengthMs,
    after: after[i] ?? null,
    before: before[i] ?? null,
  }));

/** All blocks that were read. Where a look had to begin anew, what it read stands for what was read before. */
export function blocksIn(looks: readonly Look[]): Block[] {
  const byTime = new Map(looks.flatMap(({ blocks }) => blocks.map((block) => [block.from, block] as const)));
  return [...byTime.values()].sort((a, b) => a.from - b.from);
}

/** All series by query. A returned string says why one could not be read. */
function seriesIn(answers: Answers): Partial<Record<QueryName, readonly Series[]>> | string {
  const entries: [string, readonly Series[]][] = [];
  for (const [name, answer] of Object.entries(answers)) {
    if (answer.kind === 'none') return answer.reason;
    entries.push([name, answer.series]);
  }
  return Object.fromEntries(entries);
}

const sides = (read: readonly (Side | null)[]): Sides => ({ kind: 'sides', sides: read });

/** Bad events are some of all events. */
const shares = (bad: readonly (number | null)[], total: readonly (number | null)[]): Sides =>
  sides(total.map((of, i) => (of === null ? null : { bad: Math.min(of, bad[i] ?? 0), of })));

function boundIn({ le }: Series['labels']): number | undefined {
  if (le === undefined) return undefined;
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function boundsText(buckets: readonly Series[]): string {
  const bounds = [...new Set(buckets.flatMap(({ labels }) => boundIn(labels) ?? []))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return bounds.length === 0 ? 'no series has a label le' : `they end at ${bounds.slice(0, 20).join(', ')}`;
}
