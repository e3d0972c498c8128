import { setTimeout as delay } from 'node:timers/promises';
import type { BenchTier, Side } from './side.ts';
import type { Target } from './target.ts';

/** All in milliseconds. */
export interface Timing {
  readonly tier: BenchTier;
  /** From the call that starts it to its result. */
  readonly ms: number;
  /** From the approval's sending to the effect. */
  readonly approvalToEffectMs?: number;
}

/** 85 of 100 of tier 1, 12 of tier 2, 3 of tier 3, evenly spread: 37 and 100 have no common divisor. */
export function mixedTier(n: number): BenchTier {
  const place = (n * 37) % 100;
  if (place < 85) return 1;
  return place < 97 ? 2 : 3;
}

/** Starts one action, approves it at once where it asks, and waits for its end. */
export async function runOne(side: Side, tier: BenchTier, target: Target): Promise<Timing> {
  const begun = performance.now();
  const action = await side.start(tier);
  const approvedAt = tier === 1 ? undefined : await action.approve();
  await action.result();
  const ms = performance.now() - begun;
  const effectAt = target.effects.get(action.effectKey);
  if (effectAt === undefined) throw new Error(`${action.workflowId} ended without its effect`);
  return { tier, ms, ...(approvedAt === undefined ? {} : { approvalToEffectMs: effectAt - approvedAt }) };
}

/** Calls `run` so many times, with so many calls under way at once. Throws the first error once all of them have ended. */
export async function inFlight(
  count: number,
  atOnce: number,
  run: (n: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const oneAfterTheOther = async () => {
    while (next < count) {
      next += 1;
      await run(next);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, oneAfterTheOther));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Calls `run` with each item, evenly spread over time, whether or not earlier calls have ended. `run` must not throw. */
export async function atRate<Item, Result>(
  items: readonly Item[],
  perSecond: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const begun = performance.now();
  const calls: Promise<Result>[] = [];
  for (const [i, item] of items.entries()) {
    await delay(Math.max(0, begun + (i * 1_000) / perSecond - performance.now()));
    calls.push(run(item));
  }
  return Promise.all(calls);
}

/** How fast the same call was answered. */
export interface Pace {
  readonly perSecond: number;
  /** Of each call, in milliseconds. */
  readonly times: readonly number[];
}

/** The same as `inFlight`, timed. */
export async function paceOf(
  count: number,
  atOnce: number,
  run: (n: number) => Promise<void>,
): Promise<Pace> {
  const times: number[] = [];
  const begun = performance.now();
  await inFlight(count, atOnce, async (n) => {
    const sentAt = performance.now();
    await run(n);
    times.push(performance.now() - sentAt);
  });
  return { perSecond: (count / (performance.now() - begun)) * 1_000, times };
}

/** The smallest value that is not below the given share (0 to 1) of them: the nearest-rank percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);
