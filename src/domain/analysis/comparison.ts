import type { EventPair, Evidence, RatioBounds } from './evidence.ts';

/** What is read on either side of a comparison. */
export type Compared =
  /** A counter of bad events: as many are expected in as much time. */
  | { readonly form: 'counts'; readonly bad: string }
  /** Counters of bad events and of all events. */
  | { readonly form: 'ratio'; readonly bad: string; readonly total: string }
  /** The buckets of a histogram (label `le`): the bad events are those that took longer than a bound of them, in their unit. */
  | { readonly form: 'latency'; readonly buckets: string; readonly slowerThan: number }
  /** A gauge: its samples are compared by their ranks. */
  | { readonly form: 'value'; readonly value: string };

/** The time with which the time after the action is compared. `before`: right before it, mirrored. */
export type EarlierTime = 'before' | 'yesterday' | 'lastWeek';

/** How the time after an action is compared with what it should be like. */
export interface Comparison {
  readonly compared: Compared;
  /** An earlier time, or what else is read at the same time: other instances, or a neighbour. */
  readonly against: EarlierTime | { readonly control: Compared };
  /** So many times as much as in the baseline is still tolerated. At least 1. */
  readonly tolerance: number;
  /** What nobody minds: a share of events; for counts, events a minute; for values, a difference in their unit. */
  readonly negligible: number;
  /** The share of verdicts on this metric that are right, where nothing changed: 0.98 is one false alarm in 50. */
  readonly confidence: number;
  /** Which way is worse. Bad events are worse when they increase. */
  readonly direction: 'increase' | 'decrease' | 'either';
  /** What stands in for a value that is missing, for values alone. */
  readonly missing: 'remove' | 'zero';
  /** Whether values far from all others are left out, for values alone. */
  readonly outliers: 'keep' | 'remove';
  /** How late samples can be read, in milliseconds. */
  readonly lagMs: number;
}

/** What was counted on one side of a block, or the value there. */
export type Side = { readonly bad: number; readonly of: number } | { readonly value: number };

/** A block of time after the action, and its pair in the baseline. Null: nothing is known of this side. */
export interface Block {
  /** When the block after the action began, in milliseconds since the epoch. */
  readonly from: number;
  readonly after: Side | null;
  readonly before: Side | null;
}

/** What the blocks say. `notWorse`: the effect is under what is tolerated. */
export type Finding = 'worse' | 'notWorse' | 'undecided';

/** The numbers behind a finding. */
export type Weighed =
  | ({
      readonly kind: 'events';
      /** The evidence from which it counts, as a logarithm: for `worse` and for `notWorse`. */
      readonly enough: Evidence;
      readonly evidence: Evidence;
    } & EventPair &
      RatioBounds)
  | {
      readonly kind: 'values';
      /** How many values there are on either side. */
      readonly after: number;
      readonly before: number;
      /** The middle of the values before. */
      readonly middleBefore: number;
      /** By how much the values are greater after the action, and the ends of its confidence interval. */
      readonly estimate: number;
      readonly atLeast: number;
      readonly atMost: number;
      /** The difference that is tolerated. */
      readonly limit: number;
    };

/** One look at a comparison. */
export interface Look {
  readonly finding: Finding;
  /** One sentence for people, without its final period. */
  readonly reason: string;
  /** The end of the last block that was read, in milliseconds since the epoch. */
  readonly until: number;
  /** The blocks that are new in this look. All blocks of all looks together are what was weighed. */
  readonly blocks: readonly Block[];
  /** Absent: there was nothing to weigh. */
  readonly weighed?: Weighed | undefined;
}

/** Whether a look read new blocks, and nothing is known of any of them. */
export const sawNothing = ({ blocks }: Look): boolean =>
  blocks.length > 0 && blocks.every(({ after }) => after === null);
