import {
  blocksIn,
  blocksUntil,
  blocksWith,
  endOf,
  mirrored,
  type NewBlocks,
  queriesOn,
  type Sides,
  sidesOf,
  stretchOf,
} from '../domain/analysis/blocks.ts';
import type { Compared, Look } from '../domain/analysis/comparison.ts';
import type { ComparedMetric, MetricSpec } from '../domain/analysis/metrics.ts';
import { blockLengthOf } from '../domain/analysis/schedule.ts';
import { type Circumstances, weigh } from '../domain/analysis/weigh.ts';
import { instantOf, offsetAt } from '../domain/calendar/local-time.ts';
import type { Sources } from './ports/metric-source.ts';
import { pastOf } from './read-metrics.ts';

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
  readonly timeZone: string;
  readonly circumstances: Circumstances;
}

type Answer =
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'none'; readonly reason: string };

/** Reads what happened since the last look, and weighs it with what was read before. */
export async function lookAt(
  sources: Sources,
  spec: ComparedMetric,
  lookedAt: LookedAt,
  now: number,
): Promise<Answer> {
  const { compare, initialDelayMs } = spec;
  const startsAt = lookedAt.executedAt + initialDelayMs;
  const from = lookedAt.looks.at(-1)?.until ?? startsAt;
  const blocks = blocksUntil(from, blockLengthOf(spec, lookedAt.longestMs), now - compare.lagMs);
  const earlier = blocksIn(lookedAt.looks);
  if (blocks.count === 0)
    return looked({ ...weigh(compare, earlier, lookedAt.circumstances), until: from, blocks: [] });
  const [after, before] = await Promise.all([
    readSide(sources, spec, compare.compared, blocks),
    readBaseline(sources, spec, blocks, { ...lookedAt, startsAt }),
  ]);
  if (after.kind === 'none') return after;
  if (after.sides.every((side) => side === null))
    return { kind: 'none', reason: 'it had no value after the action' };
  const newBlocks = blocksWith(blocks, after.sides, before.kind === 'sides' ? before.sides : []);
  const weighed = weigh(compare, [...earlier, ...newBlocks], lookedAt.circumstances);
  const look = { ...weighed, until: endOf(blocks), blocks: newBlocks };
  if (before.kind === 'sides' || look.finding !== 'undecided') return looked(look);
  return looked({ ...look, reason: `${look.reason}; the baseline could not be read: ${before.reason}` });
}

const looked = (look: Look): Answer => ({ kind: 'look', look });

async function readSide(
  sources: Sources,
  { source }: MetricSpec,
  compared: Compared,
  blocks: NewBlocks,
): Promise<Sides> {
  const stretch = stretchOf(blocks);
  const answers = await Promise.all(
    Object.entries(queriesOn(compared)).map(
      async ([name, query]) => [name, await pastOf(sources, { source, query }, stretch)] as const,
    ),
  );
  return sidesOf(compared, blocks, Object.fromEntries(answers));
}

/** The baseline of each block. What cannot be read is no baseline: the comparison then stays undecided, and is no error. */
async function readBaseline(
  sources: Sources,
  spec: ComparedMetric,
  blocks: NewBlocks,
  { startsAt, admittedAt, timeZone }: LookedAt & { readonly startsAt: number },
): Promise<Sides> {
  const { compared, against } = spec.compare;
  const read = (side: Compared, pairs: NewBlocks) => readSide(sources, spec, side, pairs);
  if (typeof against !== 'string') return read(against.control, blocks);
  if (against === 'before') {
    const answer = await read(compared, mirrored(blocks, startsAt, admittedAt));
    return answer.kind === 'sides' ? { kind: 'sides', sides: answer.sides.toReversed() } : answer;
  }
  const days = against === 'yesterday' ? 1 : 7;
  return read(compared, { ...blocks, from: daysBefore(blocks.from, days, timeZone) });
}

const DAY_MS = 24 * 3_600_000;

/** The same time by the clocks of the service. */
const daysBefore = (at: number, days: number, timeZone: string): number =>
  instantOf(at + offsetAt(at, timeZone) - days * DAY_MS, timeZone);
