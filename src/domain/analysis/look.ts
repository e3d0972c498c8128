import { blocksIn, blocksUntil, blocksWith, endOf, mirrored, type NewBlocks, type Sides } from './blocks.ts';
import { type Compared, type Look, sawNothing } from './comparison.ts';
import { type ComparedMetric, decidingIn, isCompared, type Watch } from './metrics.ts';
import { blockLengthOf } from './schedule.ts';
import { type Circumstances, weigh } from './weigh.ts';

/** What a look rests on besides what it reads. Times in milliseconds since the epoch. */
export interface LookedAt {
  /** When the time before the action ended. */
  readonly admittedAt: number;
  /** When the time after it began. */
  readonly executedAt: number;
  /** The looks before this one. */
  readonly looks: readonly Look[];
  /** How long the watch may last at most, in milliseconds. */
  readonly longestMs: number;
  /** The same time so many days earlier, by the clocks of the service. */
  readonly daysBefore: (at: number, days: number) => number;
  readonly circumstances: Circumstances;
}

/** One side of blocks that a look reads. */
export interface SideToRead {
  readonly compared: Compared;
  readonly blocks: NewBlocks;
}

/** What a look reads. The block counts are 0 where no block is over yet: then nothing is read. */
export interface LookPlan {
  readonly after: SideToRead;
  readonly before: SideToRead;
}

export type LookAnswer =
  | { readonly kind: 'look'; readonly look: Look }
  /** With a look: the source answered, and had nothing. These blocks stay unknown, so they are not read again. */
  | { readonly kind: 'none'; readonly reason: string; readonly look?: Look };

/**
 * What else the finding of a look depends on.
 *
 * @param baselineFault why the time before the action is no baseline
 * @param extensions how often people had the watch go on
 */
export const circumstancesOf = (
  watch: Watch,
  spec: ComparedMetric,
  {
    isEnd,
    baselineFault,
    extensions = 0,
  }: {
    readonly isEnd: boolean;
    readonly baselineFault?: string | undefined;
    readonly extensions?: number;
  },
): Circumstances => ({
  deciding: decidingIn(watch).filter(isCompared).length,
  // Nobody knows beforehand how often people extend it. Half the chance of an error each time keeps the sum under twice the chance.
  ends: (watch.extendToMs === undefined ? 1 : 2) * 2 ** extensions,
  isEnd,
  baselineFault: spec.compare.against === 'before' ? baselineFault : undefined,
});

/** Says what to read of the time since the last look, and of its baseline. */
export function lookPlanOf(spec: ComparedMetric, lookedAt: LookedAt, now: number): LookPlan {
  const { compared, against, lagMs } = spec.compare;
  const startsAt = lookedAt.executedAt + spec.initialDelayMs;
  const from = lookedAt.looks.at(-1)?.until ?? startsAt;
  const blocks = blocksUntil(from, blockLengthOf(spec, lookedAt.longestMs), now - lagMs);
  const after = { compared, blocks };
  if (typeof against !== 'string') return { after, before: { compared: against.control, blocks } };
  if (against === 'before')
    return { after, before: { compared, blocks: mirrored(blocks, startsAt, lookedAt.admittedAt) } };
  const days = against === 'yesterday' ? 1 : 7;
  return { after, before: { compared, blocks: { ...blocks, from: lookedAt.daysBefore(from, days) } } };
}

/**
 * Weighs what was read with what was read before. What cannot be read of the baseline is no baseline: the comparison then stays undecided,
 * and is no error.
 */
export function lookOf(
  { compare }: ComparedMetric,
  { looks, circumstances }: LookedAt,
  { after: { blocks } }: LookPlan,
  { after, before }: { readonly after: Sides; readonly before: Sides },
): LookAnswer {
  const earlier = blocksIn(looks);
  if (blocks.count === 0)
    return looked({ ...weigh(compare, earlier, circumstances), until: blocks.from, blocks: [] });
  if (after.kind === 'none') return after;
  const baseline = before.kind === 'sides' ? before.sides : [];
  const newBlocks = blocksWith(
    blocks,
    after.sides,
    compare.against === 'before' ? baseline.toReversed() : baseline,
  );
  const weighed = weigh(compare, [...earlier, ...newBlocks], circumstances);
  const look = { ...weighed, until: endOf(blocks), blocks: newBlocks };
  if (sawNothing(look)) return { kind: 'none', reason: 'it had no value after the action', look };
  if (before.kind === 'sides' || look.finding !== 'undecided') return looked(look);
  return looked({ ...look, reason: `${look.reason}; the baseline could not be read: ${before.reason}` });
}

const looked = (look: Look): LookAnswer => ({ kind: 'look', look });
