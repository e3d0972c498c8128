import { percentile } from './load.ts';
import type { Target } from './target.ts';

/** What became of one action. */
export interface Fate {
  /** From the sending of the decision to its answer. */
  readonly ms?: number;
  /** No workflow answered in time: the decision was kept, and counts once one takes it up. */
  readonly isKept?: boolean;
  /** What was left of the time for a decision when it was answered. */
  readonly leftMs?: number;
  readonly outcome?: string;
  readonly problem?: string;
}

/** Times in milliseconds. */
export function decisionsIn(fates: readonly Fate[]) {
  const times = fates.flatMap(({ ms }) => ms ?? []);
  const kept = fates.filter(({ isKept }) => isKept).length;
  return {
    answered: times.length - kept,
    kept,
    // Where a decision was kept, its time is how long it was waited for.
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    longest: percentile(times, 1),
    leastLeftMs: percentile(
      fates.flatMap(({ leftMs }) => leftMs ?? []),
      0,
    ),
  };
}

/** What the target saw of these actions. */
export interface Seen {
  readonly effects: number;
  /** The actions without an effect. */
  readonly lost: readonly string[];
  /** Requests for an effect that had happened already, of all actions. */
  readonly twice: number;
}

/** An effect is named by the id of its action. */
export function seenBy(
  { effects, counts }: Pick<Target, 'effects' | 'counts'>,
  actionIds: readonly string[],
): Seen {
  const lost = actionIds.filter((actionId) => !effects.has(actionId));
  return { effects: actionIds.length - lost.length, lost, twice: counts.effects - effects.size };
}

/** Why it did not go as it has to: not every action had its effect once. */
export function problemsIn(fates: readonly Fate[], { lost, twice }: Seen): string[] {
  return [
    ...firstOf(fates.flatMap(({ problem }) => problem ?? [])),
    ...firstOf(lost.map((actionId) => `${actionId} is lost: the target saw no effect of it`)),
    ...(twice > 0 ? [`the target was asked ${twice} times more than there were effects`] : []),
  ];
}

/** Of each kind. The others are counted. */
const PROBLEMS_SHOWN = 5;

const firstOf = (problems: readonly string[]) =>
  problems.length <= PROBLEMS_SHOWN
    ? problems
    : [...problems.slice(0, PROBLEMS_SHOWN), `and ${problems.length - PROBLEMS_SHOWN} more like these`];

/** How many of them ended in each way. */
export function outcomesIn(fates: readonly Fate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome = 'not known' } of fates) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
