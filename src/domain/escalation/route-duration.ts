import { PAGE_PATIENCE_MS, type Route } from './route.ts';

/** The members of a step that the duration of a route depends on, in a pinned route and in one as operators wrote it. */
export interface Link {
  readonly waitMs?: number | undefined;
  readonly next?: number | undefined;
  readonly else?: number | undefined;
  readonly repeatFrom?: number | undefined;
  readonly times?: number | undefined;
}

/** Returns the steps that a step may lead to, without the one that a repeat goes back to. */
export const waysOn = (step: Link, index: number): number[] =>
  step.else === undefined ? [step.next ?? index + 1] : [...new Set([step.next ?? index + 1, step.else])];

/** Returns how long a route takes at most when nobody answers, in milliseconds: its longest way, with every repeat. */
export function routeDurationOf({ steps }: { readonly steps: readonly Link[] }): number {
  const longestByKey = new Map<string, number>();
  const longestFrom = (index: number, repeatsDone: readonly number[]): number => {
    const step = steps[index];
    if (!step) return 0;
    const key = `${index}/${repeatsDone.join()}`;
    const knownLongest = longestByKey.get(key);
    if (knownLongest !== undefined) return knownLongest;
    const { repeatFrom, times = 0, waitMs = 0 } = step;
    const repeats = repeatFrom !== undefined && (repeatsDone[index] ?? 0) < times;
    const longest = repeats
      ? longestFrom(
          repeatFrom,
          repeatsDone.map((count, i) => (i === index ? count + 1 : count)),
        )
      : waitMs + Math.max(...waysOn(step, index).map((next) => longestFrom(next, repeatsDone)));
    longestByKey.set(key, longest);
    return longest;
  };
  return longestFrom(
    0,
    steps.map(() => 0),
  );
}

/**
 * Returns the worst-case time to an answer, in milliseconds: nobody answers, an acknowledgement delays the route once, and the page that a
 * window needs is slow.
 */
export const worstCaseMs = (
  route: Pick<Route, 'onSilence' | 'holdMs'> & Parameters<typeof routeDurationOf>[0],
): number =>
  routeDurationOf(route) + (route.holdMs ?? 0) + (route.onSilence === 'proceed' ? PAGE_PATIENCE_MS : 0);
